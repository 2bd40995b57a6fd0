"""The offline app for field workers."""
