"""Who told the exercise's alerts: sources under codes that tell nothing, with a history of true and false words, and two
more alerts that repeat what one of the open ones tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from app.exercise.alert_history import AlertScript
from app.exercise.chance import stream
from app.exercise.networks import CommunityNetwork

Known = tuple[str, str, bool, str, str | None]

#: What the mission's own people saw needs no source.
OWN = ("patrol", "military_observer")
#: Kind, known by, reached, who holds how, what an officer graded him: of the whole mission.
PARTNER: Known = ("partner", "own_line", True, "human_rights", "A")
CALLER: Known = ("caller", "code_word", True, "field_office", "B")
AUTHORITY: Known = ("authority", "in_person", True, "field_office", None)
RUMOURS: Known = ("media", "not_told_apart", False, "nobody", "D")
#: And in each area of responsibility.
FOCAL_POINT: Known = ("focal_point", "own_line", True, "network", None)
NEIGHBOUR: Known = ("community_leader", "code_word", True, "field_office", None)
#: So many of what was found true come from each, the first ones from the partner; what is left, from the villages.
BY_PARTNER, BY_CALLER, BY_AUTHORITY = 7, 6, 2
LETTERS = "ACDEFGHJKLMNPQRTUVWXY"

ECHO_OF = "threat_to_named_person"
ECHOES = (
    ("community_alert_network",
     "EXERCISE: People at {place} speak of a leaflet against somebody; whoever calls has not seen it.", 9, True),
    ("partner", "EXERCISE: Our office at {place} holds the leaflet: it threatens somebody by name.", 15, False),
)  # fmt: skip


@dataclass(frozen=True)
class SourceScript:
    """A source under its code. `sector_code` None: of the whole mission. `grade`: an officer's own, if he gave one."""

    code: str
    kind: str
    known_by: str
    contactable: bool
    contact_held_by: str
    grade: str | None
    sector_code: str | None
    network_code: str | None


@dataclass(frozen=True)
class Telling:
    """Whose words an alert holds, and whom he repeats; codes."""

    alert_code: str
    source_code: str
    repeats_code: str | None = None


@dataclass(frozen=True)
class Echo:
    """One more alert of an event that another one told first. It follows that one from `merged_at` on."""

    alert: AlertScript
    leader_code: str


@dataclass(frozen=True)
class Told:
    """What the exercise knows of its sources; `alerts` are those that came in, with their source's code."""

    alerts: tuple[AlertScript, ...]
    sources: tuple[SourceScript, ...]
    tellings: tuple[Telling, ...]
    echoes: tuple[Echo, ...]


class _Book:
    """Sources, each drawn when it is first heard of."""

    def __init__(self, rng: np.random.Generator, networks: Sequence[CommunityNetwork]) -> None:
        self.rng = rng
        self.networks = {n.sector_code: n.code for n in networks}
        self.kept: dict[tuple[Known, str | None], SourceScript] = {}

    def of(self, what: Known, sector: str | None = None) -> SourceScript:
        key = (what, sector)
        if key not in self.kept:
            network = self.networks.get(sector or "") if what is FOCAL_POINT else None
            self.kept[key] = SourceScript(self.draw(), *what, sector_code=sector, network_code=network)
        return self.kept[key]

    def near(self, sector: str) -> SourceScript:
        """The focal point of the area's network, or whom the village trusts where there is none."""
        return self.of(FOCAL_POINT if sector in self.networks else NEIGHBOUR, sector)

    def draw(self) -> str:
        """A code that tells nothing, as codes must: no place, no trade, no order of registering."""
        taken = {s.code for s in self.kept.values()}
        while True:
            letters = "".join(LETTERS[int(i)] for i in self.rng.integers(len(LETTERS), size=2))
            code = f"EX-{letters}{int(self.rng.integers(10, 100))}"
            if code not in taken:
                return code


def tell(seed: int, networks: Sequence[CommunityNetwork], alerts: Sequence[AlertScript]) -> Told:
    """Gives each alert that somebody told its source. Some have been right often enough for an A or a B, others were
    wrong; a few repeat what another one said."""
    book = _Book(stream(seed, "sources"), networks)
    true = false = 0
    tellings, sourced = [], []
    for n, a in enumerate(alerts):
        if a.channel in OWN:
            sourced.append(replace(a, source_code=None))
            continue
        repeats = None
        if a.verification == "verified" and true < BY_PARTNER + BY_CALLER + BY_AUTHORITY:
            true += 1
            known = PARTNER if true <= BY_PARTNER else CALLER if true <= BY_PARTNER + BY_CALLER else AUTHORITY
            source = book.of(known)
        elif a.verification == "unfounded":
            false += 1
            source = book.of(AUTHORITY if false == 1 else RUMOURS)
        elif a.channel in ("local_authority", "in_person"):
            source = book.of(AUTHORITY)
        elif a.kind == ECHO_OF and a.status == "acknowledged":
            source = book.of(CALLER)
        else:
            source = book.near(a.sector_code)
            # Whom the village trusts has heard some of it from the caller.
            repeats = book.of(CALLER) if n % 4 == 0 else None
        tellings.append(Telling(a.code, source.code, repeats.code if repeats else None))
        sourced.append(replace(a, source_code=source.code))
    echoes = tuple(repeated(book, sourced, tellings))
    return Told(tuple(sourced), tuple(book.kept.values()), tuple(tellings), echoes)


def repeated(book: _Book, alerts: Sequence[AlertScript], tellings: list[Telling]) -> list[Echo]:
    """Two more who tell of the threat that waits: one repeats the first caller, the other saw for himself."""
    first = next(a for a in alerts if a.kind == ECHO_OF and a.status == "acknowledged")
    found = []
    for n, (channel, words, minutes, repeats) in enumerate(ECHOES, start=1):
        source = book.near(first.sector_code) if repeats else book.of(PARTNER)
        at = first.raised_at + timedelta(minutes=minutes)
        alert = replace(
            first, code=f"EX-E{n:02d}", channel=channel, verbatim=words.format(place=first.place_name),
            source_code=source.code, source_contactable=True, received_at=at - timedelta(minutes=1), raised_at=at,
            acknowledged_at=at + timedelta(minutes=2), escalated_at=None, immediate_action_at=None,
        )  # fmt: skip
        tellings.append(Telling(alert.code, source.code, first.source_code if repeats else None))
        found.append(Echo(alert, first.code))
    return found
