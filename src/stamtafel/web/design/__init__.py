"""Tokens, base templates, components."""
