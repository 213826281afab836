"""Rules that watch."""
