"""Any track, with noise, gaps, late and doubled points, judged whenever it pleases: no flapping, none missed, all-clear
always, each firing explained, nobody paged twice or for what is hours old."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from geo.watching.lapses import Bands, Known, Lapse, Reading, begin, in_order, judge, lapses

PAGE_WITHIN = 1800.0
MINUTES = st.sampled_from([0.25, 1, 2, 5, 12, 40])
DEPTHS = st.sampled_from([-900.0, -140.0, -101.0, -60.0, -20.0, 0.0, 30.0, 400.0])


class Tracks(RuleBasedStateMachine):
    """One carrier and one fence. What is told is the truth within its error, sooner or later."""

    @initialize(
        dwell=st.sampled_from([0.0, 120.0, 900.0]), recover=st.sampled_from([0.0, 300.0]),
        amber=st.sampled_from([None, -40.0]),
    )  # fmt: skip
    def begin_to_watch(self, dwell: float, recover: float, amber: float | None) -> None:
        self.bands = Bands(red=0.0, clear=-100.0, amber=amber, dwell=dwell, recover=recover)
        self.now = 1_000_000.0
        self.depth = -900.0
        self.told: list[Reading] = []
        self.held: list[Reading] = []
        self.unjudged: list[Reading] = []
        self.record: dict[int, Known] = {}
        self.pages: list[int] = []

    def fix(self, noise: float, error: float) -> Reading:
        value = self.depth + noise * error
        return Reading(self.now, value - error, value + error, 0.5, 0.5)

    @rule(minutes=MINUTES, depth=DEPTHS, noise=st.floats(-1, 1), error=st.sampled_from([5.0, 30.0, 250.0]),
          late=st.booleans())  # fmt: skip
    def moves(self, minutes: float, depth: float, noise: float, error: float, late: bool) -> None:
        self.now += minutes * 60
        self.depth = depth
        (self.held if late else self.unjudged).append(self.fix(noise, error))

    @rule(depth=st.sampled_from([-900.0, 400.0]), steps=st.integers(3, 30))
    def stays_with_a_good_signal(self, depth: float, steps: int) -> None:
        self.depth = depth
        for _n in range(steps):
            self.now += 60
            self.unjudged.append(self.fix(0.0, 5.0))

    @rule(hours=st.sampled_from([0.6, 3.0]))
    def falls_silent(self, hours: float) -> None:
        self.now += hours * 3600

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def the_line_is_back(self, data: st.DataObject) -> None:
        sent = data.draw(st.lists(st.sampled_from(self.held), min_size=1, unique=True))
        self.unjudged += sent
        self.held = [r for r in self.held if r not in sent]

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def sends_again(self, data: st.DataObject) -> None:
        self.unjudged.append(data.draw(st.sampled_from(self.told)))

    @precondition(lambda self: self.unjudged)
    @rule()
    def is_judged(self) -> None:
        """As workers/rules.py does: what came since the last time, with what stands around it."""
        known = list(self.record.values())
        start = begin(min(r.at for r in self.unjudged), known, self.bands)
        self.told = in_order([*self.told, *self.unjudged])
        self.unjudged = []
        before = [r.at for r in self.told if r.at < start]
        if before:
            start = min(start, begin(before[-1], known, self.bands))
        window = [r for r in self.told if r.at >= start]
        self.apply(window)
        known = list(self.record.values())
        assert judge(window, self.bands, known, self.now, PAGE_WITHIN) == [], "judged twice, changed twice"

    def apply(self, window: list[Reading]) -> None:
        for change in judge(window, self.bands, list(self.record.values()), self.now, PAGE_WITHIN):
            if change.lapse is None:
                assert change.id is not None
                del self.record[change.id]
                continue
            number = change.id or 1 + max([*self.record, *self.pages, 0])
            if change.page:
                assert number not in self.pages, "paged twice for one lapse"
                assert self.now - window[-1].at <= PAGE_WITHIN, "paged for what is hours old"
                self.pages.append(number)
            self.record[number] = Known(number, change.lapse, paged=number in self.pages)

    def standing(self) -> list[Lapse]:
        return sorted((k.lapse for k in self.record.values()), key=lambda lapse: lapse.opened_at)

    @invariant()
    def the_record_is_that_of_the_whole_track(self) -> None:
        if not hasattr(self, "told"):
            return
        whole = [(a.opened_at, a.red_at, a.cleared_at) for a in lapses(self.told, self.bands)]
        assert [(a.opened_at, a.red_at, a.cleared_at) for a in self.standing()] == whole

    @invariant()
    def nothing_flaps(self) -> None:
        if not hasattr(self, "told"):
            return
        found = self.standing()
        for one, two in pairwise(found):
            assert one.cleared_at is not None and one.cleared_at < two.opened_at
            assert any(r.high < self.bands.clear for r in self.told if one.opened_at < r.at <= one.cleared_at)
        for lapse in found:
            fired = lapse.amber_at if lapse.amber_at is not None else lapse.red_at
            assert fired is not None and fired - lapse.opened_at >= self.bands.dwell

    @invariant()
    def none_is_missed_and_all_clear_always_comes(self) -> None:
        if not hasattr(self, "told"):
            return
        inside_from = clear_from = None
        for r in self.told:
            inside_from = (inside_from or r.at) if r.low >= self.bands.red else None
            clear_from = (clear_from or r.at) if r.high < self.bands.clear else None
            covering = [
                a for a in self.standing() if a.opened_at <= r.at and (a.cleared_at is None or a.cleared_at > r.at)
            ]  # fmt: skip
            if inside_from is not None and r.at - inside_from >= self.bands.dwell:
                assert covering and covering[0].red_at is not None and covering[0].red_at <= r.at, "missed"
            if clear_from is not None and r.at - clear_from >= self.bands.recover:
                assert not covering, "no all-clear"

    @invariant()
    def each_firing_is_explained(self) -> None:
        for lapse in self.standing() if hasattr(self, "record") else []:
            assert lapse.value >= (self.bands.red if lapse.red_at is not None else self.bands.first)
            assert (lapse.lon, lapse.lat) == (0.5, 0.5)


TestTracks = Tracks.TestCase
TestTracks.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
