"""Our own website."""
