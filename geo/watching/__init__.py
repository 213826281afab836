"""Rules that watch: `fences.py` and `measures.py` make readings, `lapses.py` judges them: calm, amber, red, all clear."""
