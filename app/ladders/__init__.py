"""Escalation ladders: who is told of an alert that nobody acts on, after how long, by which channel, and what then."""
