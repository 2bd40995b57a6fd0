"""A pretended network that behaves as it is told."""
