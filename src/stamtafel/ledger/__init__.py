"""The append-only transparency log: append, prove, verify, publish."""
