"""The things of the world, kind by kind (world.py says what for)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from app.permissions import Role
from app.surfaces.cells import LAYOUT, packed
from tests import base_maps
from tests.matrix.lookers import READ_LAYER, ROOM, Looker
from tests.matrix.world import (
    AT_SEA,
    COMMANDER,
    NGO,
    OFFICER,
    ORDERER,
    OTHER,
    OWN,
    PLACES,
    World,
    point,
)
from tests.people import EAST, WEST, square
from tests.reports import defender_near

NOW = datetime.now(UTC)
GRADES: dict[str, Any] = {
    "source_reliability": "B",
    "credibility": 2,
    "place_precision": 1,
    "date_precision": 1,
}


def stranger(world: World, role: Role = Role.PARTNER_NHRI, sector: str = EAST) -> int:
    """Somebody who writes and never looks."""
    return world.staff.person(role, sector, ("elsewhere",))


def base_data(world: World) -> None:
    actor = world.add("actors", code="A1", name="EXERCISE actor", kind="armed_group")
    world.thing("actor", OWN, "", {"actor_id": actor})
    world.add("admin_areas", code="AD1", name="EXERCISE district", level=1, area=square(0, 0, 2))
    line = "SRID=4326;LINESTRING(0.1 0.1, 0.2 0.2)"
    world.add(
        "rivers", code="R1", name="EXERCISE river", line="SRID=4326;MULTILINESTRING((0.1 0.1, 0.2 0.2))"
    )
    world.add("places", code="P1", name="EXERCISE town", kind="town", population=4000, place=point(OWN))
    nodes = [world.add("road_nodes", code=f"N{n}", place=point(OWN)) for n in (1, 2)]
    world.add("road_links", code="L1", from_node_id=nodes[0], to_node_id=nodes[1], road_class="main", metres=9,
              minutes=1, line=line)  # fmt: skip
    for where in (OWN, OTHER):
        network, base = world.mark("network"), world.mark("base")
        number = where.split()[0]
        world.add("community_networks", code=f"CN-{number}", name=network, channel="radio", place=point(where),
                  sector_id=world.sector_id(where))  # fmt: skip
        world.thing("network", where, network, {})
        base_id = world.add("bases", code=f"B-{number}", name=base, kind="company_operating_base",
                            place=point(where), sector_id=world.sector_id(where))  # fmt: skip
        unit = world.add("units", code=f"U-{number}", name=f"EXERCISE unit {number}", call_sign="HAWK", kind="coy",
                         base_id=base_id, sector_id=world.sector_id(where), notice_to_move_minutes=30)  # fmt: skip
        world.thing("base", where, base, {"base_id": base_id, "unit_id": unit})
    for name in ("alerts", "incidents", "havens", "land", "defenders", "hotspots"):
        world.thing("layer", OWN, "", {"name": name})
    for name in READ_LAYER:
        world.thing("collection", OWN, "", {"name": name})
        if name != "defender-cells":
            world.thing("tiles", OWN, "", {"name": name})
    file = world.staff.clone.var / "base-map"
    base_maps.mbtiles(file, base_maps.pictures())
    slot = world.app.extensions["vigil_base_map"]
    slot.path = file
    world.thing("base_map", OWN, "", {"tag": slot.now().tag})
    # A view for the shift is everybody's who sees the map; one's own is nobody else's.
    for shift in (True, False):
        marker = world.mark("view" if shift else "private_view")
        view = world.add(
            "saved_views", name=marker, for_shift=shift, owner_id=stranger(world), content={"note": marker}
        )
        world.thing("view" if shift else "private_view", OWN, marker, {"view_id": view})
    world.thing("procedure", OWN, "", {"key": "acknowledge_minutes_p1"})
    for code in ("response_mission", "killed", "patrol_night", "coverage"):
        world.thing("measure", OWN, "", {"code": code})
    token = world.owner.execute(
        "INSERT INTO api_tokens (token_hash, person_id, label, scopes) VALUES ('x', %s, 'EXERCISE', '{}') RETURNING id",
        [stranger(world)],
    ).fetchone()
    assert token
    person = {"person_id": stranger(world), "token_id": token[0]}
    world.thing("person", OTHER, "", person)


def report(world: World, where: str, owner: Looker | None = None) -> UUID:
    marker = world.mark("report")
    lon_lat = PLACES[where]
    person = world.person(owner) if owner else stranger(world)
    made: UUID = world.add(
        "field_reports", id=uuid4(), receipt=marker, body_hash=b"x", kind="attack_under_way", occurred_at=NOW,
        place=point(where), place_as_given=f"{lon_lat} {marker}", sector_id=world.sector_id(where),
        reporter_id=person, what=marker, text=marker, **GRADES,
    )  # fmt: skip
    world.thing("report", where, marker, {"report_id": made}, owner=owner)
    # The same id with another body, sent by somebody else.
    second = world.mark("conflict")
    conflict = world.add("report_conflicts", report_id=made, body_hash=b"y", body={"what": second, "text": second},
                         reporter_id=stranger(world))  # fmt: skip
    world.thing("conflict", where, second, {"conflict_id": conflict})
    return made


def alert(world: World, where: str, number: int, report_id: UUID | None) -> int:
    marker, own_id = world.mark("alert"), str(uuid4())
    world.add(
        "alerts", id=number, alert_key=f"hand:{own_id}", kind="attack_under_way", channel="patrol", priority="P1",
        reasons=f'["{marker}"]', occurred_at=NOW, place=point(where), place_as_given=marker, verbatim=marker,
        sector_id=world.sector_id(where), report_id=report_id, reporter_id=stranger(world),
        source_contactable=True, **GRADES,
    )  # fmt: skip
    world.add("alert_weighings", alert_id=number, score=70, reasons="[]")
    for kind in ("raised", "departed"):
        step = world.add("alert_steps", alert_id=number, kind=kind, at=NOW, by_id=stranger(world), by_role="partner_nhri",
                         note=marker)  # fmt: skip
    world.add("alert_reweighings", step_id=step, alert_id=number, score=60, reasons="[]")
    world.add("alert_clocks", id=number, alert_id=number, clock="decide", echelon="duty_officer",
              due_at=NOW + timedelta(hours=9))  # fmt: skip
    world.thing("alert", where, marker, {"alert_id": number, "own_id": own_id})
    world.thing("feature", where, "", {"name": "alerts", "feature_id": number})
    return number


def chain(world: World) -> None:
    actor = world.of_kind("actor")[0].arguments["actor_id"]
    # The officer of the western sector reported from the eastern one: the report is his, its alert is not.
    reports = {OWN: report(world, OWN), OTHER: report(world, OTHER, OFFICER), AT_SEA: report(world, AT_SEA)}
    report(world, OTHER, NGO)
    for number, (where, report_id) in enumerate(reports.items(), start=101):
        alert_id = alert(world, where, number, report_id)
        incident, own_id = world.mark("incident"), str(uuid4())
        made = world.add(
            "incidents", source_id=own_id, kind="killing", occurred_from=NOW, occurred_to=NOW, place=point(where),
            place_name=incident, sector_id=world.sector_id(where), side_a=incident, killed_best=1, killed_low=1,
            killed_high=1, summary=incident, alert_id=alert_id, report_id=report_id, **GRADES,
        )  # fmt: skip
        world.add("incident_verifications", incident_id=made, from_status="reported", to_status="corroborated",
                  note=incident, by_id=stranger(world), by_role="hr_officer")  # fmt: skip
        world.thing("incident", where, incident, {"incident_id": made, "own_id": own_id})
        world.thing("feature", where, "", {"name": "incidents", "feature_id": made})
    for where in (OWN, OTHER):
        threat = world.mark("threat")
        lon, lat = PLACES[where]
        made = world.add(
            "threats", name=threat, actor_id=actor, target=threat, kind="mob_risk",
            area=square(lon - 0.05, lat - 0.05, 0.1), sector_id=world.sector_id(where), intent=3, capability=3,
            likelihood=4, impact=4, most_likely_course=threat, review_on=NOW.date() + timedelta(days=9),
        )  # fmt: skip
        world.thing("threat", where, threat, {"threat_id": made})
        world.thing("feature", where, "", {"name": "threats", "feature_id": made})


def plans(world: World) -> None:
    for where, leader in ((OWN, None), (OTHER, None), (OTHER, COMMANDER)):
        marker = world.mark("patrol")
        unit = next(b for b in world.of_kind("base") if b.where == where).arguments["unit_id"]
        # The eastern patrol that the commander leads answers the eastern alert; the other one, the western.
        answers = 102 if leader else 101 if where == OTHER else None
        patrol = world.add(
            "patrols", call_sign=marker, unit_id=unit, sector_id=world.sector_id(where), alert_id=answers,
            leader_id=world.person(leader) if leader else None, purpose="presence", state="under_way", task=marker,
            planned_start=NOW - timedelta(hours=1), planned_end=NOW + timedelta(hours=9),
        )  # fmt: skip
        stop = world.add("patrol_stops", patrol_id=patrol, sequence=1, name=marker, place=point(where))
        tracked = world.tracked_of(patrol)
        world.add("positions", tracked_id=tracked, at=NOW, place=point(where))
        world.add(
            "latest_positions", tracked_id=tracked, patrol_id=patrol, at=NOW, place=point(where),
            sector_id=world.sector_id(where),
        )  # fmt: skip
        world.thing("patrol", where, marker, {"patrol_id": patrol, "stop_id": stop}, owner=leader)
        world.thing("carrier", where, marker, {"tracked_id": tracked}, owner=leader)
        world.thing("feature", where, "", {"name": "patrols", "feature_id": patrol})
    for where in (OWN, OTHER):
        marker = world.mark("vehicle")
        unit = next(b for b in world.of_kind("base") if b.where == where).arguments["unit_id"]
        sector = world.sector_id(where)
        vehicle = world.add(
            "tracked", kind="vehicle", unit_id=unit, call_sign=marker, sector_id=sector, top_speed_kph=160
        )
        world.add("positions", tracked_id=vehicle, at=NOW, place=point(where))
        world.add("latest_positions", tracked_id=vehicle, at=NOW, place=point(where), sector_id=sector)
        device = world.add(
            "trackers", tracked_id=vehicle, name=f"{marker}D".upper(), key_hash=marker.encode(),
            created_by_id=stranger(world, Role.FC_STAFF), expires_at=NOW + timedelta(days=9),
        )  # fmt: skip
        world.thing("vehicle", where, marker, {"tracked_id": vehicle})
        world.thing("device", where, "", {"tracker_id": device})
    for where, exposure in ((OWN, "mission"), (OTHER, "public"), (OWN, "need_to_know"), (OTHER, "secret")):
        marker = world.mark("haven")
        haven = world.add(
            "havens", code=marker, name=marker, kind="base_shelter", place=point(where), capacity_day=90,
            capacity_night=60, state="open", exposure=exposure, sector_id=world.sector_id(where),
        )  # fmt: skip
        world.add(
            "haven_changes", haven_id=haven, from_state="closed", to_state="open", occupancy=0, reason=marker
        )
        hidden = exposure in ("need_to_know", "secret")
        world.thing("haven", where, marker, {"haven_id": haven}, restricted=hidden)
        world.thing("feature", where, "", {"name": "havens", "feature_id": haven}, restricted=hidden)
        if where == OTHER:
            # Ordered for the western alert: who reads that alert learns that a haven was opened, and not which.
            world.add("taskings", alert_id=101, response="shelter", haven_id=haven, order="EXERCISE")


def defenders(world: World) -> None:
    today = NOW.date()
    for where, room, ends in (
        (OWN, ROOM, None), (OTHER, ROOM, None), (OWN, "women", None), (OWN, ROOM, NOW), (OTHER, ROOM, NOW),
    ):  # fmt: skip
        marker, hidden = world.mark("defender"), world.mark("withheld")
        kept = marker if ends is None else hidden
        lon, lat = PLACES[where]
        shared = "infinity" if ends is None else "-infinity"
        step = 0.1 * len(world.of_kind("defender"))
        made = defender_near(world.owner, world.sector_id(where) or 0, lon, lat - step, codename=marker,
                             compartment=room, shared=shared)  # fmt: skip
        world.owner.execute("UPDATE defenders SET work = %s WHERE id = %s", [kept, made])
        consent = world.add("consents", defender_id=made, scope=3, given_on=today - timedelta(days=3),
                            until=today + timedelta(days=90), how="signed_form", withdrawn_at=ends)  # fmt: skip
        assessment = world.add("risk_assessments", defender_id=made, threats=3, vulnerabilities=3, capacities=3,
                               raw=3.0, band="high", reasoning=kept, defenders_view=kept)  # fmt: skip
        world.add("defender_notes", defender_id=made, note=marker)
        officer = stranger(world, Role.HR_OFFICER)
        plan = world.add("check_in_plans", defender_id=made, interval_minutes=1440, grace_minutes=30, made_by="we_call",
                         agreed_on=today, agreed_by_id=officer)  # fmt: skip
        world.add("check_ins", plan_id=plan, defender_id=made, heard_at=NOW, way="we_call", by_id=officer)
        world.add("sealed_values", defender_id=made, field="name", compartment=room, wrapped_key=b"x", nonce=b"x",
                  ciphertext=b"x")  # fmt: skip
        reason = world.mark("unmasking")
        look = world.add("unmaskings", defender_id=made, fields=["name"], by_id=stranger(world, Role.HR_OFFICER),
                         role="hr_officer", reason=reason)  # fmt: skip
        world.thing("unmasking", where, reason, {"unmasking_id": look})
        world.thing("defender", where if ends is None else f"{where}, consent withdrawn", marker,
                    {"defender_id": made, "consent_id": consent, "assessment_id": assessment},
                    compartment=room, sector=WEST if where == OWN else EAST)  # fmt: skip
        if ends is not None:
            world.thing("withheld", where, hidden, {})


def sources(world: World) -> None:
    """One of either sector and of the mission as a whole, each behind an alert of its sector and asked again."""
    for where, number in ((OWN, 101), (OTHER, 102), (AT_SEA, None)):
        by = stranger(world, Role.SECTOR_OPS)
        made = world.add(
            "sources", code=f"QZ-{world.sector_id(where) or 0}", kind="focal_point", known_by="code_word",
            contactable=False, contact_held_by="network", sector_id=world.sector_id(where), added_by_id=by,
        )  # fmt: skip
        world.thing("source", where, "", {"source_id": made})
        if number is None:
            continue
        world.add("alert_sources", alert_id=number, source_id=made, by_id=by)
        for done in (False, True):
            marker = world.mark("call_back")
            answered = {"done_at": NOW, "done_by_id": by, "result": "adds", "answer": marker} if done else {}
            world.add("call_backs", alert_id=number, source_id=made, question=marker, due_at=NOW, ordered_by_id=by,
                      **answered)  # fmt: skip
            world.thing("call_back", where, marker, {})


def handovers(world: World) -> None:
    """Waiting and accepted ones of either sector, and of the mission as a whole."""
    for where in (OWN, OTHER, AT_SEA):
        for accepted in (False, True):
            marker = world.mark("handover")
            signed = {
                "accepted_by_id": stranger(world, Role.SECTOR_OPS, EAST), "accepted_by_role": "sector_ops",
                "accepted_at": NOW, "remark": marker,
            } if accepted else {}  # fmt: skip
            items = {"as_of": NOW.isoformat(), "alerts": [], "taskings": [], "patrols": [], "havens": []}
            made = world.add(
                "handovers", request_id=uuid4(), sector_id=world.sector_id(where), note=marker, tasks=f'["{marker}"]',
                items=items, written_by_id=stranger(world), written_by_role="watchkeeper_joc", **signed,
            )  # fmt: skip
            world.thing("handover", where, marker, {"handover_id": made})


def watches(world: World) -> None:
    """Ladders in force, a watch and a contact of one's own and of a stranger, a message about each alert, a reply."""
    for row in world.owner.execute("SELECT id FROM ladders ORDER BY id").fetchall():
        world.thing("ladder", OWN, "", {"ladder_id": row[0]})
    for owner in (OFFICER, None):
        person = world.person(owner) if owner else stranger(world, Role.SECTOR_OPS, EAST)
        where = OWN if owner else OTHER
        watch = world.add(
            "watches", post="sector", sector_id=world.sector_id(where), person_id=person, role="sector_ops",
            ways=["screen", "sms"], from_at=NOW, until_at=NOW + timedelta(hours=8),
        )  # fmt: skip
        world.thing("own_watch", where, "", {"watch_id": watch}, owner=owner)
        marker = world.mark("contact")
        kept = world.add("contacts", person_id=person, route="email", address=f"{marker}@mission.example")
        world.thing("contact", where, marker, {"contact_id": kept}, owner=owner)
        world.add(
            "messages", purpose="alert", route="email", person_id=person, contact_id=kept,
            alert_id=101 if owner else 102,
        )  # fmt: skip
        world.add("messages", purpose="test", route="email", person_id=person, contact_id=kept)
    marker = world.mark("reply")
    reply = world.add(
        "replies", gateway_key="x", received_at=NOW, sender="+24399000009", words=marker, result="unknown"
    )
    world.thing("reply", AT_SEA, marker, {"reply_id": reply})


def rules(world: World) -> None:
    """Of either sector and of the whole mission, each with something that it sees now."""
    for where in (OWN, OTHER, AT_SEA):
        marker = world.mark("rule")
        made = world.add(
            "rules", kind="absence", sector_id=world.sector_id(where),
            created_by_id=stranger(world, Role.POC_OFFICER),
        )  # fmt: skip
        world.add(
            "rule_versions", rule_id=made, version=1, name=marker, area=square(0, 0, 2), priority="P3",
            parameters='{"kind": "absence", "carriers": ["patrol"], "red": 48}', alert_kind="other", why=marker,
            by_id=stranger(world, Role.POC_OFFICER), by_role="poc_officer",
        )  # fmt: skip
        world.add("rule_lapses", rule_id=made, version=1, subject="area", opened_at=NOW, red_at=NOW,
                  explanation='{"value": 172800}')  # fmt: skip
        world.owner.execute(
            "INSERT INTO rule_watches (rule_id, version, ran_at) VALUES (%s, 1, now())", [made]
        )
        world.thing("rule", where, marker, {"rule_id": made})


def surfaces(world: World) -> None:
    """One that was scored, with a cell in either sector and in none; and what came of each alert."""
    made = world.add(
        "surfaces", kind="issued", issued_on=NOW.date() - timedelta(days=20), from_at=NOW - timedelta(days=20),
        until_at=NOW - timedelta(days=13), cell_metres=20_000, period_days=7, grace_days=7, heard_days=30, plane_lon=1.0,
        plane_lat=0.5, west_m=-120_000, south_m=-60_000, columns=12, rows=6, past_periods=9, events=3,
        people_known=False, learned=False, used="persistence", judged=0,
    )  # fmt: skip
    world.thing("surface", OWN, "", {"surface_id": made})
    for number, where in enumerate((OWN, OTHER, AT_SEA), start=1):
        cells = np.zeros(1, dtype=LAYOUT)
        cells["cell"], cells["warned"] = number, 1
        sector = world.sector_id(where)
        world.add("surface_parts", surface_id=made, sector_id=sector, cells=1, observed=1, warned=1,
                  content=packed(cells))  # fmt: skip
        world.add("surface_scores", surface_id=made, sector_id=sector, cells=1, happened=1, hits=1, misses=0,
                  false_alarms=0, leads="[1.5]", bins="{}")  # fmt: skip
        world.thing("surface_cell", where, "", {"surface_id": made, "number": number})
    for alert_id, where in ((101, OWN), (102, OTHER), (103, AT_SEA)):
        world.owner.execute(
            "INSERT INTO alert_scores (alert_id, sector_id, channel, verdict, raised_at) "
            "VALUES (%s, %s, 'patrol', 'confirmed', %s)",
            [alert_id, world.sector_id(where), NOW],
        )


def papers(world: World) -> None:
    # The second of the orderer's own is about an alert that he may not read any more.
    for where, owner in ((OWN, None), (OTHER, None), (OWN, ORDERER), (OTHER, ORDERER)):
        marker = world.mark("document")
        by = world.person(owner) if owner else stranger(world, Role.HR_OFFICER)
        document = world.add(
            "documents", kind="incident_report", subject={"alert_id": 101 if where == OWN else 102},
            sector_id=world.sector_id(where), state="ready", progress=100, ordered_by_id=by, ready_at=NOW,
            brief=marker.encode(),
        )  # fmt: skip
        page = f'<article class="document">{marker}</article>'
        world.add("document_files", document_id=document, format="page", content=page.encode(), sha256=b"x")
        world.add("downloads", document_id=document, format="page", by_id=by)
        world.thing("document", where, marker, {"document_id": document}, owner=owner)
    by = stranger(world, Role.HR_OFFICER)
    world.add(
        "documents", kind="incident_report", subject={"alert_id": 101}, state="failed", ordered_by_id=by
    )
    # Two that stand still: in a state in which nobody may do anything with them any more.
    for owner in (OFFICER, None):
        marker = world.mark("import")
        sent = world.add(
            "imports", kind="incidents", own_name=f"{marker}.csv", stored_as=f"{marker}.csv", size_bytes=1, sha256="x",
            state="done", at_row=1, refused=1, refusals=f'[[1, "{marker}"]]',
            by_id=world.person(owner) if owner else stranger(world, Role.HR_OFFICER),
        )  # fmt: skip
        world.thing("import", OWN, marker, {"import_id": sent}, owner=owner)
    world.add("sign_in_failures", key_hash=b"x")
    world.add("outbox", queue="slow", job="workers.ledger.verify", args="[]")
