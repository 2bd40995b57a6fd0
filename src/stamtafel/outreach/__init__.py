"""Sessions in street and café: venues and times."""
