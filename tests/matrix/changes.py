"""What may be written to each table by SQL, beside tables.py: a change as a blind UPDATE, which asks no policy of
reading; an addition as a copy of a row that stands, under the looker's own name."""

from __future__ import annotations

from dataclasses import replace

from app.permissions import Permission as P
from tests.matrix.tables import (
    ABOUT_HAVENS,
    CLEARED,
    CONCERN,
    EVERYBODY,
    LEADER,
    LED,
    MANAGERS,
    MISSION,
    NOBODY,
    OPENLY,
    REPORT,
    STUDY,
    UNRESTRICTED,
    Rule,
    Rules,
    alert,
    carrier,
    evacuation,
    file,
    haven,
    of,
    patrol,
)

CARRIES_ON = alert(P.HANDLE_ALERTS, P.DECIDE_ALERTS, P.APPROVE_NON_RESPONSE)
KEEP_FILE = file(P.KEEP_DEFENDERS)
PLANS = (Rule(P.PLAN_PATROLS, "sector_id"), Rule(P.SEND_PATROLS, "sector_id"))
VEHICLES = (Rule(P.PLAN_PATROLS, "sector_id", when="kind <> 'patrol'"),)
CARRIED = carrier(P.PLAN_PATROLS, leads=Rule(P.LEAD_PATROLS, own=LEADER.format("tracked_id")))
THERE = "place = 'SRID=4326;POINT(0.5 0.5)'"
SHARES = (
    "EXISTS (SELECT 1 FROM consents c WHERE c.defender_id = check_in_plans.defender_id AND c.scope IN (2, 3) "
    "AND c.withdrawn_at IS NULL)"
)

ASKS_SOLVES = (
    Rule(P.PLAN_PATROLS, "sector_id", when="kind IN ('plan', 'mix')"),
    Rule(P.KEEP_HAVENS, "sector_id", when="kind NOT IN ('plan', 'mix')"),
    Rule(P.PLAN_PATROLS, "sector_id", when="kind = 'siting'"),
)
# Of a study that one does not find, the search is ended by others.
ENDS_SOLVES = (
    Rule(P.PLAN_PATROLS, "sector_id", when="kind IN ('plan', 'mix')"),
    *(Rule(by, "sector_id", when=f"kind = 'siting' AND {STUDY}") for by in (P.KEEP_HAVENS, P.PLAN_PATROLS)),
    *(Rule(by, "sector_id", when="kind = 'siting'", **CLEARED) for by in (P.KEEP_HAVENS, P.PLAN_PATROLS)),
    Rule(own="asked_by_id", when="kind <> 'siting'"),
)
# Table → what is set, and who may. What is not named here is changed by nobody.
CHANGES: dict[str, tuple[str, Rules]] = {
    **dict.fromkeys(
        ("actors", "admin_areas", "bases", "places", "rivers", "sectors", "units"), ("name = 'x'", MISSION)
    ),
    "road_nodes": (THERE, MISSION),
    "road_links": ("metres = 1", MISSION),
    "procedures": ("value = 1", MISSION),
    "community_networks": ("working = false", (Rule(P.MANAGE_MISSION, "sector_id"),)),
    "people": ("language = 'en'", (*MANAGERS, Rule(own="id"))),
    "sessions": ("revoked_at = now()", (*MANAGERS, Rule(own="person_id"))),
    "api_tokens": ("revoked_at = now()", (*MANAGERS, Rule(own="person_id"))),
    "report_conflicts": ("settled_at = now()", (Rule(P.HANDLE_ALERTS, REPORT),)),
    # In one's own name, once.
    "unraised_reports": (
        "look = 'no_alert', looked_at = now(), looked_by_id = vigil.person_id()",
        (Rule(P.HANDLE_ALERTS, "sector_id"),),
    ),
    "incidents": ("verification = 'verified'", (Rule(P.VERIFY_INCIDENTS, "sector_id"),)),
    "threats": ("name = 'x'", (Rule(P.ASSESS_THREATS, "sector_id"),)),
    # What the chain moves takes its step (tests/attacks): beside it the policies decide. A patrol's leader moves no more
    # than the state.
    "alerts": (
        "version = 7",
        tuple(Rule(p, "sector_id") for p in (P.HANDLE_ALERTS, P.DECIDE_ALERTS, P.APPROVE_NON_RESPONSE)),
    ),
    "alert_clocks": ("passed_on_by_id = NULL", CARRIES_ON),
    "taskings": (
        "departed_at = now()",
        (*alert(P.HANDLE_ALERTS), Rule(P.LEAD_PATROLS, own=LED.format("taskings", "alert_id"))),
    ),
    "defenders": ("review_on = now()", (Rule(P.KEEP_DEFENDERS, "sector_id", room="compartment"),)),
    "defender_cells": ("shared_until = now()", KEEP_FILE),
    "check_in_plans": ("suspended_at = now()", KEEP_FILE),
    "sealed_values": ("ciphertext = 'x'", KEEP_FILE),
    "risk_assessments": ("reviewed_at = now()", KEEP_FILE),
    "consents": ("withdrawn_at = now()", KEEP_FILE),
    "saved_views": ("removed_at = now()", (Rule(P.SEE_MAP, own="owner_id"),)),
    "unmaskings": ("seen_by_supervisor_at = now()", (Rule(P.SUPERVISE_UNMASKING),)),
    "patrols": ("state = 'done'", (*PLANS, Rule(P.LEAD_PATROLS, own="leader_id"))),
    "patrol_stops": ("arrived_at = now()", patrol(P.PLAN_PATROLS, P.SEND_PATROLS)),
    # All of this world wait for debrief; in one's own name, and never one's own report (tests/app/patrol_reports).
    "patrol_reports": (
        "state = 'debriefed', debriefed_at = now(), debriefed_by_id = vigil.person_id()",
        (Rule(P.DEBRIEF_PATROLS, "sector_id", when="state = 'submitted'"),),
    ),
    # A draft, by another than its author, who never looks in this world (tests/app/patrol_orders).
    "patrol_orders": (
        "approved_at = now(), approved_by_id = vigil.person_id(), approved_by_role = 'x'",
        (Rule(P.PLAN_PATROLS, of("patrols", "patrol_id"), when="approved_at IS NULL"),),
    ),
    # In one’s own name; who suspends is asked alone.
    "due_diligence": (
        "suspended_at = now(), suspended_by_id = vigil.person_id(), suspended_why = 'x'",
        (Rule(anywhere=P.DECIDE_DUE_DILIGENCE),),
    ),
    "patrol_deviations": (
        "acknowledged_at = now(), acknowledged_by_id = vigil.person_id(), acknowledged_by_role = 'x', reason = 'weather'",
        patrol(P.PLAN_PATROLS, P.SEND_PATROLS),
    ),
    "tracked": ("retired_at = now()", VEHICLES),
    "plans": ("state = 'withdrawn'", (Rule(P.PLAN_PATROLS, "sector_id"),)),
    # What was accepted stands; what was drawn has its plan already, in this world.
    "mixes": (
        "state = 'withdrawn'",
        (Rule(P.PLAN_PATROLS, "sector_id", when="state IN ('solving', 'ready')"),),
    ),
    "draws": ("plan_id = NULL", (Rule(P.PLAN_PATROLS, "sector_id", when="plan_id IS NULL"),)),
    "siting_studies": (
        "withdrawn_at = now(), withdrawn_by_id = vigil.person_id()",
        (
            *(
                Rule(p, "sector_id", when="NOT restricted", also=P.READ_THREATS)
                for p in (P.KEEP_HAVENS, P.PLAN_PATROLS)
            ),
            Rule(P.KEEP_HAVENS, "sector_id", also=P.READ_THREATS, **CLEARED),
        ),
    ),
    "solves": ("stop_asked_at = now()", ENDS_SOLVES),
    "sites": ("visits_a_week = 3, set_by_id = vigil.person_id()", (Rule(P.PLAN_PATROLS, "sector_id"),)),
    "unit_means": (
        "crew = 9, people_a_day = 20, vehicles = 4, set_by_id = vigil.person_id()",
        (Rule(P.PLAN_PATROLS, "sector_id"),),
    ),
    "escorts": (
        "ended_at = now(), outcome = 'done', ended_by_id = vigil.person_id()",
        (Rule(P.PLAN_PATROLS, "sector_id"),),
    ),
    "road_conditions": (
        "opened_at = now(), opened_why = 'x', opened_by_id = vigil.person_id()",
        (Rule(P.SEND_PATROLS, "sector_id"),),
    ),
    "trackers": (
        "revoked_at = now()",
        tuple(Rule(p, of("tracked", "tracked_id")) for p in (P.PLAN_PATROLS, P.SEND_PATROLS)),
    ),
    # A fix stands; what is thought of it changes.
    "positions": ("flags = 0", CARRIED),
    "latest_positions": (THERE, CARRIED),
    # A document that failed is ordered again by whoever may see it.
    "documents": (
        "state = 'ordered'",
        (
            Rule(P.ORDER_DOCUMENTS, when="state = 'failed'", anywhere=P.READ_DOCUMENTS),
            Rule(P.ORDER_DOCUMENTS, own="ordered_by_id", when="state = 'failed'"),
        ),
    ),
    # Signed in one's own name; whoever wrote the note never looks in this world, and may not (test_handing_over.py).
    "handovers": (
        "accepted_by_id = vigil.person_id(), accepted_by_role = 'x', accepted_at = now()",
        (Rule(P.HAND_OVER, "sector_id", when="accepted_at IS NULL"),),
    ),
    "sources": ("contactable = true", (Rule(P.KEEP_SOURCES, "sector_id"),)),
    "call_backs": (
        "done_at = now(), done_by_id = vigil.person_id(), result = 'confirms'",
        (Rule(P.HANDLE_ALERTS, of("alerts", "alert_id"), when="done_at IS NULL"),),
    ),
    "ladders": ("replaced_at = now()", MISSION),
    "watches": ("ended_at = now()", (Rule(own="person_id", when="ended_at IS NULL"),)),
    "contacts": ("removed_at = now()", (Rule(P.STAND_WATCH, own="person_id"),)),
    "replies": ("looked_at = now(), looked_by_id = vigil.person_id()", (Rule(P.READ_REPLIES),)),
    # In one's own name.
    "rules": ("enabled_at = now(), enabled_by_id = vigil.person_id()", (Rule(P.KEEP_RULES, "sector_id"),)),
    "imports": ("state = 'removed'", (Rule(P.BRING_FILES_IN, own="by_id"),)),
    "evacuations": (
        "ended_at = now(), ended_by_id = vigil.person_id(), ended_by_role = 'x'",
        (Rule(P.DECIDE_ALERTS, "sector_id", when="ended_at IS NULL AND NOT restricted"),),
    ),
    "evacuation_plans": (
        "issued_at = now(), issued_by_id = vigil.person_id(), issued_by_role = 'x'",
        (
            Rule(
                P.DECIDE_ALERTS,
                of("evacuations", "evacuation_id"),
                when=f"issued_at IS NULL AND {UNRESTRICTED}",
            ),
        ),
    ),
    "haven_tokens": ("went_at = NULL", haven(P.KEEP_HAVENS)),
    "havens": (
        "occupancy = 1",
        (Rule(P.KEEP_HAVENS, "sector_id", when=OPENLY), Rule(P.KEEP_HAVENS, "sector_id", **CLEARED)),
    ),
}

# Table → the column that must hold one's own id, or None, and who may.
ADDS: dict[str, tuple[str | None, Rules]] = {
    **dict.fromkeys(
        (
            "actors",
            "admin_areas",
            "bases",
            "places",
            "rivers",
            "road_links",
            "road_nodes",
            "sectors",
            "units",
        ),
        (None, MISSION),
    ),
    "community_networks": (None, (Rule(P.MANAGE_MISSION, "sector_id"),)),
    "people": (None, MANAGERS),
    # Only with the account, in the transaction that shuts it (tests/attacks/test_one_administrator.py).
    "person_sectors": (None, NOBODY),
    "person_compartments": (None, NOBODY),
    "sessions": ("person_id", EVERYBODY),
    "api_tokens": ("person_id", EVERYBODY),
    "sign_in_failures": (None, EVERYBODY),
    "field_reports": ("reporter_id", (Rule(P.FILE_REPORTS),)),
    "report_conflicts": ("reporter_id", (Rule(P.FILE_REPORTS),)),
    "incidents": (None, (Rule(P.RECORD_INCIDENTS, "sector_id"),)),
    "incident_verifications": ("by_id", (Rule(P.VERIFY_INCIDENTS),)),
    "threats": (None, (Rule(P.ASSESS_THREATS, "sector_id"),)),
    # Whoever files a report raises its alert, wherever it lies; and adds nothing to one that was raised before.
    "alerts": ("reporter_id", (Rule(P.FILE_REPORTS), Rule(P.RAISE_ALERTS))),
    # With the alert or the step alone, in its own transaction.
    **dict.fromkeys(("alert_weighings", "alert_reweighings"), (None, NOBODY)),
    "alert_steps": (
        "by_id",
        (
            *CARRIES_ON,
            Rule(
                P.LEAD_PATROLS,
                own=LED.format("alert_steps", "alert_id"),
                when="kind IN ('departed', 'arrived')",
            ),
        ),
    ),
    "alert_clocks": (None, CARRIES_ON),
    "taskings": ("ordered_by_id", alert(P.DECIDE_ALERTS)),
    "defenders": (None, (Rule(P.KEEP_DEFENDERS, "sector_id", room="compartment"),)),
    **dict.fromkeys(
        ("defender_cells", "sealed_values", "risk_assessments", "consents", "defender_notes"),
        (None, KEEP_FILE),
    ),
    "check_in_plans": (
        "agreed_by_id",
        tuple(replace(rule, when=f"ended_at IS NULL AND {SHARES}") for rule in KEEP_FILE),
    ),
    "check_ins": ("by_id", file(P.READ_DEFENDERS)),
    "patrols": (None, PLANS),
    "patrol_stops": (None, patrol(P.PLAN_PATROLS, P.SEND_PATROLS)),
    "patrol_reports": (
        "author_id",
        (Rule(P.LEAD_PATROLS, own=of("patrols", "patrol_id", "leader_id"), when="state = 'draft'"),),
    ),
    "patrol_report_entries": ("by_id", (Rule(P.DEBRIEF_PATROLS, of("patrol_reports", "report_id")),)),
    "signal_steps": (
        "by_id",
        tuple(
            Rule(anywhere=permission, when=f"kind = 'taken' AND {CONCERN} = '{concern}'")
            for permission, concern in (
                (P.SEE_CHILD_SIGNALS, "child"),
                (P.SEE_VIOLENCE_SIGNALS, "sexual_violence"),
            )
        ),
    ),
    "due_diligence": ("decided_by_id", (Rule(anywhere=P.DECIDE_DUE_DILIGENCE, when="suspended_at IS NULL"),)),
    "patrol_orders": (
        "written_by_id",
        tuple(
            Rule(p, of("patrols", "patrol_id"), when="approved_at IS NULL")
            for p in (P.PLAN_PATROLS, P.SEND_PATROLS)
        ),
    ),
    "stop_codes": (
        "given_by_id",
        tuple(
            Rule(p, of("patrols", "patrol_id"), when="refused = 0") for p in (P.PLAN_PATROLS, P.SEND_PATROLS)
        ),
    ),
    "tracked": (None, VEHICLES),
    "plans": ("by_id", (Rule(P.PLAN_PATROLS, "sector_id", when="state = 'solving'"),)),
    "mixes": ("by_id", (Rule(P.PLAN_PATROLS, "sector_id", when="state = 'solving'"),)),
    "plan_patrols": (None, (Rule(P.PLAN_PATROLS, of("plans", "plan_id")),)),
    "solves": ("asked_by_id", ASKS_SOLVES),
    **dict.fromkeys(("sites", "unit_means", "escorts"), ("set_by_id", (Rule(P.PLAN_PATROLS, "sector_id"),))),
    "road_conditions": ("set_by_id", (Rule(P.SEND_PATROLS, "sector_id"),)),
    "trackers": ("created_by_id", (Rule(P.PLAN_PATROLS, of("tracked", "tracked_id")),)),
    "positions": (None, CARRIED),
    "latest_positions": (None, CARRIED),
    "havens": (
        None,
        (Rule(P.KEEP_HAVENS, "sector_id", when=OPENLY), Rule(P.KEEP_HAVENS, "sector_id", **CLEARED)),
    ),
    **dict.fromkeys(("haven_changes", *ABOUT_HAVENS), ("by_id", haven(P.KEEP_HAVENS))),
    "haven_tokens": (None, haven(P.KEEP_HAVENS)),
    "siting_studies": (
        "asked_by_id",
        (
            *(
                Rule(p, "sector_id", when="answer IS NULL AND NOT restricted")
                for p in (P.KEEP_HAVENS, P.PLAN_PATROLS)
            ),
            Rule(P.KEEP_HAVENS, "sector_id", when="answer IS NULL", **CLEARED),
        ),
    ),
    "evacuations": (
        "made_by_id",
        (
            Rule(P.PLAN_EVACUATIONS, "sector_id", when="NOT restricted"),
            Rule(P.PLAN_EVACUATIONS, "sector_id", **CLEARED),
        ),
    ),
    "evacuation_plans": ("made_by_id", evacuation(P.PLAN_EVACUATIONS, "issued_at IS NULL")),
    "saved_views": ("owner_id", (Rule(P.SEE_MAP),)),
    "handovers": ("written_by_id", (Rule(P.HAND_OVER, "sector_id", when="accepted_at IS NULL"),)),
    "sources": ("added_by_id", (Rule(P.KEEP_SOURCES, "sector_id", when="grade IS NULL"),)),
    "alert_sources": ("by_id", alert(P.HANDLE_ALERTS)),
    "call_backs": (
        "ordered_by_id",
        (Rule(P.HANDLE_ALERTS, of("alerts", "alert_id"), when="done_at IS NULL"),),
    ),
    "ladders": (None, MISSION),
    # At a post of one's own role (tests/app/watches holds each against the list); above a sector for the whole mission.
    "watches": (
        "person_id",
        (Rule(P.STAND_WATCH, "sector_id", role="role", when="post = 'sector' AND ended_at IS NULL"),),
    ),
    "contacts": ("person_id", (Rule(P.STAND_WATCH, when="tested_at IS NULL"),)),
    # Tests of one's own contacts alone; those of others are in this world, and refused.
    "messages": (
        "person_id",
        (Rule(P.STAND_WATCH, own="person_id", when="purpose = 'test' AND state = 'queued'"),),
    ),
    "documents": (
        "ordered_by_id",
        (Rule(P.ORDER_DOCUMENTS), Rule(P.PRINT_ORDERS, when="kind = 'patrol_order'")),
    ),
    "imports": ("by_id", (Rule(P.BRING_FILES_IN),)),
    # Written switched off; lapses are the worker's.
    "rules": ("created_by_id", (Rule(P.KEEP_RULES, "sector_id", when="enabled_at IS NULL"),)),
    "rule_versions": ("by_id", (Rule(P.KEEP_RULES, of("rules", "rule_id")),)),
    "downloads": ("by_id", EVERYBODY),
    "outbox": (None, EVERYBODY),
    "ledger_events": ("actor_id", (Rule(P.OWN_ACCOUNT, when="leaf_index IS NULL"),)),
}
# Taken away is only what gives rights, and that with the account; everything else stays, whoever asks.
TAKES_AWAY: dict[str, Rules] = {"person_sectors": NOBODY, "person_compartments": NOBODY}
