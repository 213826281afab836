"""The brief of an evacuation order: the plan that was in force when the document was ordered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import shapely
from flask_babel import gettext as _

from app.documents.evacuation_order_brief import EvacuationOrderBrief, OrderedLeg, OrderedWave
from app.documents.freezing_head import Ordered, header
from app.documents.freezing_map import around_box
from app.documents.map_view_brief import ViewMap, ViewMark
from app.documents.picture_words import fit_to_page
from app.errors import NotFound
from app.evacuations import corrected, queries, wording
from app.evacuations.wording import letter
from app.permissions import role_words
from app.words import grid
from geo.grid_lines import step_for


def freeze_evacuation_order(ordered: Ordered) -> EvacuationOrderBrief:
    """NotFound where the evacuation may not be read any more, or its plan was never issued."""
    evacuation_id = int(ordered.subject["evacuation_id"])
    plan = queries.version(evacuation_id, int(ordered.subject["version"]))
    if plan.issued_at is None:
        raise NotFound
    content, serial = plan.content, wording.serial(evacuation_id, plan.version)
    return EvacuationOrderBrief(
        header=header(
            ordered, title=_("Evacuation order %(serial)s", serial=serial), precedence="IMMEDIATE",
            withheld=(_("names of persons"), _("havens that few may know of")),
        ),
        order_serial=serial,
        planned_at=plan.made_at,
        planned_by_role=role_words(plan.made_by_role),
        issued_at=plan.issued_at,
        issued_by_role=role_words(plan.issued_by_role),
        people=wording.placed(content),
        without_place=wording.left(content),
        without_escort=wording.waiting(content),
        overflow=" ".join(filter(None, (wording.overflow(content), wording.over_steps(content)))),
        left=tuple(
            f"{place(content, one['place'])}: {wording.people(one['people'])}; {wording.WHY[one['why']]}"
            for one in content["left"]
        ),
        places=tuple((place(content, n), grid(p["lon"], p["lat"])) for n, p in enumerate(content["places"])),
        havens=tuple((haven(content, n), grid(h["lon"], h["lat"])) for n, h in enumerate(content["havens"])),
        legs=tuple(leg(content, n) for n in range(len(content["legs"]))),
        waves=tuple(wave(content, n) for n in range(len(content["waves"]))),
        map=sketch(content),
        corrected=tuple(corrected.since(evacuation_id, content)),
    )  # fmt: skip


def place(content: Mapping[str, Any], n: int) -> str:
    return f"{n + 1} · {content['places'][n]['name']}"


def haven(content: Mapping[str, Any], n: int) -> str:
    return f"{letter(n)} · {content['havens'][n]['name']}"


def leg(content: Mapping[str, Any], n: int) -> OrderedLeg:
    row, waves = content["legs"][n], [w for w in content["waves"] if w["leg"] == n]
    return OrderedLeg(
        from_place=place(content, row["place"]), haven=haven(content, row["haven"]), people=row["people"],
        wounded=row["wounded"], without_transport=row["without_transport"], minutes=round(row["minutes"]),
        first=wording.moment(content, min(w["departs"] for w in waves)) if waves else None,
        last=wording.moment(content, max(w["arrives"] for w in waves)) if waves else None,
    )  # fmt: skip


def wave(content: Mapping[str, Any], n: int) -> OrderedWave:
    row = content["waves"][n]
    of, unit = content["legs"][row["leg"]], content["units"][row["unit"]]
    return OrderedWave(
        number=n + 1, leaves=wording.moment(content, row["departs"]), arrives=wording.moment(content, row["arrives"]),
        from_place=place(content, of["place"]), haven=haven(content, of["haven"]), escort=unit["call_sign"],
        people=row["people"], in_seats=row["without_transport"], vehicles=row["vehicles"],
    )  # fmt: skip


def sketch(content: Mapping[str, Any]) -> ViewMap:
    """Places by their numbers and havens by their letters, on roads and districts."""
    where = [(p["lon"], p["lat"]) for p in (*content["places"], *content["havens"])]
    west, south, east, north = shapely.multipoints(where).bounds
    room = max(east - west, north - south, 0.05) / 8
    extent = fit_to_page(ViewMap((west - room, south - room, east + room, north + room))).extent
    land, areas, roads, marks = around_box(extent)
    events = [ViewMark("place", str(n), p["lon"], p["lat"]) for n, p in enumerate(content["places"], start=1)]
    events += [ViewMark("haven", letter(n), h["lon"], h["lat"]) for n, h in enumerate(content["havens"])]
    return ViewMap(
        extent=extent, land=land, areas=areas, roads=roads, marks=marks, events=tuple(events), grid_step=step_for(extent)
    )  # fmt: skip
