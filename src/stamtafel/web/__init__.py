"""Pages. No tables, no rules."""
