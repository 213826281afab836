"""Defenders of either sector, in two compartments, some of whose consent has ended."""

from __future__ import annotations

from datetime import timedelta

from app.permissions import Role
from tests.matrix.lookers import ROOM
from tests.matrix.things import NOW, stranger
from tests.matrix.world import OTHER, OWN, PLACES, World
from tests.people import EAST, WEST
from tests.reports import defender_near


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
