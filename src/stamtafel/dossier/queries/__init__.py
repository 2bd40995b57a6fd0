"""Reads on topics, contributions, decisions and answers."""
