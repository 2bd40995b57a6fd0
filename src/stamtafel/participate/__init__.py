"""Projects and the ways to take part."""
