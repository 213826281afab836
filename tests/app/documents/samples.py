"""Sample briefs: an invented country, everything in it EXERCISE."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.documents import accountability_report_brief as acc
from app.documents import incident_report_brief as inc
from app.documents import map_view_brief as view
from app.documents import parts

T0 = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)
NOTE = (
    "vigil.exercise/ledger\n48211\nqk8oE3bYzD1m9n0WJmT8g5Q0v1cPpXy2s7uHfKdLr4E=\n\n"
    "— vigil.exercise/ledger Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
)
CHECKPOINT = parts.Checkpoint(NOTE, 48211, "aa4f2813" * 8)
DISTRICTS = (
    ("Veldara", "POLYGON((20.0 4.0, 20.9 4.05, 21.0 4.6, 20.5 4.8, 20.05 4.7, 20.0 4.0))"),
    ("Osmere", "POLYGON((20.9 4.05, 21.8 4.0, 21.9 4.7, 21.0 4.6, 20.9 4.05))"),
    ("Tanbrook", "POLYGON((20.05 4.7, 20.5 4.8, 21.0 4.6, 21.9 4.7, 21.7 5.3, 20.2 5.25, 20.05 4.7))"),
)
LAND = "POLYGON((19.9 3.9, 22 3.9, 22 5.4, 20.1 5.35, 19.9 3.9))"


def header(**changes: object) -> parts.Header:
    values: dict[str, object] = {
        "serial": "DOC-2026-00012",
        "title": "Attack averted near Harrowby, EXERCISE",
        "classification": "CONFIDENTIAL",
        "precedence": "PRIORITY",
        "exercise": True,
        "mission": "Mission in Carana (EXERCISE)",
        "prepared_at": datetime(2026, 11, 21, 18, 40, tzinfo=UTC),
        "prepared_by_role": "Joint Operations Centre, duty officer",
        "data_cutoff": datetime(2026, 11, 21, 18, 30, tzinfo=UTC),
        "audience": "command",
        "template_version": "2026.1",
        "checkpoint": CHECKPOINT,
        "local_offset_minutes": 120,
    }
    return parts.Header(**(values | changes))  # type: ignore[arg-type]


def country_map(**changes: object) -> parts.MapData:
    values: dict[str, object] = {
        "extent": (20.2, 4.1, 21.2, 4.75),
        "land": LAND,
        "areas": tuple(parts.MapArea(name, shape) for name, shape in DISTRICTS),
        "roads": (
            parts.MapRoad("main", "LINESTRING(19.9 4.2, 20.4 4.35, 20.75 4.4, 21.3 4.5, 22 4.4)"),
            parts.MapRoad("secondary", "LINESTRING(20.75 4.4, 20.7 4.6, 20.9 5.0)"),
            parts.MapRoad("track", "LINESTRING(20.4 4.35, 20.5 4.15, 20.7 4.05)"),
        ),
        "marks": (
            parts.MapMark("COB Lima", "base", 20.68, 4.38),
            parts.MapMark("TOB Kestrel", "base", 21.05, 4.52),
            parts.MapMark("Haven H-4", "haven", 20.73, 4.47),
            parts.MapMark("Harrowby", "settlement", 20.765, 4.335),
            parts.MapMark("Market Dell", "settlement", 20.45, 4.56),
        ),
        "place": "POINT(20.78 4.33)",
        "place_is_exact": True,
    }
    return parts.MapData(**(values | changes))  # type: ignore[arg-type]


MONTHS = (
    "Dec 25",
    *(f"{m} 26" for m in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov")),
)
MONTHLY = parts.Chart(
    title="Incidents per month within 25 km",
    unit="incidents",
    categories=MONTHS,
    panels=(parts.Panel("All incidents", (2, 0, 1, 3, 2, 4, 1, 0, 5, 6, 4, 9), 11),),
)


def incident_of_the_chain() -> inc.IncidentBrief:
    """A generous incident report: the worked example of the chain, an attack averted."""

    def at(minutes: float) -> datetime:
        return T0 + timedelta(minutes=minutes)

    steps = (
        (
            "Received",
            0,
            "Community liaison assistant, COB Lima",
            "Caller by telephone, source S-017",
            None,
            False,
        ),
        (
            "Acknowledged",
            2,
            "Duty officer, COB Lima",
            "Duplicate message merged: one source, not two",
            5,
            True,
        ),
        (
            "Immediate action",
            7,
            "Base commander",
            "Call-back to a second focal point; credibility raised to 2",
            None,
            False,
        ),
        (
            "Decided",
            10,
            "Battalion commander",
            "Respond with the quick reaction force; overflight requested",
            15,
            False,
        ),
        ("Tasked", 10, "Battalion operations", "State police told of the location only", 20, False),
        ("Departed", 23, "QRF 2", None, 20, False),
        ("Arrived", 64, "QRF 2", "About 20 armed men withdrew on seeing the patrol; no force used", 90, True),
        ("Outcome recorded", 190, "QRF 2", "31 civilians escorted to the school", None, False),
        ("Feedback to source", 335, "Community liaison assistant", "By telephone", 4320, False),
        ("Closed", None, None, None, None, False),
    )
    narrative = (
        "At 1405 local a caller reported some 20 armed men of group X moving on Harrowby, 11 km from "
        "COB Lima. A land-rights defender in the village had been named in a leaflet two days before.\n"
        "A second focal point confirmed the movement at 1412. The quick reaction force left at 1428 and "
        "reached the village at 1509. The group withdrew on seeing the patrol. Two houses at the edge of "
        "the village had been set on fire; one man was wounded by a machete before the patrol came. "
        "31 civilians asked to be escorted to the school and were."
    )
    return inc.IncidentBrief(
        header=header(withheld=("the defender's identity and exact place",)),
        incident_serial="INC-2026-04417",
        category="Armed-group movement with threat to civilians",
        original_category="Strategic developments",
        original_scheme="ACLED",
        place=inc.Place(
            "within 100 m",
            True,
            name="Harrowby, southern edge",
            mgrs="34N FK 977 788",
            lon=20.78012,
            lat=4.33021,
            uncertainty_m=100,
            admin_name="Veldara district",
            admin_code="CA0104",
        ),
        event_at=at(5),
        event_precision="to within ten minutes",
        narrative=narrative,
        harm=(
            inc.Harm("Killed", 0, 0, 0),
            inc.Harm("Injured", 1, 1, 3),
            inc.Harm("Displaced", 25, 31, None),
        ),
        harm_groups=(
            inc.HarmGroup("Injured", "man", "25–59", 1),
            inc.HarmGroup("Displaced", "woman", "not known", 14),
            inc.HarmGroup("Displaced", "girl or boy", "0–17", None),
        ),
        actors=(
            inc.Actor(
                "Group X (EXERCISE)",
                "alleged attacker",
                "Uniform and flag described by two callers; not verified",
            ),
            inc.Actor("Unknown armed men", "possibly the same"),
        ),
        weapon_or_method="Small arms seen, not fired; machete; arson",
        source_grade="C2 (fairly reliable, probably true)",
        verification="Corroborated",
        verification_reason="Two independent callers and the patrol's own observation",
        sensitivity="Confidential; not to be shared with State forces",
        warnings=(
            inc.EarlierWarning("ALR-2026-01931", at(0), 5, 11.2),
            inc.EarlierWarning("ALR-2026-01877", at(-2890), 2895, 3.4),
        ),
        presence=(
            inc.Presence("COB Lima", 11.2, "Day patrol through Harrowby, 191000ZNOV26"),
            inc.Presence("TOB Kestrel", 36.8),
        ),
        received_at=T0,
        chain=tuple(
            inc.ChainStep(s, None if m is None else at(m), r, n, limit, top)
            for s, m, r, n, limit, top in steps
        ),
        decision="Respond with the quick reaction force, by authority of the battalion commander",
        outcome="Threat averted: the group left. Harm occurred before arrival: one injured, two houses burnt",
        displacement="31 people to the school for one night; 27 returned the next day",
        assessment="The group was testing the time of reaction. A return within a week is likely; "
        "the defender named in the leaflet remains at risk.",
        follow_up=(
            inc.FollowUp(
                "Temporary base at Harrowby for five days", "Battalion operations", at(1000), "under way"
            ),
            inc.FollowUp(
                "Five-step threat assessment with the defender", "Human Rights Division", at(4000), "planned"
            ),
            inc.FollowUp("After-action review", "Sector operations"),
        ),
        feedback="Source S-017 told by telephone at 211740ZNOV26, within 72 h",
        sources=(
            inc.Source("S-017", "Community alert network, telephone", "C2", T0),
            inc.Source("S-031", "Community focal point, call-back", "B2", at(7)),
            inc.Source("P-0622", "Patrol report", "A1"),
        ),
        not_known=(
            "Who wrote the leaflet of 19 November",
            "Where the group is now",
            "Whether children were among the displaced, and how many",
        ),
        map=country_map(),
        monthly=MONTHLY,
    )


KINDS = (
    "Armed-group movement",
    "Imminent attack",
    "Threat against a defender",
    "Looting or extortion",
    "Mob risk",
)
REASONS = ("distance and time", "not credible", "competing P1", "road and weather")


def alert(number: int, begin: datetime) -> acc.AlertFacts:
    """The nth of a long row of varied alerts, the same for the same n."""
    raised = begin + timedelta(hours=number * (18 if number < 68 else 4))
    priority = ("P1", "P2", "P3", "P4", "P3")[number % 5]
    ack = None if number % 17 == 16 else float((number * 7) % 44 + 1)
    common = {
        "serial": f"ALR-2026-{1200 + number:05d}",
        "kind": KINDS[number % len(KINDS)],
        "priority": priority,
        "raised_at": raised,
        "sector": ("Veldara", "Osmere", "Tanbrook")[number % 3],
        "counts_as": "rule" if number % 19 == 18 else "told",
        "acknowledged": ack,
        "late": ("acknowledged",) if ack and ack > 30 else (),
        "feedback_expected": number % 6 != 5,
    }
    if number % 7 == 3:
        approved = None if number % 14 == 3 else "Sector commander"
        reason = None if number % 28 == 3 else REASONS[number % len(REASONS)]
        return acc.AlertFacts(
            **common,  # type: ignore[arg-type]
            answered_by="nobody",
            decided=ack and ack + 21,
            non_response_reason=reason,
            non_response_approver=approved,
        )
    if number % 11 == 10:
        return acc.AlertFacts(**common, answered_by="open")  # type: ignore[arg-type]
    by = ("mission", "state", "joint", "mission", "community")[number % 5]
    sent = by in {"mission", "joint"}
    base = (ack or 20) + 11
    return acc.AlertFacts(
        **common,  # type: ignore[arg-type]
        answered_by=by,  # type: ignore[arg-type]
        verified=base,
        decided=base + 6,
        tasked=base + 9 if sent else None,
        departed=base + 25 if sent else None,
        arrived=base + 70 + number % 50 if sent and number % 13 else None,
        outcome_recorded=base + 200,
        feedback=base + 300 + number * 31 % 5000 if number % 4 else None,
        decision="Send a patrol, by authority of the battalion commander" if sent else "Handed to " + by,
        handed_over=by == "state",
        outcome=("threat averted", "no contact", "arrived after the event", "harm mitigated")[number % 4],
    )


def accountability_of(count: int) -> acc.AccountabilityBrief:
    begin = datetime(2026, 10, 1, tzinfo=UTC)
    alerts = tuple(alert(n, begin) for n in range(count))
    period = parts.Period(
        begin, datetime(2027, 1, 1, tzinfo=UTC) if count > 200 else datetime(2026, 11, 21, tzinfo=UTC)
    )
    areas = tuple(
        parts.MapArea(name, shape, sum(1 for a in alerts if a.sector == name)) for name, shape in DISTRICTS
    )
    return acc.AccountabilityBrief(
        header=header(
            serial="DOC-2026-00013", title="Response to alerts, 1 October to 20 November 2026", period=period
        ),
        alerts=alerts,
        ledger=acc.LedgerState("unaltered", 48211, "aa4f2813" * 8, T0, 2),
        breaches=tuple(
            acc.ClockBreach(a.serial, "Acknowledge", 30, a.acknowledged, "Sector operations")
            for a in alerts
            if a.late
        )[:12],
        unmaskings=(
            acc.Unmasking("Human rights officer", 4, 3),
            acc.Unmasking("Base commander", 1, 0, 2),
        )
        if count
        else (),
        map=parts.MapData((19.9, 3.9, 22.0, 5.4), LAND, areas),
    )


def incident_hardly_known() -> inc.IncidentBrief:
    """An incident of which hardly anything is known."""
    return inc.IncidentBrief(
        header=header(checkpoint=None, local_offset_minutes=0),
        incident_serial="INC-2026-00001",
        category="Abduction or hostage-taking",
        place=inc.Place(
            "somewhere in the district", exact=False, lon=20.5, lat=4.4, admin_name="Veldara district"
        ),
        narrative="",
        event_precision="the month only",
        source_grade="F6",
        verification="Reported",
        sensitivity="Confidential",
        map=country_map(place=DISTRICTS[0][1], place_is_exact=False),
    )


def view_of_the_map(**changes: object) -> view.MapViewBrief:
    """A sheet with a thing of each layer."""
    country = country_map()
    values: dict[str, object] = {
        "header": header(title="Map at 211830ZNOV26", precedence="ROUTINE", withheld=("havens of restricted exposure",)),
        "map": view.ViewMap(
            extent=country.extent, land=country.land, areas=country.areas, roads=country.roads, marks=country.marks,
            events=(
                view.ViewMark("alert", "A 1204", 20.74, 4.36), view.ViewMark("incident", "88", 20.5, 4.5),
                view.ViewMark("patrol", "LION 4", 20.9, 4.42),
            ),
            threats=(parts.MapArea("EXERCISE raiders", "POLYGON((20.5 4.2, 20.7 4.2, 20.7 4.4, 20.5 4.4, 20.5 4.2))"),),
            grid_step=20_000,
            hindered=(
                view.ViewRoad("closed", "LINESTRING(20.4 4.3, 20.7 4.35)"),
                view.ViewRoad("slowed", "LINESTRING(20.7 4.35, 20.95 4.45)"),
            ),
        ),
        "layers": ("Open alerts", "Incidents"),
        "south_west": "34N BK 111 535",
        "north_east": "34N CL 001 253",
        "rows": (view.ViewRow("Alert", "Alert 1204", "Attack under way", "34N BK 71 82", "P1 · Received"),
                 view.ViewRow("Patrol", "LION 4", "Under way", "34N CK 884 891", "seen 211829ZNOV26")),
        "left_out": ("Incidents known to their district or more roughly, and so not marked: 3.",),
    }  # fmt: skip
    return view.MapViewBrief(**(values | changes))  # type: ignore[arg-type]
