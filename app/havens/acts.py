"""What may be done to a haven, once: the body each act takes and the action it calls. Pages and API share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.havens import actions, compromise, correcting, counting, register
from app.havens import body as b
from app.havens.body import Body


@dataclass(frozen=True)
class Act:
    words: Any
    body: type[Body]
    call: Callable[[int, Any], Any]


ACTS: dict[str, Act] = {
    "state": Act(
        _l("Change state"), b.ChangeState,
        lambda i, b: actions.change_state(i, b.to_state, b.reason, inspected_on=b.inspected_on),
    ),
    "headcount": Act(
        _l("Record headcount"), b.Headcount, lambda i, b: counting.headcount(i, b.people, b.why)
    ),
    "needs": Act(
        _l("Record needs"), b.Needs, lambda i, b: actions.record_needs(i, list(b.needs), dict(b.supplies))
    ),
    "stocks": Act(_l("Count stores"), b.Stocks, lambda i, b: register.count_stocks(i, b.model_dump())),
    "gate": Act(_l("Count at the gate"), b.Gate, lambda i, b: counting.count(i, b.way, b.token, b.people, b.kind)),
    "record": Act(
        _l("Edit record"), b.Record,
        lambda i, b: register.write_record(i, b.why, b.model_dump(exclude={"why"}, mode="python")),
    ),
    "correction": Act(_l("Correct name, kind or place"), b.Correction, correcting.correct),
    "inspection": Act(
        _l("Record inspection"), b.Inspection,
        lambda i, b: register.inspect(i, b.inspected_on, b.post, b.finding, b.found, b.next_due),
    ),
    "compromise": Act(
        _l("Write down a step"), b.Step,
        lambda i, b: compromise.take_step(i, b.step, b.note, b.to_haven_id, b.people),
    ),
}  # fmt: skip
# Fields that hold several: ticks, and groups that are typed with commas between them.
TICKED = ("perimeter", "accessibility", "communications")
TYPED = ("groups_accepted", "groups_reserved", "groups_refused", "do_not_mix")


def from_form(form: MultiDict[str, str]) -> dict[str, Any]:
    """The fields of a page's form as an act's body: ticks and codes become lists, supply.… a table of numbers, ways.N.…
    a list. What was left empty is not said."""
    needs = form.getlist("needs")
    fields = {k: v for k, v in form.items() if k != "csrf_token" and v.strip() != ""}
    body: dict[str, Any] = {
        k: v for k, v in fields.items() if "." not in k and k not in ("needs", "needs_asked")
    }
    if needs or "needs_asked" in fields:
        supplies = {k.removeprefix("supply."): v for k, v in fields.items() if k.startswith("supply.")}
        body |= {"needs": needs, "supplies": supplies}
    body |= {name: form.getlist(name) for name in TICKED if name in fields}
    body |= {name: listed(form.getlist(name)) for name in TYPED if name in fields}
    ways = [
        {
            name: fields[f"ways.{n}.{name}"]
            for name in ("to", "use", "minutes_dry", "minutes_rainy")
            if f"ways.{n}.{name}" in fields
        }
        for n in range(6)
        if f"ways.{n}.to" in fields
    ]
    return body | ({"ways": ways} if ways else {})


def typed_record(body: dict[str, Any]) -> dict[str, Any]:
    """What was typed into the record's fields, as the form shows a record: nothing is lost when it is refused."""
    said = {"true": True, "false": False}
    several = (*TICKED, *TYPED, "ways")
    return {
        **dict.fromkeys(register.FIELDS),
        **{name: [] for name in several},
        **{k: said.get(v, v) if isinstance(v, str) else v for k, v in body.items() if k in register.FIELDS},
    }


def listed(written: list[str]) -> list[str]:
    return [code.strip().upper() for line in written for code in line.split(",") if code.strip()]
