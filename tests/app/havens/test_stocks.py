"""How long stores last: worked by hand, and by what must hold for any numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.havens.stocks import Limits, Shortfall, first_end, shortfalls
from app.havens.wording import WHAT_ENDS
from app.mission.procedures import SEEDS

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
LIMITS = Limits.of({seed.key: seed.value for seed in SEEDS.values()})


@dataclass(frozen=True)
class Store:
    at: datetime = NOW
    water_litres: float | None = None
    water_litres_a_day: float | None = None
    rations: float | None = None
    fuel_litres: float | None = None
    fuel_litres_a_day: float | None = None
    beds: int | None = None
    latrines: int | None = None


def test_water_below_survival_tomorrow_at_six_if_nobody_comes() -> None:
    # 100 people at 15 litres a day, nothing comes: 750 litres last half a day.
    assert shortfalls(Store(water_litres=750), 100, NOW, LIMITS) == [
        Shortfall("water", "survival", datetime(2026, 11, 22, 6, tzinfo=UTC))
    ]
    # 800 a day come, 8 litres each: above survival, below the standard; the 700 that lack eat the store in a day.
    [ends] = shortfalls(Store(water_litres=700, water_litres_a_day=800), 100, NOW, LIMITS)
    assert (ends.level, ends.at) == ("standard", NOW + timedelta(days=1))
    assert shortfalls(Store(water_litres=0, water_litres_a_day=1500), 100, NOW, LIMITS) == []
    # Counted half a day ago, it is over now.
    [over] = shortfalls(Store(at=NOW - timedelta(hours=12), water_litres=750), 100, NOW, LIMITS)
    assert over.over(NOW)


def test_food_fuel_beds_and_latrines() -> None:
    found = shortfalls(
        Store(rations=200, fuel_litres=50, fuel_litres_a_day=100, beds=60, latrines=1), 100, NOW, LIMITS
    )
    assert [(s.what, s.level, s.at, s.missing) for s in found] == [
        ("latrines", "survival", NOW, 4), ("food", "survival", NOW + timedelta(days=2), 0),
        ("beds", "standard", NOW, 40), ("fuel", "standard", NOW + timedelta(hours=12), 0),
    ]  # fmt: skip
    # Ten days' food is no need; what nobody counted is not guessed at; nobody inside lacks nothing.
    assert shortfalls(Store(rations=1000), 100, NOW, LIMITS) == []
    assert shortfalls(Store(), 100, NOW, LIMITS) == []
    assert shortfalls(Store(water_litres=0, rations=0, beds=0, latrines=0), 0, NOW, LIMITS) == []


litres = st.none() | st.floats(0, 1e8, allow_nan=False)
some = st.none() | st.integers(0, 10_000)
stores = st.builds(
    Store, water_litres=litres, water_litres_a_day=litres, rations=litres, fuel_litres=litres, fuel_litres_a_day=litres,
    beds=some, latrines=some,
)  # fmt: skip


@given(store=stores, people=st.integers(0, 100_000), more=st.integers(1, 1000))
@settings(max_examples=200, deadline=None, database=None)
def test_more_people_never_make_it_last_longer_and_each_need_has_words(
    store: Store, people: int, more: int
) -> None:
    few, many = (shortfalls(store, n, NOW, LIMITS) for n in (people, people + more))
    assert {s.what for s in few} <= {s.what for s in many}
    later = {s.what: s for s in few}
    assert all(s.at <= later[s.what].at for s in many if s.what in later)
    assert all(f"{s.what}.{s.level}" in WHAT_ENDS and s.missing >= 0 for s in many)
    ends = first_end(store, people, LIMITS)
    soon = [s.at for s in few if s.level == "survival" and s.what in ("water", "food")]
    assert not soon or ends == min(soon)
