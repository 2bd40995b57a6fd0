"""Contributions out of other platforms' exports: pure reading, nothing is stored here."""
