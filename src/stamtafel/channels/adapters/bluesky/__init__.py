"""Bluesky, or any server of the AT Protocol: posts, pictures, link cards and chains out; answers and mentions in."""
