"""Pure rules of the dossier: no database, clock, network or settings."""
