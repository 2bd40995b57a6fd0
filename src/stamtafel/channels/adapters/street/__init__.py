"""Conversations in the street and on the market."""
