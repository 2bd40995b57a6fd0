"""Topic, contribution, decision, answer: what all of it is about."""
