"""A search is given time of the processor, and ends by the clock where it doesn't get it."""

from __future__ import annotations

import time

import pytest

from geo.patrols import patient
from geo.patrols.patient import patient_clock


def test_time_that_others_had_the_processor_counts_for_less(monkeypatch: pytest.MonkeyPatch) -> None:
    worked, passed = [10.0], [100.0]
    monkeypatch.setattr(patient.time, "thread_time", lambda: worked[0])
    monkeypatch.setattr(patient.time, "monotonic", lambda: passed[0])
    patiently, forever = patient_clock(1.5), patient_clock()
    assert patiently() == forever() == 0
    worked[0], passed[0] = 11.0, 101.2
    assert patiently() == forever() == 1
    passed[0] = 104.5  # the others took all
    assert (patiently(), forever()) == (3, 1)


def test_it_reads_this_threads_own_processor() -> None:
    taken = patient_clock()
    time.sleep(0.2)
    assert taken() < 0.1
