"""Pure rules of telling: texts, addresses, readability, who is told when."""
