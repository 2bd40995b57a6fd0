"""Pure rules on places: no Django, no clock, no network."""
