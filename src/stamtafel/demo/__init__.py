"""The demo municipality Lindewaard."""
