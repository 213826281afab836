"""Call-backs: asking a source again, by a time."""
