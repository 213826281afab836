"""How long a search has been at it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np


def patient_clock(patience: float = np.inf) -> Callable[[], float]:
    """Reads the seconds of the processor that this thread has had since now; where others use it too, not less than the
    seconds on the clock divided by `patience`, so that a search of s seconds ends after `patience` × s at the latest."""
    worked, passed = time.thread_time(), time.monotonic()
    return lambda: max(time.thread_time() - worked, (time.monotonic() - passed) / patience)
