"""A page on Facebook."""
