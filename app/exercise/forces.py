"""The mission's 24 bases and 60 units, set where the areas of responsibility need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import Point

from app.exercise.actors import Presence
from app.exercise.chance import KM, on_grid, point, stream
from app.exercise.districts import Sector
from app.exercise.names import CALL_WORDS, MISSION_CODE
from app.exercise.settlements import Settlement


@dataclass(frozen=True)
class Base:
    """kind: permanent, company_operating_base, temporary_operating_base, team_site, observation_post,
    helicopter_landing_site, poc_site. settlement_code: the settlement beside which it stands."""

    code: str
    name: str
    kind: str
    place: Point
    sector_code: str
    settlement_code: str


@dataclass(frozen=True)
class Unit:
    """kind: echelon or speciality in lower case (fhq, shq, bn, coy, pl, unmo_ts, fpu, qrf, avn, med, eng).

    notice_to_move_minutes: for what must move at once, else None.
    """

    code: str
    name: str
    call_sign: str
    kind: str
    parent_code: str | None
    base_code: str
    sector_code: str
    strength: int
    notice_to_move_minutes: int | None


#: kind → bases beyond the permanent ones and one company base for each area of responsibility.
_EXTRA_BASES = {
    "temporary_operating_base": (4, "TOB"),
    "team_site": (3, "TS"),
    "poc_site": (2, "POC"),
    "observation_post": (1, "OP"),
    "helicopter_landing_site": (1, "HLS"),
}
_WORDS = {
    "permanent": "Camp",
    "company_operating_base": "Company operating base",
    "temporary_operating_base": "Temporary operating base",
    "team_site": "Team site",
    "observation_post": "Observation post",
    "helicopter_landing_site": "Landing site",
    "poc_site": "Protection site",
}
_STRENGTH = {
    "fhq": (160, 210), "shq": (70, 110), "bn": (620, 840), "coy": (118, 150), "pl": (28, 36), "unmo_ts": (6, 12),
    "fpu": (140, 180), "qrf": (34, 60), "avn": (60, 110), "med": (24, 70), "eng": (90, 160),
}  # fmt: skip


def build_bases(
    seed: int, areas: Sequence[Sector], settlements: Sequence[Settlement], presence: Presence
) -> list[Base]:
    """24 bases: headquarters camps in the capital and the sectors' towns, company bases in every area of
    responsibility, temporary bases and team sites where the groups are strong."""
    rng = stream(seed, "bases")
    area_of = {d: a.code for a in areas for d in a.districts}
    spots = np.array([s.place.coords[0] for s in settlements])
    danger = presence.at(spots).sum(axis=1)
    bases: list[Base] = []
    used: set[str] = set()

    def stand(kind: str, prefix: str, s: Settlement, sector: str) -> None:
        used.add(s.code)
        number = 1 + sum(b.kind == kind for b in bases)
        place = s.place
        turn, away = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 1.0) * KM  # beside the settlement, not in it
        beside = point(place.x + np.cos(turn) * away, place.y + np.sin(turn) * away)
        bases.append(
            Base(f"{prefix}{number:02d}", f"{_WORDS[kind]} {s.name}", kind, on_grid(beside), sector, s.code)
        )

    stand("permanent", "CAMP", settlements[0], MISSION_CODE)
    for sector in sorted({a.parent_code for a in areas if a.parent_code}):
        inside = [s for s in settlements[1:] if (area_of[s.district_code])[:3] == sector]
        stand("permanent", "CAMP", inside[0], sector)
    for area in areas:
        inside = [s for s in settlements if s.district_code in area.districts]
        free = [s for s in inside if s.code not in used]  # none where the sector's camp took the only town
        stand("company_operating_base", "COB", (free or inside)[0], area.code)
    for kind, (count, prefix) in _EXTRA_BASES.items():
        weight = danger + (0.02 if kind == "team_site" else 0.002)
        for i in rng.choice(len(settlements), len(settlements), replace=False, p=weight / weight.sum()):
            s = settlements[int(i)]
            area_code = area_of[s.district_code]
            crowded = (
                sum(b.sector_code == area_code for b in bases) >= 4
            )  # else all would stand in one corner
            apart = min(s.place.distance(b.place) for b in bases) > 14 * KM
            if count and s.code not in used and apart and not crowded:
                stand(kind, prefix, s, area_code)
                count -= 1
    return bases


def raise_units(seed: int, areas: Sequence[Sector], bases: Sequence[Base]) -> list[Unit]:
    """60 units: force and sector headquarters, 9 battalions of 2 companies, and the specialised units."""
    rng = stream(seed, "units")
    words = [CALL_WORDS[int(i)] for i in rng.permutation(len(CALL_WORDS))]
    units: list[Unit] = []

    def add(code: str, name: str, call: str, kind: str, parent: str | None, base: Base, sector: str,
            notice: int | None = None) -> None:  # fmt: skip
        strength = int(rng.integers(*_STRENGTH[kind]))
        units.append(Unit(code, name, call, kind, parent, base.code, sector, strength, notice))

    camps = [b for b in bases if b.kind == "permanent"]
    main, sector_camps = camps[0], {b.sector_code: b for b in camps[1:]}
    add("FHQ", "Force Headquarters", f"{words[0]} 0", "fhq", None, main, MISSION_CODE)
    for n, (sector, camp) in enumerate(sorted(sector_camps.items()), start=1):
        add(
            f"SHQ-{sector[2:]}",
            f"Headquarters Sector {sector[2:]}",
            f"{words[n]} 0",
            "shq",
            "FHQ",
            camp,
            sector,
        )
        # 15, 30 and 60 minutes: what a sector's reaction force is held at tells how it can answer.
        add(f"QRF-{sector[2:]}", f"Quick Reaction Force Sector {sector[2:]}", f"{words[n]} 99", "qrf",
            f"SHQ-{sector[2:]}", camp, sector, (15, 30, 30)[n - 1])  # fmt: skip
    for n, area in enumerate(areas, start=1):
        base = next(b for b in bases if b.kind == "company_operating_base" and b.sector_code == area.code)
        word, parent = words[3 + n], f"SHQ-{area.code[2:3]}"
        add(f"BN{n}", f"Battalion {n}", f"{word} 0", "bn", parent, base, area.code)
        for company in (1, 2):
            add(f"BN{n}-C{company}", f"Company {company}, Battalion {n}", f"{word} {company}0", "coy", f"BN{n}", base,
                area.code)  # fmt: skip
    outposts = ("temporary_operating_base", "observation_post", "helicopter_landing_site")
    for n, base in enumerate((b for b in bases if b.kind in outposts), start=1):
        battalion = next(u for u in units if u.kind == "bn" and u.sector_code == base.sector_code)
        call = f"{battalion.call_sign.split()[0]} {30 + n}"
        add(f"PL{n}", f"Platoon at {base.name}", call, "pl", f"{battalion.code}-C1", base, base.sector_code)
    sites = [b for b in bases if b.kind in ("team_site", "poc_site")] + list(sector_camps.values())
    for n in range(6):
        add(f"TS{n + 1}", f"Observer team {n + 1}", f"{words[13]} {n + 1}", "unmo_ts", "FHQ", sites[n % len(sites)],
            sites[n % len(sites)].sector_code)  # fmt: skip
    police_at = [main, *(b for b in bases if b.kind == "poc_site"), *sector_camps.values()]
    for n in range(4):
        add(f"FPU{n + 1}", f"Formed Police Unit {n + 1}", f"{words[14]} {n + 1}0", "fpu", "FHQ", police_at[n],
            police_at[n].sector_code, 60)  # fmt: skip
    add("QRF-F1", "Force Quick Reaction Force 1", f"{words[0]} 91", "qrf", "FHQ", main, MISSION_CODE, 30)
    add(
        "QRF-F2",
        "Force Quick Reaction Force 2 (by air)",
        f"{words[0]} 92",
        "qrf",
        "FHQ",
        main,
        MISSION_CODE,
        60,
    )
    others = [main, *sector_camps.values()]
    for kind, name, count, notice in (("avn", "Aviation Unit", 2, 45), ("med", "Medical Unit", 3, 20),
                                      ("eng", "Engineer Company", 3, None)):  # fmt: skip
        for n in range(count):
            base = others[n]
            add(f"{kind.upper()}{n + 1}", f"{name} {n + 1}", f"{words[{'avn': 15, 'med': 16, 'eng': 17}[kind]]} {n + 1}",
                kind, "FHQ", base, base.sector_code, notice)  # fmt: skip
    return units
