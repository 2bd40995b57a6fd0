"""Mail to one recipient."""
