"""A mix as its page shows it: what it leaves to an attacker, and the chance of a visit at each site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.draws.models import Mix
from app.plans.showing import labels_of
from app.plans.wording import clock
from geo.patrols.drawing import WHOLE


@dataclass(frozen=True)
class SiteShown:
    """chance of a visit on a day, 0 to 1; worth and left in percent of the site that is worth most."""

    name: str
    site: int
    priority: str
    chance: float
    worth: float
    left: float


@dataclass(frozen=True)
class Shown:
    """ratio: what the best answer to the mix gains, of what it gains against the best fixed plan; floor likewise. starts:
    (tour, earliest, latest, whether it goes out in any plan)."""

    ratio: float
    floor: float
    entropy: float
    plans: int
    sites: list[SiteShown]
    starts: list[tuple[str, str, str, bool]]
    apart: list[dict[str, Any]]
    resting: list[str]


def share_of(left: float, fixed: float) -> float:
    """What is left to an attacker, of what the best fixed plan leaves; 0 where that visits every site every day."""
    return left / fixed if fixed > 0 else 0.0


def shown(mix: Mix) -> Shown:
    """Of a mix that has a result."""
    ground: Any = mix.ground
    terms: Any = mix.terms
    result: Any = mix.result
    fixed, most = result["fixed"], max(result["values"])
    sites = [
        SiteShown(
            fact["name"], fact["site"], fact["priority"], chance, 100 * value / most,
            100 * value * (1 - chance) / most,
        )
        for fact, value, chance in zip(ground["about"], result["values"], result["chances"], strict=True)
    ]  # fmt: skip
    starts = [
        (label, clock(earliest), clock(earliest + slack), any(plan[tour] for plan in terms["plans"]))
        for tour, (label, earliest, slack) in enumerate(
            zip(labels(ground), terms["earliest"], terms["slack"], strict=True)
        )
    ]
    return Shown(
        share_of(result["value"], fixed), share_of(result["floor"], fixed), result["entropy"], len(terms["plans"]),
        sorted(sites, key=lambda each: (-each.worth, each.name)), starts, result["apart"], result["resting"],
    )  # fmt: skip


def labels(ground: dict[str, Any]) -> list[str]:
    """The call signs of the tours, with a number where a unit has several."""
    return labels_of(ground, datetime.fromisoformat(ground["begins"]), 1)


def routes_of(mix: Mix, plan: int) -> list[tuple[str, str]]:
    """(tour, its sites in order) of one of the mix's plans, of the tours that go anywhere."""
    ground: Any = mix.ground
    terms: Any = mix.terms
    names = [fact["name"] for fact in ground["about"]]
    return [
        (label, " – ".join(names[site] for site in route))
        for each in terms["plans"][plan : plan + 1]
        for label, route in zip(labels(ground), each, strict=True)
        if route
    ]


def chance_of(mix: Mix, plan: int) -> float:
    terms: Any = mix.terms
    return float(sum(terms["weights"][plan : plan + 1]) / WHOLE)
