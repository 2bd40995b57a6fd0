"""Reads: ``public`` for everybody, ``desk`` for staff."""
