"""Telegram: a channel that tells, its discussion group that answers, and talks with a bot in private."""
