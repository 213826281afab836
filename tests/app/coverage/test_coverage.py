"""Coverage: who needs somebody first and why, and a table that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import psycopg
import pytest
from psycopg.types.json import Jsonb

from app.coverage.facts import site_facts
from app.coverage.hours import lately
from app.permissions import Role
from tests.people import EAST, WEST, Staff, record
from tests.planning_ground import small_country
from tests.planning_officer import SITE, post, site, visited


def test_what_must_be_protected_goes_first_and_the_reasons_are_told(
    staff: Staff, owner: psycopg.Connection
) -> None:
    country = small_country(owner, staff)
    officer = staff.client(Role.SECTOR_OPS)
    for place, priority in (("V1", "should"), ("V2", "must"), ("V3", "must"), ("V4", "should")):
        site(officer, place, priority=priority)
    with owner.transaction():
        # The largest and the one under a threat weigh most, and yet stand below what must be and is past its gap.
        owner.execute("UPDATE places SET population = 900000, name = '=cmd|EXERCISE' WHERE code = 'V1'")
        owner.execute("UPDATE places SET population = NULL WHERE code = 'V3'")
        owner.execute("INSERT INTO actors (code, name, kind) VALUES ('RED', 'EXERCISE', 'armed_group')")
        owner.execute(
            "INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, impact, "
            "review_on) SELECT 'EXERCISE raids', id, 'EXERCISE', 'mob_risk', ST_Multi(ST_MakeEnvelope(0.15, 0.45, 0.25, "
            "0.55, 4326)), %s, 3, 3, 5, 5, current_date FROM actors", [staff.sectors[WEST]],
        )  # fmt: skip
        record(owner)
    for lon, days in ((0.2, 6.0), (0.3, 0.2), (0.4, 2.0), (0.5, 0.2)):
        visited(owner, staff, country, lon, days)
    with staff.acting(Role.SECTOR_OPS):
        facts = {f.site.code: f for f in site_facts()}
        assert list(facts)[:2] == ["V3", "V1"]
        assert facts["V1"].neglect == max(f.neglect for f in facts.values())
        assert [f.over for f in facts.values()].count(True) == 2
        assert [name for _id, name, _score in facts["V1"].threats] == ["EXERCISE raids"]
        assert facts["V1"].risk == pytest.approx(0.6) and facts["V4"].risk < facts["V1"].risk
        assert facts["V1"].days == pytest.approx(6, abs=0.1) and facts["V3"].people > 0
        # The threat lies over the first two links too: half as long again.
        assert [facts[f"V{n}"].way.dry for n in (1, 2, 3, 4)] == pytest.approx([30, 60, 80, 100])
    page = officer.get("/coverage").get_data(as_text=True)
    assert "under the threat “EXERCISE raids”" in page
    sent = post(officer, "/coverage/export", {})
    rows = list(csv.DictReader(io.StringIO(sent.get_data().decode("utf-8-sig"))))
    assert [row["place_code"] for row in rows] == list(facts)
    assert rows[1]["name"] == "'=cmd|EXERCISE" and rows[0]["people"] == ""
    assert float(rows[1]["minutes_dry"]) == 30.0 and all(row["marking"] for row in rows)
    told = owner.execute("SELECT action FROM ledger_events WHERE action LIKE 'coverage.%'").fetchall()
    assert told == [("coverage.exported",)]
    assert staff.client(Role.LEGAL).get("/coverage").status_code == 403
    east = post(staff.client(Role.SECTOR_OPS, EAST), "/coverage/export", {})
    assert east.get_data(as_text=True).count("\n") == 1  # the columns alone


def test_hours_are_integrated_by_the_report_else_by_the_order_and_what_nobody_tells_counts_in_neither(
    staff: Staff, owner: psycopg.Connection
) -> None:
    country = small_country(owner, staff)
    for lon in (0.2, 0.3, 0.4):
        visited(owner, staff, country, lon, 2.0)
    patrols = [row[0] for row in owner.execute("SELECT id FROM patrols ORDER BY id")]
    alone, together = {"strength": 12, "women": 1}, {"strength": 12, "police": 2}
    for patrol, who in ((patrols[0], together), (patrols[1], alone)):
        with owner.transaction():
            owner.execute(
                "INSERT INTO patrol_orders (patrol_id, version, content, route, straight, joint, written_by_id, "
                "written_by_role, approved_by_id, approved_by_role, approved_at) SELECT %s, 1, %s, "
                "'SRID=4326;LINESTRING(0.1 0.5, 0.2 0.5)', true, false, %s, 'sector_ops', %s, 'fc_staff', now()",
                [patrol, Jsonb({"composition": who}), staff.person(Role.SECTOR_OPS), staff.person(Role.FC_STAFF)],
            )  # fmt: skip
            record(owner)
    with staff.acting(Role.SECTOR_OPS):
        found = lately(28)
    assert (found.total, found.told, found.integrated) == pytest.approx((9, 6, 3))
    # What the leader reports goes before what was ordered; a draft is nobody's but his.
    with owner.transaction():
        for patrol, state, blocks in (
            (patrols[1], "submitted", {"unit": {"women": 4}, "task": {"participation": "military"}}),
            (patrols[2], "draft", {"unit": {"police": 4}}),
        ):
            owner.execute(
                "INSERT INTO patrol_reports (device_id, patrol_id, sector_id, author_id, state, blocks) "
                "VALUES (gen_random_uuid(), %s, %s, %s, %s, %s)",
                [patrol, staff.sectors[WEST], staff.person(Role.PATROL_CDR), state, Jsonb(blocks)],
            )
        record(owner)
    with staff.acting(Role.SECTOR_OPS):
        found = lately(28)
    assert (found.told, found.integrated) == pytest.approx((6, 6))
    page = staff.client(Role.SECTOR_OPS)
    post(page, "/sites/new", {**SITE, "place": "V1"})
    assert "100 % with police, civilians or a women’s team, of the 6 hours" in page.get("/coverage").get_data(
        as_text=True
    )
