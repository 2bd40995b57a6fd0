"""Machines: what networks tell us comes in here."""
