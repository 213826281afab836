"""Evacuation: who goes to which haven, by which road, in which wave; and who has no place.

`problem.py` says what is asked, `plan.py` what is answered, `planning.py: planned` answers, and `check.py: faults`
replays an answer without any of the code that found it.
"""
