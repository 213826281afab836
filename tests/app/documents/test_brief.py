from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.documents.accountability_report_brief import AccountabilityBrief
from app.documents.brief import fingerprint, freeze, thaw
from app.documents.incident_report_brief import Harm, IncidentBrief


def test_a_thawed_brief_is_the_brief_that_was_frozen(incident, accountability):
    assert thaw(freeze(incident)) == incident
    assert thaw(freeze(accountability)) == accountability


def test_the_same_instant_in_another_zone_freezes_to_the_same_bytes(incident):
    there = incident.event_at.astimezone(timezone(timedelta(hours=2)))
    assert freeze(dataclasses.replace(incident, event_at=there)) == freeze(incident)


def test_a_time_without_a_zone_is_refused(incident):
    with pytest.raises(ValueError, match="event_at"):
        freeze(dataclasses.replace(incident, event_at=datetime(2026, 11, 21, 12, 0)))


def test_one_changed_word_changes_the_fingerprint(incident):
    assert fingerprint(dataclasses.replace(incident, narrative="Other.")) != fingerprint(incident)


def test_bytes_that_are_not_canonical_are_not_a_brief(incident):
    spaced = json.dumps(json.loads(freeze(incident))).encode()
    with pytest.raises(ValueError, match="canonical"):
        thaw(spaced)


def test_an_unknown_field_is_not_passed_over(incident):
    plain = json.loads(freeze(incident)) | {"name_of_the_defender": "X"}
    with pytest.raises(ValueError, match="canonical"):
        thaw(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode())


def test_a_fault_names_the_field_and_never_its_value(incident):
    plain = json.loads(freeze(incident))
    plain["header"]["classification"] = "a secret that must not reach a log"
    with pytest.raises(ValueError, match=r"header\.classification") as caught:
        thaw(json.dumps(plain).encode())
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_accountability_report_without_its_period_is_refused(accountability):
    with pytest.raises(ValueError, match="period"):
        dataclasses.replace(accountability, header=dataclasses.replace(accountability.header, period=None))


def test_thaw_tells_the_kinds_apart(incident, accountability):
    assert isinstance(thaw(freeze(incident)), IncidentBrief)
    assert isinstance(thaw(freeze(accountability)), AccountabilityBrief)


_counts = st.none() | st.integers(0, 10_000)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.tuples(_counts, _counts, _counts), max_size=4),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_any_brief_comes_back_whole(bare_incident, text, harms, at):
    brief = dataclasses.replace(
        bare_incident, narrative=text, event_at=at, harm=tuple(Harm("Killed", *counts) for counts in harms)
    )
    assert thaw(freeze(brief)) == brief


def test_freezing_and_wording_do_not_load_the_drawing_libraries():
    code = "import sys, app.documents.outline; print({'matplotlib', 'typst', 'docx'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
