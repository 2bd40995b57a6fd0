"""Writes on conversations."""
