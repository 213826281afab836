"""A place on the roads: asked for often, it is told the same minutes as by a network that is made anew for it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.road_joining import Roadside, joined, minutes_from
from geo.roads import Network, Season, minutes_between

NODES = [(20.0, 5.0), (20.1, 5.0), (20.1, 5.1), (20.0, 5.1), (20.05, 5.2)]
ENDS = [(0, 1), (1, 2), (2, 3), (3, 0), (2, 4), (0, 1)]
SPOT = st.tuples(st.floats(19.99, 20.11), st.floats(4.99, 5.21)) | st.sampled_from(NODES)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.sampled_from(["open", "open", "closed", "seasonal"]), min_size=6, max_size=6),
    st.lists(st.integers(1, 60), min_size=6, max_size=6), SPOT, st.lists(SPOT, min_size=1, max_size=5),
    st.sampled_from(Season),
)  # fmt: skip
def test_the_minutes_are_those_of_a_network_with_the_places_in_it(
    states: list[str], minutes: list[int], here: tuple[float, float], there: list[tuple[float, float]], season: Season
) -> None:  # fmt: skip
    network = Network.of(NODES, ENDS, [9000.0] * 6, minutes, state=states)
    roadside = Roadside.of(network)
    found = minutes_from(network, roadside.feet([here]), roadside.feet(there), season)
    whole, nodes = joined(network, [here, *there])
    told = minutes_between(whole, nodes[:1], nodes[1:], season)[0]
    # From where one stands to where one stands there is no way to walk, and back.
    same = np.array([spot == here for spot in there])
    assert np.array_equal(np.isinf(found[~same]), np.isinf(told[~same]))
    reached = np.isfinite(found) & ~same
    assert found[reached] == pytest.approx(told[reached], abs=1e-3)
