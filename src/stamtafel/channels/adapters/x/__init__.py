"""X, formerly Twitter."""
