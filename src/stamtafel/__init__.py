"""Stamtafel: one table for a municipality and its residents."""
