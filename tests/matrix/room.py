"""The things of the operations room: sources, handovers, watches, rules, surfaces, papers."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import numpy as np

from app.permissions import Role
from app.surfaces.cells import LAYOUT, packed
from tests.matrix.things import NOW, stranger
from tests.matrix.world import AT_SEA, OFFICER, ORDERER, OTHER, OWN, World
from tests.people import EAST, square


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
