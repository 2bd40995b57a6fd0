"""Everything that can go wrong between us and a network, at every step: never twice, never lost."""
