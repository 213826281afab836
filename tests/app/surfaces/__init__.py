"""The forecast: what is issued, who reads it, and what it scored."""
