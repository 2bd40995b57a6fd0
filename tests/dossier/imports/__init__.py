"""Tests of dossier.imports."""
