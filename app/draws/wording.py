"""What mixes and draws say of themselves."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.draws.models import Draw
from app.plans.wording import STATES as PLAN_STATES
from app.plans.wording import TONES as PLAN_TONES
from app.sites.wording import PRIORITIES as PRIORITIES

STATES = {
    "solving": _l("Being searched for"),
    "ready": _l("Waits for a decision"),
    "accepted": _l("Accepted, days sealed"),
    "withdrawn": _l("Put aside"),
    "failed": _l("No mix was found"),
}
TONES = {"solving": "go", "ready": "wait", "accepted": "good", "withdrawn": "done", "failed": "open"}
DAYS = {
    "sealed": _l("Sealed"),
    "due": _l("Can be drawn"),
    "drawn": _l("Drawn"),
    "missed": _l("Never drawn"),
    "released": _l("Let go before it was drawn"),
}
DAY_TONES = {"sealed": "go", "due": "wait", "drawn": "good", "missed": "open", "released": "done"}
UNDRAWN = {
    "no_account": _l(
        "Vigil could not draw it: the account as which it draws was ended, or plans here no longer. "
        "Take the mix over, and its days are drawn as you."
    ),
    "unexpected": _l(
        "Vigil could not draw it: something went wrong that nobody foresaw. Draw it by hand; if that fails too, "
        "tell the administrator."
    ),
}
APART = {
    "needs": _l("no unit of the mix has what it needs"),
    "hours": _l("it may be visited at hours that suit no unit’s whole shift"),
    "out_of_reach": _l("no unit of the mix gets there and back in its hours"),
}
# What geo/patrols/drawing.py: check_drawn finds.
AGAINST = {
    "seed_length": _l("The seed hasn’t 32 bytes."),
    "seed": _l("The seed is not the one that was committed to."),
    "terms": _l("The plans, their chances, their sites or their units are not those that were sealed."),
    "plan": _l("The seed draws another plan."),
    "starts": _l("The seed draws other starts."),
}
RECIPE = """import hashlib, hmac, json, sys
p = json.load(open(sys.argv[1])); t, seed, sealed = p["terms"], bytes.fromhex(p["seed"]), p["sealed"][0]["details"]
D, sha, key = b"vigil patrol draw v1\\0", hashlib.sha256, {"sort_keys": True, "separators": (",", ":")}
number = lambda i: int(hmac.new(seed, D + p["day"].encode() + b"\\0" + i.to_bytes(8, "big"), sha).hexdigest(), 16)
assert sha(D + seed).hexdigest() == sealed["commitment"], "another seed"
assert sha(json.dumps(t, **key).encode()).hexdigest() == sealed["digest"], "other plans"
place, w = number(0) % sum(t["weights"]), t["weights"]
plan = next(k for k in range(len(w)) if place < sum(w[: k + 1]))
starts = [e + number(1 + u) % (s + 1) for u, (e, s) in enumerate(zip(t["earliest"], t["slack"]))]
print("fair" if {"plan": plan, "starts": starts} == p["drawn"] else f"not fair: {plan} {starts}")
for unit, route, start in zip(t["units"], t["plans"][plan], starts):
    print(f"unit {unit}, from minute {start}: sites {[t['sites'][row] for row in route]}")
"""


def state_of(day: Draw, now: datetime) -> str:
    """A code of DAYS."""
    if day.released_at:
        return "released"
    if day.drawn_at:
        return "drawn"
    if now >= day.over_at:
        return "missed"
    return "due" if now >= day.due_at else "sealed"


def plan_state(state: str | None) -> tuple[str, str]:
    """(words, tone) of the state of the plan that a draw became."""
    return (str(PLAN_STATES[state]), PLAN_TONES[state]) if state else (_("no plan"), "open")
