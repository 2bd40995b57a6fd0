"""Municipality, neighbourhoods, key figures; point to neighbourhood."""
