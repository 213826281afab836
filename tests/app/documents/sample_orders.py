"""Sample briefs of orders: an invented country, everything in it EXERCISE."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.documents import evacuation_order_brief as evacuation
from app.documents import map_view_brief as view
from app.documents import patrol_order_brief as order
from tests.app.documents.samples import country_map, header


def order_of_a_patrol() -> order.PatrolOrderBrief:
    """An order with everything in it."""
    start = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    said = "EXERCISE: as trained, and report at once"
    stops = tuple(
        order.OrderedStop(
            number=n, name=f"EXERCISE stop {n}", mgrs=f"34N BK {n}1234 82345", km=11.5 * n, minutes=40.0 + n,
            arrive=start + timedelta(hours=n), leave=start + timedelta(hours=n, minutes=30), task=said,
            to_meet=("Women’s leaders", "Traders"),
        )
        for n in (1, 2)
    )  # fmt: skip
    country = country_map()
    return order.PatrolOrderBrief(
        header=header(title="Patrol order PO-00012/2", precedence="ROUTINE"), order_serial="PO-00012/2",
        call_sign="EXERCISE HAWK 1-1", unit="EXERCISE 2nd platoon", commander_post="EXERCISE commander",
        purpose="Presence", mode="In vehicles", task=said, start=start, back=start + timedelta(hours=6),
        people=(("Strength", "17"), ("of them women", "5")), vehicles="EXERCISE three carriers",
        weapons="EXERCISE personal",
        stops=stops, home_km=21.3, straight=False, alternate_route="EXERCISE by the ford",
        pace=(("Primary", "VHF 4"), ("Emergency", "green flare")), lost_comms_minutes=45, hazards=("Ford or flooding",),
        hazards_note=said, deconfliction="EXERCISE humanitarians told", treatment="EXERCISE level 1", evacuation="by air",
        landing_site="market square", reserve="EXERCISE reserve", reserve_notice_minutes=30, rules_of_engagement="card 3",
        actions_on=(("Ambush", said),), sealed_sheet=True, joint="EXERCISE 4th company; decision 7", risk="Medium",
        risk_signed_by="EXERCISE sector", written_by_role="Sector operations officer", written_at=start,
        approved_by_role="Head of office", approved_at=start,
        map=view.ViewMap(
            extent=country.extent, land=country.land, areas=country.areas, roads=country.roads, marks=country.marks,
            events=(view.ViewMark("patrol", "1", 20.74, 4.36), view.ViewMark("patrol", "2", 20.5, 4.5)), grid_step=20_000,
        ),
    )  # fmt: skip


def order_of_an_evacuation() -> evacuation.EvacuationOrderBrief:
    """An order with everything in it: two legs, two waves, and people without a place."""
    at = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    country = country_map()
    return evacuation.EvacuationOrderBrief(
        header=header(title="Evacuation order EV-00012/3", precedence="IMMEDIATE"), order_serial="EV-00012/3",
        planned_at=at, planned_by_role="Watchkeeper", issued_at=at + timedelta(minutes=9),
        issued_by_role="Head of office",
        people=1840, without_place=312, without_escort=25,
        corrected=("EXERCISE base is called EXERCISE camp now.", "EXERCISE camp stands elsewhere."),
        overflow="312 people have no place: open EXERCISE school (400 places, 22 min away).",
        left=("1 · EXERCISE Bria: 312 people; the havens that may take them are full",),
        places=(("1 · EXERCISE Bria", "34N BK 11234 82345"),), havens=(("A · EXERCISE base", "34N BK 21234 82345"),),
        legs=tuple(
            evacuation.OrderedLeg(
                "1 · EXERCISE Bria", f"{letter} · EXERCISE base", 920 + n, 3 + n, 500 + n, 31 + n, at,
                at + timedelta(hours=4 + n),
            )
            for n, letter in enumerate("AB")
        ),
        waves=tuple(
            evacuation.OrderedWave(
                n, at + timedelta(minutes=45 * n), at + timedelta(minutes=45 * n + 31), "1 · EXERCISE Bria",
                "A · EXERCISE base", f"EXERCISE HAWK {n}", 131 + n, 71 + n, 17 + n,
            )
            for n in (1, 2)
        ),
        map=view.ViewMap(
            extent=country.extent, land=country.land, areas=country.areas, roads=country.roads, marks=country.marks,
            events=(view.ViewMark("place", "1", 20.74, 4.36), view.ViewMark("haven", "A", 20.5, 4.5)), grid_step=20_000,
        ),
    )  # fmt: skip
