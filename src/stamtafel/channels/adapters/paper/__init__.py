"""Cards and forms on paper."""
