"""What residents fill in, checked at the door."""
