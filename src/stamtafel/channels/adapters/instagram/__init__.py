"""A professional account on Instagram."""
