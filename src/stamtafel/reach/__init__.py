"""Who was heard and who was not."""
