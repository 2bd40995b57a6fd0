"""Feeds: RSS, Atom and JSON."""
