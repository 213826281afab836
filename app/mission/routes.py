"""The mission as data: areas, units, networks and the standing procedures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.db import db
from app.errors import Invalid, NotFound
from app.mission import actions, queries, wording
from app.mission.forms import ProcedureForm
from app.mission.procedures import SEEDS, WARNING, Seed
from app.permissions import Permission, needs

pages = Blueprint("mission", __name__, url_prefix="/mission")
BLUEPRINTS = (pages,)

CLOCKS = ("acknowledge_", "verify_", "decide_", "approve_", "feedback_")
GROUPS = (
    ("clocks", _l("Clocks of an alert")),
    ("rules", _l("Distances, times and limits")),
    ("limits", _l("Warning: scores of the priorities")),
    ("near", _l("Warning: what near things add")),
    ("kinds", _l("Warning: what each kind of report weighs")),
    ("grades", _l("Warning: what grade and precision take away")),
)
IMPORTED = {
    "mission.boundaries_imported": _l("Administrative areas"),
    "mission.sectors_imported": _l("Sectors"),
    "mission.places_imported": _l("Places"),
    "mission.roads_imported": _l("Roads"),
    "mission.rivers_imported": _l("Rivers"),
    "mission.units_imported": _l("Units and bases"),
    "mission.actors_imported": _l("Actors"),
    "mission.networks_imported": _l("Community alert networks"),
    "incidents.imported": _l("Events"),
    "positions.track_imported": _l("Tracks"),
}


def group_of(key: str) -> str:
    if key.startswith(WARNING):
        parts = key.removeprefix(WARNING).split(".")
        return "limits" if len(parts) == 1 else parts[0] if parts[0] in ("near", "kinds") else "grades"
    return "clocks" if key.startswith(CLOCKS) else "rules"


def grouped() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The procedures by group: (title, [{seed, value, changed_at}])."""
    stored = queries.procedure_rows()
    for code, title in GROUPS:
        yield str(title), [shown(s, stored.get(s.key)) for s in SEEDS.values() if group_of(s.key) == code]


def shown(seed: Seed, row: Any) -> dict[str, Any]:
    changed = row is not None and row.value != seed.value
    return {
        "seed": seed,
        "value": row.value if row else seed.value,
        "changed_at": row.changed_at if changed else None,
        "stored": row is not None,
    }


@pages.get("")
@needs(Permission.MANAGE_MISSION)
def overview() -> str:
    return render_template(
        "mission/overview.html", identity=queries.identity(), sectors=queries.sector_tree(), units=queries.units(),
        bases=queries.bases(), networks=queries.networks(), groups=list(grouped()), changes=queries.procedure_changes(),
        imports=queries.imports(), imported=IMPORTED, wording=wording,
    )  # fmt: skip


def one(key: str) -> dict[str, Any]:
    row = queries.procedure_rows().get(key)
    if key not in SEEDS or row is None:
        raise NotFound
    return shown(SEEDS[key], row)


@pages.get("/procedures/<key>")
@needs(Permission.MANAGE_MISSION)
def procedure(key: str) -> str:
    found = one(key)
    form = ProcedureForm(formdata=None, value=f"{found['value']:g}", seen=f"{found['value']!r}")
    return render_template("mission/procedure.html", form=form, wording=wording, **found)


@pages.post("/procedures/<key>")
@needs(Permission.MANAGE_MISSION)
def change(key: str) -> Response:
    form = ProcedureForm()
    found = one(key)
    if form.validate():
        try:
            actions.change_procedure(
                key, float(form.value.data or 0), str(form.reason.data), form.seen_value()
            )
            db.session.commit()
            flash(_("The value is changed. It works everywhere within some seconds."))
            return redirect(url_for("mission.overview") + "#procedures")
        except Invalid as fault:
            db.session.rollback()
            for name, sentence in fault.fields.items():
                form[name].errors = [sentence]
    return make_response(render_template("mission/procedure.html", form=form, wording=wording, **found), 422)


@pages.get("/bases/<int:base_id>/panel")
@needs(Permission.SEE_MAP)
def base_panel(base_id: int) -> str:
    """A base and the units that stand there, beside the map."""
    found = queries.base(base_id)
    if found is None:
        raise NotFound
    units = queries.units_of_base(base_id)
    return render_template("mission/base_panel.html", base=found, units=units, wording=wording)
