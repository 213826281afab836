"""Watches: who is on duty at which post until when, and can be reached there."""
