"""Mastodon, and servers that speak its API (GoToSocial, Pleroma and others as far as they do)."""
