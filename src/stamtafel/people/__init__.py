"""Residents, staff and roles, sign-in, consent, erasure."""
