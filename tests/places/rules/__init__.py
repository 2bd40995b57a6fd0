"""Tests of places.rules."""
