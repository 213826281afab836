"""The things of the world, kind by kind (world.py says what for)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.permissions import Role
from tests import base_maps
from tests.app.patrol_orders.world import an_order
from tests.matrix.lookers import READ_LAYER, Looker
from tests.matrix.world import (
    AT_SEA,
    COMMANDER,
    NGO,
    OFFICER,
    OTHER,
    OWN,
    PLACES,
    World,
    point,
)
from tests.people import EAST, square

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
    ground(world, nodes)
    for name in ("alerts", "incidents", "havens", "land", "defenders", "hotspots", "coverage"):
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
    # A view for the shift is for those who take shifts over and see the map; one’s own is nobody else’s.
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
    world.add("unraised_reports", report_id=made, sector_id=world.sector_id(where), reasons=f'["{marker}"]')
    world.add("report_weighings", report_id=made, score=9, reasons="[]")
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


def ground(world: World, nodes: list[int]) -> None:
    """What plans of patrols stand on, in either sector."""
    for where in (OWN, OTHER):
        sector, by = world.sector_id(where), stranger(world, Role.SECTOR_OPS)
        lon, lat = PLACES[where]
        site, escort, said, means = (
            world.mark(kind) for kind in ("site", "escort", "road_condition", "means")
        )
        places = [
            world.add("places", code=f"{code}{sector}", name=f"EXERCISE {code}{sector}", kind="village",
                      population=900, place=f"SRID=4326;POINT({lon + 0.1} {lat + 0.1})")
            for code in ("PS", "PE")
        ]  # fmt: skip
        made = world.add("sites", place_id=places[0], sector_id=sector, priority="must", visits_a_week=7,
                         longest_gap_days=1, visit_minutes=45, note=site, set_by_id=by)  # fmt: skip
        world.thing("site", where, site, {"site_id": made})
        unit = next(b for b in world.of_kind("base") if b.where == where).arguments["unit_id"]
        world.add("unit_means", unit_id=unit, sector_id=sector, going="vehicle", shift_from=420, shift_until=1080,
                  longest_duty_minutes=480, tours_a_day=1, crew=12, interpreters=1, women=1, days=[1, 2, 3],
                  note=means, set_by_id=by)  # fmt: skip
        world.thing("means", where, means, {"unit_id": unit})
        owed = world.add("escorts", sector_id=sector, kind="market", from_place_id=places[0], to_place_id=places[1],
                         on_day=NOW.date(), earliest=420, latest=480, note=escort, set_by_id=by)  # fmt: skip
        world.thing("escort", where, escort, {"escort_id": owed})
        line = f"SRID=4326;LINESTRING({lon} {lat}, {lon + 0.1} {lat + 0.1})"
        link = world.add("road_links", code=f"LG{sector}", from_node_id=nodes[0], to_node_id=nodes[1],
                         road_class="track", metres=900, minutes=2, line=line)  # fmt: skip
        condition = world.add("road_conditions", link_id=link, sector_id=sector, condition="closed", cause="bridge",
                              from_at=NOW - timedelta(hours=1), reason=said, set_by_id=by)  # fmt: skip
        world.thing("road_link", where, "", {"link_id": link})
        world.thing("road_condition", where, said, {"condition_id": condition})


def siting(world: World, where: str, haven: int, name: str, hidden: bool) -> None:
    """A study that stands on this haven, found and not yet found: both are for those alone who may know of it."""
    lon, lat = PLACES[where]
    marker = world.mark("siting_study")
    site = {
        "ref": f"haven:{haven}",
        "name": name,
        "lon": lon,
        "lat": lat,
        "existing": True,
        "people": 900,
        "room": None,
    }
    new = site | {"ref": "place:1", "name": marker, "existing": False}
    place = {
        "name": marker, "code": "P1", "lon": lon, "lat": lat, "people": 900, "near": 900, "served": 900, "site": marker,
        "minutes": {"dry": [None, 3.0]},
    }  # fmt: skip
    both = {"before": 0, "after": 900, "best": 900}
    answer = {
        "people": 900, "within": both, "mean": both, "worst": both, "value": 900.0, "bound": 900.0, "best_value": 900.0,
        "gap": 0.0, "proof": "relaxed", "seconds": 0.1, "best_sites": [marker], "sites": [site, new], "places": [place],
        "candidates": [["place:1", marker, ""]], "cut_off": {"places": 0, "people": 0},
    }  # fmt: skip
    for found in (answer, None):
        made = world.add(
            "siting_studies", sector_id=world.sector_id(where), goal="most_within", seasons="dry", new_sites=1,
            minutes=60, haven_states=["open"], restricted=hidden, haven_ids=[haven], answer=found and json.dumps(found),
            ready_at=NOW if found else None, asked_by_id=stranger(world, Role.SECTOR_OPS),
        )  # fmt: skip
        if found:
            world.thing("siting_study", where, marker, {"study_id": made}, restricted=hidden)


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


def patrol_report(world: World, where: str, patrol: int) -> None:
    marker, author = world.mark("patrol_report"), stranger(world)
    row = {"kind": "other", "what": marker, "killed": 0, "injured": 0, "place": "0.512, 0.512"}
    made = world.add(
        "patrol_reports", device_id=uuid4(), patrol_id=patrol, sector_id=world.sector_id(where), author_id=author,
        state="submitted", blocks={"incidents": {"incidents": [row]}}, submitted_at=NOW,
    )  # fmt: skip
    world.add(
        "patrol_report_entries",
        report_id=made,
        kind="debriefed",
        by_id=author,
        by_role="patrol_cdr",
        note=marker,
    )
    arguments = {"patrol_report_id": made, "group": "incidents", "number": 0}
    world.thing("patrol_report", where, marker, arguments)
    for concern, kind in (("child", "child_signal"), ("sexual_violence", "violence_signal")):
        marker = world.mark(kind)
        told = world.add(
            "signals", report_id=made, concern=concern, told=True, sector_id=world.sector_id(where), call_sign=marker,
            leader="EXERCISE leader",
        )  # fmt: skip
        world.add("signal_steps", id=uuid4(), signal_id=told, kind="taken", by_id=author)
        world.thing(kind, where, marker, {"signal_id": told})


def order_of(world: World, patrol: int, stop: int, marker: str) -> dict[str, int]:
    """An issued order, a code at its stop and a deviation from it."""
    by = stranger(world, Role.FC_STAFF)
    same: dict[str, Any] = {
        "patrol_id": patrol, "content": an_order(vehicles=marker), "straight": True, "joint": False,
        "route": "SRID=4326;LINESTRING(0.1 0.1, 0.5 0.5)", "written_by_id": by, "written_by_role": "fc_staff",
    }  # fmt: skip
    issued = {"approved_at": NOW, "approved_by_id": stranger(world, Role.HOM), "approved_by_role": "hom"}
    order = world.add("patrol_orders", version=1, **same, **issued)
    world.add("patrol_orders", version=2, **same)
    # So many wrong ones were tried that none is counted any more.
    world.add("stop_codes", patrol_id=patrol, stop_id=stop, salt=b"x", code_hash=b"x", given_by_id=by,
              refused=10)  # fmt: skip
    deviation = world.add(
        "patrol_deviations", patrol_id=patrol, order_id=order, kind="late", stop_id=stop, opened_at=NOW, fired_at=NOW,
        value=1800.0,
    )  # fmt: skip
    return {"deviation_id": deviation, "version": 1}


def plans(world: World) -> None:
    decided = world.add(
        "due_diligence", recipient="EXERCISE 4th company", support="EXERCISE joint patrols", risk="low",
        mitigation="EXERCISE none", decision="proceed", review_on=NOW.date() + timedelta(days=9),
        decided_by_id=stranger(world, Role.HR_CASE_SUPERVISOR), decided_by_role="hr_case_supervisor",
    )  # fmt: skip
    world.thing("decision", OWN, "", {"decision_id": decided})
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
        more = order_of(world, patrol, stop, marker)
        world.thing("patrol", where, marker, {"patrol_id": patrol, "stop_id": stop, **more}, owner=leader)
        if leader:
            world.thing("own_patrol", where, "", {"patrol_id": patrol}, owner=leader)
        world.thing("carrier", where, marker, {"tracked_id": tracked}, owner=leader)
        world.thing("feature", where, "", {"name": "patrols", "feature_id": patrol})
        if leader:
            # Of this one nothing is reported yet: its leader alone writes.
            world.thing("led_patrol", where, "", {"patrol_id": patrol, "block": "assessment"}, owner=leader)
        else:
            patrol_report(world, where, patrol)
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
        about_haven(world, haven, marker)
        hidden = exposure in ("need_to_know", "secret")
        world.thing("haven", where, marker, {"haven_id": haven}, restricted=hidden)
        siting(world, where, haven, marker, hidden)
        world.thing("feature", where, "", {"name": "havens", "feature_id": haven}, restricted=hidden)
        if where == OTHER:
            # Ordered for the western alert: who reads that alert learns that a haven was opened, and not which.
            world.add("taskings", alert_id=101, response="shelter", haven_id=haven, order="EXERCISE")


def evacuations(world: World) -> None:
    """In either sector, and in the own one with restricted havens: each with a plan that is issued and a draft."""
    for where, restricted in ((OWN, False), (OTHER, False), (OWN, True)):
        marker, (lon, lat) = world.mark("evacuation"), PLACES[where]
        by, role = stranger(world, Role.WATCHKEEPER_JOC), "watchkeeper_joc"
        made = world.add(
            "evacuations", sector_id=world.sector_id(where), place=point(where), radius_metres=20_000,
            restricted=restricted, made_by_id=by, made_by_role=role,
        )  # fmt: skip
        town = world.owner.execute(
            "SELECT id FROM places ORDER BY place <-> %s::geometry, id LIMIT 1", [point(where)]
        ).fetchone()
        assert town
        asked = {"groups": [{"place_id": town[0], "people": 9}], "escorts": [], "children_percent": 45}
        content = {
            "at": NOW.isoformat(), "season": "dry", "havens": [], "units": [], "legs": [], "waves": [], "waiting": [],
            "places": [{"id": town[0], "name": marker, "lon": lon, "lat": lat, "people": 9, "wounded": 0}],
            "left": [{"place": 0, "people": 9, "wounded": False, "why": "no_place"}], "more": [], "to_open": [],
            "exposed": [], "moved": 0, "proven": True, "milliseconds": 1,
        }  # fmt: skip
        for version, issued in ((1, {"issued_at": NOW, "issued_by_id": by, "issued_by_role": role}), (2, {})):
            if version == 2 or not restricted:
                world.add(
                    "evacuation_plans", evacuation_id=made, version=version, asked=asked, content=content,
                    haven_ids=[], made_by_id=by, made_by_role=role, **issued,
                )  # fmt: skip
        world.thing("evacuation", where, marker, {"evacuation_id": made, "version": 2}, restricted=restricted)


def about_haven(world: World, haven: int, marker: str) -> None:
    """A row of each kind about a haven, written by a stranger."""
    stands = {"haven_id": haven, "by_id": stranger(world), "by_role": "watchkeeper_joc"}
    change = world.add(
        "haven_changes", haven_id=haven, from_state="open", to_state="compromised", occupancy=0, reason=marker
    )
    world.add("haven_records", **stands, why=marker, agreement_with=marker)
    world.add(
        "haven_inspections", **stands, inspected_on="2026-01-01", post="military", finding="fit", found=marker
    )
    world.add("haven_stocks", **stands, water_litres=900)
    world.add("haven_headcounts", **stands, people=3, tokens_inside=2, why="tokens_lost")
    world.add("haven_compromise_steps", **stands, change_id=change, step="stop_intake", note=marker)
    where = world.owner.execute("SELECT kind, place::text FROM havens WHERE id = %s", [haven]).fetchone()
    assert where
    world.add("haven_corrections", **stands, why=marker, name=marker, kind=where[0], place=where[1])
    world.add("haven_gate_days", haven_id=haven, day="2026-01-01", kind="", came=2, went=1)
    world.owner.execute(
        "INSERT INTO haven_tokens (haven_id, number, people) VALUES (%s, 'ABCD2345', 2)", [haven]
    )
