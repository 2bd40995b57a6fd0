"""Conversations, assignment, replies, and what residents are told about their contribution."""
