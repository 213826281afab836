"""Was a day drawn fairly? Held against what the log says of its sealing, not against the day's own row alone.

Whoever could change the row could change seed, commitment and draw together; the log's event was there before, its
details are committed to in its body, and its body stands in a signed tree of which witnesses keep the head.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app.draws import terms as sealed_terms
from app.draws.models import Draw, Mix
from app.draws.wording import AGAINST
from app.ledger import canonical
from app.plans.models import PatrolPlan
from geo.patrols.drawing import Drawn, Terms, check_drawn

# Minutes: a departure is reckoned back from the first arrival, in fractions.
SAME = 1e-3


@dataclass(frozen=True)
class Sealing:
    """One event of the log (vigil.sealings). leaf: its entry's bytes, None while the sequencer hasn't numbered it."""

    at: datetime
    body: bytes
    details: Mapping[str, Any] | None
    salt: bytes | None
    leaf_index: int | None
    leaf: bytes | None


@dataclass(frozen=True)
class Verdict:
    """against: what speaks against the draw, in sentences; none: it was fair. entry: the sealing's place in the log, None
    while it has none."""

    against: tuple[str, ...]
    entry: int | None


def verdict(mix: Mix, day: Draw, sealings: Sequence[Sealing], plan: PatrolPlan | None) -> Verdict:
    """Of a day that was drawn and whose seed is open."""
    found = list(of_the_log(day, sealings))
    first = sealings[0] if sealings else None
    details: Mapping[str, Any] = (first.details if first else None) or {}
    try:
        terms = sealed_terms.read(mix.terms or {})
    except ValueError:
        found.append(_("The mix that is stored can’t be drawn from."))
    else:
        told = Drawn(int(day.drawn_plan or 0), tuple(day.drawn_starts or ()))
        sealed = {"committed": str(details.get("commitment", "")), "digest": str(details.get("digest", ""))}
        against = check_drawn(told, terms, day.seed or b"", day.day, **sealed)
        found += [str(AGAINST[each]) for each in against]
        if plan is None:
            found.append(_("There is no plan that was made of the draw."))
        else:
            if not same_plan(terms, told, day.day, plan):
                found.append(_("The plan that was made of the draw has other routes or other starts."))
            if not same_ground(terms, plan):
                found.append(_("The plan that was made of the draw is for other sites or other units."))
    return Verdict(tuple(found), first.leaf_index if first else None)


def of_the_log(day: Draw, sealings: Sequence[Sealing]) -> Sequence[str]:
    """What speaks against the sealing itself."""
    if not sealings:
        return [_("The log holds no sealing of this day.")]
    found = []
    if len(sealings) > 1:
        found.append(_("The log holds more than one sealing of this day; the first one counts."))
    first = sealings[0]
    body = json.loads(first.body) if readable(first.body) else {}
    details = first.details
    if details is None or first.salt is None:
        found.append(_("What the log held of the sealing is erased."))
    elif not canonical.opens(details, first.salt, committed(body)):
        found.append(_("The sealing’s details are not those that the log committed to."))
    if first.leaf is not None and json.loads(first.leaf).get("event") != body:
        found.append(_("The sealing is not what the signed entry of the log tells."))
    if body.get("at") is None or datetime.fromisoformat(body["at"]) >= day.due_at:
        found.append(_("The day was sealed after it could be drawn."))
    if details is not None and (details.get("mix"), details.get("day")) != (day.mix_id, day.day.isoformat()):
        found.append(_("The sealing is of another day or another mix."))
    row = {"commitment": day.commitment, "digest": day.digest}
    if details is not None and any(details.get(name) != value for name, value in row.items()):
        found.append(_("The day’s row names another commitment than the log."))
    return found


def readable(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


def same_plan(terms: Terms, told: Drawn, day: date, plan: PatrolPlan) -> bool:
    """Whether the plan sends each tour where the draw sends it, at the minute that was drawn."""
    rounds = (plan.result or {}).get("rounds", [])
    routes = terms.plans[told.plan] if 0 <= told.plan < len(terms.plans) else ()
    if plan.first_day != day or not len(rounds) == len(routes) == len(told.starts):
        return False
    return all(
        tuple(stop[0] for stop in each["stops"]) == route
        and (not route or abs(each["depart"] - start) < SAME)
        for each, route, start in zip(rounds, routes, told.starts, strict=True)
    )


def same_ground(terms: Terms, plan: PatrolPlan) -> bool:
    """Whether the plan's rows mean the sites and units that were sealed, wherever it tells them."""
    ground = plan.ground or {}
    try:
        sites = [ground["tasks"]["site"], [each["site"] for each in ground["about"]]]
        units = [ground["tours"]["unit"], [each["id"] for each in ground["units"]]]
    except (KeyError, TypeError):
        return False
    return all(tuple(each) == terms.sites for each in sites) and all(
        tuple(each) == terms.units for each in units
    )


def committed(body: Mapping[str, Any]) -> bytes:
    """What an event's body commits its details to; nothing where it can't be read."""
    try:
        return bytes.fromhex(str(body.get("details_commitment") or ""))
    except ValueError:
        return b""


def proof(mix: Mix, day: Draw, sealings: Sequence[Sealing]) -> dict[str, Any]:
    """All that anybody needs to check the draw without Vigil: numbers of tours and sites, no names."""
    return {
        "format": "vigil-patrol-draw/1",
        "day": day.day.isoformat(),
        "terms": mix.terms,
        "seed": day.seed.hex() if day.seed else None,
        "drawn": {"plan": day.drawn_plan, "starts": day.drawn_starts},
        "sealed": [
            {
                "at": each.at.isoformat(), "details": each.details, "entry": each.leaf_index,
                "salt": bytes(each.salt).hex() if each.salt else None,
                "event": base64.b64encode(each.body).decode(),
            }
            for each in sealings
        ],
    }  # fmt: skip


def sealing_of(row: Any) -> Sealing:
    as_bytes = [bytes(each) if each is not None else None for each in (row.body, row.salt, row.leaf)]
    return Sealing(row.at, as_bytes[0] or b"", row.details, as_bytes[1], row.leaf_index, as_bytes[2])
