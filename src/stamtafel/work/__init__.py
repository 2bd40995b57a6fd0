"""Claim what is due, run it, once or forever."""
