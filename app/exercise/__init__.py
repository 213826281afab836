"""The exercise: an invented country, drawn from a seed. Same seed and same moment, same bytes."""
