"""The table in the café."""
