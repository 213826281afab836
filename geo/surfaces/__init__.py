"""How likely violence is, cell by cell: forecast from the past on a grid, joined, judged and issued.

`forecaster.py` forecasts from a `history.py: History`; `features.py` and `places.py` read the past, `rows.py` keeps what
they read, `experts.py` learn from it and `joining.py` joins them. `baselines.py` is what must be beaten, `scores.py` says
how good a forecast was, `issue.py` puts one into the classes that leave the house.
"""
