"""Announcements, their look per channel, subscriptions."""
