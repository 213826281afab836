from __future__ import annotations

import dataclasses
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents import drawings
from app.documents.drawing_map import round_length_km
from app.documents.inline_svg import without_styles
from app.documents.parts import Chart, MapData, MapMark, Panel
from app.documents.picture_words import chart_alt, chart_table, fit_to_page, map_alt, map_size_km
from app.documents.qr_code import qr_png, qr_svg

RED = "#b3261e"


def test_a_drawing_is_the_same_each_time_and_bears_no_date(incident):
    for data in (incident.map, incident.monthly):
        assert drawings.svg(data, "a") == drawings.svg(data, "a")
        assert drawings.png(data) == drawings.png(data)
        assert b"Software" not in drawings.png(data)
        assert "dc:date" not in drawings.svg(data, "a")


def test_names_on_a_map_are_text_and_a_dollar_sign_starts_no_formula(incident):
    mark = MapMark("$\\frac{x}$ & <b>", "base", 20.5, 4.4)
    drawn = drawings.svg(dataclasses.replace(incident.map, marks=(mark,)), "a")
    assert "$\\frac{x}$ &amp; &lt;b&gt;</text>" in drawn


def test_an_exact_place_is_a_mark_and_a_vague_one_only_an_area(incident, bare_incident):
    def fills(data: MapData) -> list[str]:
        return re.findall(rf'<(\w+)[^>]*(?:fill|stroke)="{RED}"', drawings.svg(data, "a"))

    assert "use" in fills(incident.map)
    assert set(fills(bare_incident.map)) == {"path"}
    assert "stroke-dasharray" in drawings.svg(bare_incident.map, "a")


@given(st.floats(0.01, 5000))
def test_a_scale_bar_is_round_and_at_least_two_fifths_of_its_room(longest):
    length = round_length_km(longest)
    assert 0.4 * longest <= length * (1 + 1e-6)
    assert length <= longest * (1 + 1e-6)
    assert round(length / 10 ** math.floor(math.log10(length) + 1e-9), 6) in {1, 2, 5}


@given(st.floats(-170, 150), st.floats(-60, 55), st.floats(0.01, 20), st.floats(0.01, 20))
def test_a_map_grows_to_a_page_s_proportions_and_never_shrinks(west, south, wide, high):
    before = MapData((west, south, west + wide, south + high))
    after = fit_to_page(before)
    width, height = map_size_km(after)
    assert 0.39 <= height / width <= 0.53
    assert after.extent[0] <= before.extent[0] + 1e-9
    assert after.extent[3] >= before.extent[3] - 1e-9


def test_a_map_without_size_is_refused():
    with pytest.raises(ValueError, match="extent"):
        fit_to_page(MapData((20, 4, 20, 5)))


def test_a_map_in_words_says_what_is_sure(incident, bare_incident):
    assert "marked as a point" in map_alt(incident.map)
    assert "COB Lima, TOB Kestrel" in map_alt(incident.map)
    assert "no point is known" in map_alt(bare_incident.map)


CHART = Chart("Alerts", "alerts", ("Jan", "Feb", "Mar"), (Panel("P1", (1, 3, None)), Panel("P2", (0, 0, 0))))


def test_a_chart_in_words_has_its_totals_and_its_peak():
    assert chart_alt(CHART) == "Bar chart: Alerts, in alerts. P1: 4 in all, most in Feb (3). P2: none."


def test_a_chart_s_table_has_every_figure_and_tells_none_from_not_counted():
    table = chart_table(CHART, "Month")
    assert table.rows == (("P1", "1", "3", "–", "4"), ("P2", "0", "0", "0", "0"))
    long = Chart("A", "a", tuple(f"c{n}" for n in range(20)), (Panel("P1", tuple(range(20))),))
    assert chart_table(long, "Month").rows[-2:] == (("c19", "19"), ("All", "190"))


def test_an_unknown_style_is_an_error_not_a_lost_colour():
    with pytest.raises(ValueError, match="font"):
        without_styles('<svg xmlns="http://www.w3.org/2000/svg"><text style="font: odd"/></svg>', "a")


def test_the_checkpoint_s_code_is_a_picture_with_a_quiet_zone():
    assert qr_svg("note").startswith("<svg")
    assert "style=" not in qr_svg("note")
    assert qr_png("note").startswith(b"\x89PNG")
    assert qr_png("note") == qr_png("note")
