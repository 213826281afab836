"""Which rows of each table who may read, add and change: written from the permission table and the handbook, beside
the policies and not from them. A rule is met when all that it asks is; a row is open when one rule is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.permissions import Permission as P
from tests.matrix.lookers import Looker


@dataclass(frozen=True)
class Rule:
    """SQL of a row: `sector` its sector (in which `by` must be held; without it, anywhere at all), `own` the person
    whose it is, `room` its compartment, `when` a condition, `role` the one that it is written in. `anywhere`: a
    permission held in the whole mission; `also`: one more that is held at all."""

    by: P | None = None
    sector: str | None = None
    own: str | None = None
    room: str | None = None
    when: str = "true"
    role: str | None = None
    anywhere: P | None = None
    also: P | None = None

    def columns(self) -> str:
        return ", ".join(
            (self.sector or "NULL", self.own or "NULL", self.room or "NULL", self.when, self.role or "NULL")
        )

    def met(self, looker: Looker, person_id: int, row: tuple[Any, ...], own_sector: int) -> bool:
        sector, own, room, when, role = row
        if self.by is not None:
            in_own = sector == own_sector or self.sector is None
            if not (looker.anywhere(self.by) or (looker.holds(self.by) and in_own)):
                return False
        if self.anywhere is not None and not looker.anywhere(self.anywhere):
            return False
        if self.also is not None and not looker.holds(self.also):
            return False
        if self.own is not None and own != person_id:
            return False
        if self.role is not None and role != looker.role:
            return False
        return bool(when) and (self.room is None or room in looker.compartments)


Rules = tuple[Rule, ...]
NOBODY: Rules = ()
EVERYBODY: Rules = (Rule(P.OWN_ACCOUNT),)
MANAGERS: Rules = (Rule(P.MANAGE_PEOPLE),)
MISSION: Rules = (Rule(P.MANAGE_MISSION),)


def of(table: str, key: str, column: str = "sector_id") -> str:
    """A column of the row that this one hangs on."""
    return f"(SELECT up.{column} FROM {table} up WHERE up.id = {key})"


def alert(*permissions: P) -> Rules:
    return tuple(Rule(p, of("alerts", "alert_id")) for p in permissions)


def file(by: P) -> Rules:
    return (Rule(by, of("defenders", "defender_id"), room=of("defenders", "defender_id", "compartment")),)


def patrol(*permissions: P) -> Rules:
    sector, leader = of("patrols", "patrol_id"), of("patrols", "patrol_id", "leader_id")
    return (*(Rule(p, sector) for p in permissions), Rule(P.LEAD_PATROLS, own=leader))


def carrier(*permissions: P, leads: Rule, when: str = "true") -> Rules:
    """Rows of something that is tracked: by its sector, or as the leader of the patrol that it is."""
    return (*(Rule(p, of("tracked", "tracked_id"), when=when) for p in permissions), leads)


LEADER = "(SELECT p.leader_id FROM patrols p JOIN tracked up ON up.patrol_id = p.id WHERE up.id = {})"
LED = (
    "(SELECT up.leader_id FROM patrols up WHERE up.alert_id = {}.{} AND up.leader_id IS NOT NULL "
    "AND up.state NOT IN ('done', 'abandoned') LIMIT 1)"
)
OPENLY = "exposure IN ('public', 'mission')"
THEN_OPENLY = "content ->> 'exposure' IN ('public', 'mission')"
CLEARED: dict[str, Any] = {"anywhere": P.SEE_RESTRICTED_HAVENS}
HAVEN = "(SELECT up.exposure IN ('public', 'mission') FROM havens up WHERE up.id = haven_id)"
ABOUT_HAVENS = (
    "haven_records", "haven_inspections", "haven_stocks", "haven_headcounts", "haven_compromise_steps",
    "haven_corrections",
)  # fmt: skip


def haven(by: P) -> Rules:
    """What is kept of a haven: for whoever has this permission where it lies, and may know of it."""
    return (Rule(by, of("havens", "haven_id"), when=HAVEN), Rule(by, of("havens", "haven_id"), **CLEARED))


CONCERN = "(SELECT up.concern FROM signals up WHERE up.id = signal_id AND up.told)"
STUDY = "(SELECT NOT up.restricted FROM siting_studies up WHERE up.id = subject_id)"
UNRESTRICTED = "(SELECT NOT up.restricted FROM evacuations up WHERE up.id = evacuation_id)"


def evacuation(by: P, when: str = "true") -> Rules:
    """Plans of an evacuation: one with restricted havens is for those who may know of these."""
    where = of("evacuations", "evacuation_id")
    return (Rule(by, where, when=f"{UNRESTRICTED} AND {when}"), Rule(by, where, when=when, **CLEARED))


SHARED = "shared_until > now()"
REPORT = of("field_reports", "report_id")

READS: dict[str, Rules] = {
    **dict.fromkeys(
        (
            "actors",
            "admin_areas",
            "mission_identity",
            "places",
            "procedures",
            "rivers",
            "road_links",
            "road_nodes",
            "sectors",
        ),
        EVERYBODY,
    ),
    "bases": (Rule(P.SEE_MAP),),
    "units": (Rule(P.SEE_MAP),),
    "community_networks": (Rule(P.READ_ALERTS, "sector_id"),),
    "people": (*MANAGERS, Rule(own="id")),
    "person_sectors": (*MANAGERS, Rule(own="person_id")),
    "person_compartments": (*MANAGERS, Rule(own="person_id")),
    "sessions": (*MANAGERS, Rule(own="person_id")),
    "session_sightings": (
        *MANAGERS,
        Rule(own="(SELECT up.person_id FROM sessions up WHERE up.token_hash = session_sightings.token_hash)"),
    ),
    "api_tokens": (*MANAGERS, Rule(own="person_id")),
    "sign_in_failures": NOBODY,
    "field_reports": (Rule(P.READ_REPORTS, "sector_id"), Rule(own="reporter_id")),
    "report_allowances": NOBODY,
    "report_conflicts": (Rule(P.READ_REPORTS, REPORT), Rule(own="reporter_id")),
    "unraised_reports": (Rule(P.READ_ALERTS, "sector_id"),),
    "report_weighings": (Rule(P.READ_ALERTS, of("field_reports", "report_id"), anywhere=P.SEE_COARSE_CELLS),),
    "incidents": (Rule(P.READ_INCIDENTS, "sector_id"),),
    "incident_verifications": (Rule(P.READ_INCIDENTS, of("incidents", "incident_id")),),
    **dict.fromkeys(("incident_cells", "incident_cell_changes"), (Rule(P.READ_INCIDENTS, "sector_id"),)),
    "layer_changes": NOBODY,
    "cell_presences": NOBODY,
    "threats": (Rule(P.READ_THREATS, "sector_id"),),
    # The leader of a patrol that was sent to an alert reads it: he moves its state by his departure.
    "alerts": (Rule(P.READ_ALERTS, "sector_id"), Rule(P.LEAD_PATROLS, own=LED.format("alerts", "id"))),
    "taskings": (*alert(P.READ_ALERTS), Rule(P.LEAD_PATROLS, own=LED.format("taskings", "alert_id"))),
    # What others wrote on its chain is not his.
    **dict.fromkeys(("alert_steps", "alert_clocks"), alert(P.READ_ALERTS)),
    # Points tell how near a defender's cell lies.
    **dict.fromkeys(
        ("alert_weighings", "alert_reweighings"),
        (Rule(P.READ_ALERTS, of("alerts", "alert_id"), anywhere=P.SEE_COARSE_CELLS),),
    ),
    "defenders": (Rule(P.READ_DEFENDERS, "sector_id", room="compartment"),),
    "defender_cells": (
        Rule(P.SEE_COARSE_CELLS, "sector_id", when=f"tier = 'coarse' AND {SHARED}"),
        Rule(P.SEE_FINE_CELLS, "sector_id", room="compartment", when=f"tier = 'fine' AND {SHARED}"),
        Rule(P.KEEP_DEFENDERS, "sector_id", room="compartment"),
    ),
    **dict.fromkeys(
        ("sealed_values", "risk_assessments", "consents", "defender_notes", "check_in_plans", "check_ins"),
        file(P.READ_DEFENDERS),
    ),
    # Whoever reads the ledger gets counts, by a function.
    "unmaskings": (Rule(P.SUPERVISE_UNMASKING), Rule(own="by_id")),
    "patrols": (Rule(P.READ_PATROLS, "sector_id"), Rule(own="leader_id")),
    **{
        table: (
            Rule(P.READ_PATROLS, of("patrols", "patrol_id")),
            Rule(own=of("patrols", "patrol_id", "leader_id")),
        )
        for table in ("patrol_stops", "patrol_orders", "patrol_deviations")
    },
    "plans": (Rule(P.READ_PATROLS, "sector_id"),),
    "plan_patrols": (Rule(P.READ_PATROLS, of("plans", "plan_id")),),
    **dict.fromkeys(("mixes", "draws"), (Rule(P.READ_PATROLS, "sector_id"),)),
    "draw_seeds": NOBODY,
    "solves": (
        Rule(P.READ_PATROLS, "sector_id", when="kind IN ('plan', 'mix')"),
        Rule(P.READ_HAVENS, "sector_id", when=f"kind = 'siting' AND {STUDY}", also=P.READ_THREATS),
        Rule(P.READ_HAVENS, "sector_id", when="kind = 'siting'", also=P.READ_THREATS, **CLEARED),
        Rule(own="asked_by_id", when="kind <> 'siting'"),
    ),
    **dict.fromkeys(("sites", "unit_means", "escorts"), (Rule(P.READ_PATROLS, "sector_id"),)),
    "road_conditions": (Rule(P.SEE_MAP),),
    # What is not sent is its writer's alone; the log goes with the report.
    "patrol_reports": (Rule(P.READ_PATROLS, "sector_id", when="state <> 'draft'"), Rule(own="author_id")),
    "signals": (
        Rule(anywhere=P.SEE_CHILD_SIGNALS, when="told AND concern = 'child'"),
        Rule(anywhere=P.SEE_VIOLENCE_SIGNALS, when="told AND concern = 'sexual_violence'"),
    ),
    "signal_steps": (
        Rule(anywhere=P.SEE_CHILD_SIGNALS, when=f"{CONCERN} = 'child'"),
        Rule(anywhere=P.SEE_VIOLENCE_SIGNALS, when=f"{CONCERN} = 'sexual_violence'"),
    ),
    "patrol_report_entries": (
        Rule(P.READ_PATROLS, of("patrol_reports", "report_id")),
        Rule(own=of("patrol_reports", "report_id", "author_id")),
    ),
    "due_diligence": (Rule(P.READ_DUE_DILIGENCE),),
    # Those who give codes, and the leader who shows that he has read one.
    "stop_codes": patrol(P.PLAN_PATROLS, P.SEND_PATROLS),
    "tracked": (Rule(P.READ_PATROLS, "sector_id"), Rule(own=LEADER.format("tracked.id"))),
    **dict.fromkeys(
        ("positions", "latest_positions"),
        carrier(P.READ_PATROLS, leads=Rule(own=LEADER.format("tracked_id"))),
    ),
    "trackers": tuple(Rule(p, of("tracked", "tracked_id")) for p in (P.PLAN_PATROLS, P.SEND_PATROLS)),
    "havens": (Rule(P.READ_HAVENS, "sector_id", when=OPENLY), Rule(P.READ_HAVENS, "sector_id", **CLEARED)),
    **dict.fromkeys(("haven_changes", *ABOUT_HAVENS, "haven_gate_days"), haven(P.READ_HAVENS)),
    "haven_tokens": haven(P.KEEP_HAVENS),
    "siting_studies": (
        Rule(P.READ_HAVENS, "sector_id", when="NOT restricted", also=P.READ_THREATS),
        Rule(P.READ_HAVENS, "sector_id", also=P.READ_THREATS, **CLEARED),
    ),
    "evacuations": (
        Rule(P.READ_EVACUATIONS, "sector_id", when="NOT restricted"),
        Rule(P.READ_EVACUATIONS, "sector_id", **CLEARED),
    ),
    "evacuation_plans": evacuation(P.READ_EVACUATIONS),
    # The past of the picture, each layer by its own permission; a haven by what it is now and was then.
    "revisions": (
        *(
            Rule(permission, "sector_id", when=f"layer = '{layer}'")
            for layer, permission in (
                ("alerts", P.READ_ALERTS),
                ("incidents", P.READ_INCIDENTS),
                ("threats", P.READ_THREATS),
                ("patrols", P.READ_PATROLS),
            )
        ),
        Rule(P.READ_HAVENS, "sector_id", when=f"layer = 'havens' AND {THEN_OPENLY}"),
        Rule(P.READ_HAVENS, "sector_id", when="layer = 'havens'", **CLEARED),
    ),
    "saved_views": (
        Rule(P.READ_HANDOVERS, when="for_shift", also=P.SEE_MAP),
        Rule(P.SEE_MAP, own="owner_id"),
    ),
    "handovers": (Rule(P.READ_HANDOVERS, "sector_id"),),
    "sources": (Rule(P.READ_SOURCES, "sector_id"),),
    **dict.fromkeys(("alert_sources", "call_backs"), alert(P.READ_SOURCES)),
    "ladders": EVERYBODY,
    "watches": (Rule(P.READ_WATCHES),),
    "contacts": (Rule(own="person_id"),),
    "messages": (
        Rule(own="person_id"),
        Rule(P.READ_ALERTS, of("alerts", "alert_id"), when="alert_id IS NOT NULL", also=P.READ_WATCHES),
    ),
    "replies": (Rule(P.READ_REPLIES),),
    "rules": (Rule(P.READ_RULES, "sector_id"),),
    **dict.fromkeys(
        ("rule_versions", "rule_lapses", "rule_watches"), (Rule(P.READ_RULES, of("rules", "rule_id")),)
    ),
    "surfaces": (Rule(P.READ_FORECAST),),
    "surface_parts": (Rule(P.SEE_HOTSPOTS, "sector_id"),),
    "surface_scores": (Rule(P.READ_FORECAST, "sector_id"),),
    "alert_scores": (Rule(P.READ_ALERTS, "sector_id"),),
    "documents": (Rule(P.READ_DOCUMENTS), Rule(own="ordered_by_id")),
    "document_files": (Rule(P.READ_DOCUMENTS), Rule(own=of("documents", "document_id", "ordered_by_id"))),
    "downloads": (Rule(P.READ_LEDGER), Rule(own="by_id")),
    "imports": (Rule(P.BRING_FILES_IN, own="by_id"),),
    "outbox": NOBODY,
    "ledger_events": (Rule(P.READ_LEDGER),),
    "ledger_changes": NOBODY,
    "ledger_leaves": (Rule(P.READ_LEDGER), Rule(P.EXPORT_LEDGER)),
}
