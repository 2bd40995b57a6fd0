"""Everything that changes topics, contributions, decisions and answers."""
