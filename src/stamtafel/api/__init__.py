"""Machines: open data out."""
