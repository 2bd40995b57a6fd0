"""Ways to tell and to hear: contract, registry, accounts, deliveries out, items in."""
