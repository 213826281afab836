"""The words for the chain's codes, ready for translation. A code that has no word here fails a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Row

from app.ladders.wording import POSTS as POSTS  # those an alert climbs, for the pages

KINDS: dict[str, LazyString] = {
    "imminent_attack": _l("Imminent attack"),
    "attack_under_way": _l("Attack under way"),
    "armed_group_movement": _l("Movement of an armed group"),
    "military_build_up": _l("Military build-up"),
    "abduction": _l("Abduction"),
    "arrest_raid": _l("Arrest or raid"),
    "threat_to_named_person": _l("Threat to a named person"),
    "mob_risk": _l("Risk of mob violence"),
    "intercommunal_mobilisation": _l("Mobilisation between communities"),
    "cattle_raid": _l("Cattle raid"),
    "looting_extortion_checkpoint": _l("Looting, extortion or an illegal checkpoint"),
    "crsv": _l("Conflict-related sexual violence"),
    "child_recruitment": _l("Recruitment of children"),
    "displacement": _l("Displacement of people"),
    "siege_denied_access": _l("Siege or denied access"),
    "hate_speech": _l("Hate speech or incitement"),
    "eviction_land_dispute": _l("Eviction or land dispute"),
    "electoral_protest_violence": _l("Violence around elections or protest"),
    "explosive_hazard": _l("Explosive hazard"),
    "attack_on_protected_site": _l("Attack on a protected site"),
    "detention_transfer": _l("Transfer of a detainee"),
    "medical_emergency": _l("Medical emergency"),
    "natural_hazard": _l("Natural hazard"),
    "observation": _l("Observation"),
    "all_quiet": _l("All quiet"),
    "other": _l("Event of another kind"),
}

STATUSES: dict[str, LazyString] = {
    "received": _l("Received"),
    "acknowledged": _l("Acknowledged"),
    "verified": _l("Verified"),
    "decided": _l("Decided"),
    "tasked": _l("Tasked"),
    "responding": _l("Responding"),
    "on_scene": _l("On scene"),
    "responded": _l("Responded"),
    "closed": _l("Closed"),
}

CHANNELS: dict[str, LazyString] = {
    "community_alert_network": _l("Community alert network"),
    "hotline": _l("Hotline"),
    "sms": _l("SMS"),
    "messaging_app": _l("Messaging app"),
    "radio": _l("Radio"),
    "community_radio": _l("Community radio"),
    "in_person": _l("In person"),
    "patrol": _l("Patrol"),
    "military_observer": _l("Military observer"),
    "police": _l("UN police"),
    "aerial": _l("From the air"),
    "defender_sos": _l("Defender’s SOS"),
    "missed_check_in": _l("Missed check-in"),
    "partner": _l("Partner"),
    "national_institution": _l("National institution"),
    "local_authority": _l("Local authority"),
    "state_forces": _l("State forces"),
    "social_media": _l("Social media"),
    "open_source": _l("Open source"),
    "un_security": _l("UN security"),
    "other_mission": _l("Another mission"),
    "rule": _l("Rule that watches"),
    "other": _l("Other"),
}

RESPONSES: dict[str, LazyString] = {
    "patrol": _l("Patrol"),
    "quick_reaction_force": _l("Quick reaction force"),
    "temporary_base": _l("Temporary base"),
    "interposition": _l("Interposition"),
    "night_presence": _l("Night presence"),
    "escort": _l("Escort"),
    "show_of_force": _l("Show of force"),
    "use_of_force": _l("Use of force"),
    "police_intervention": _l("Police intervention"),
    "joint_patrol": _l("Joint patrol with State forces"),
    "state_forces_only": _l("State forces alone"),
    "evacuation": _l("Evacuation of civilians"),
    "shelter": _l("Shelter at a base or haven"),
    "local_mediation": _l("Local mediation"),
    "key_leader_engagement": _l("Key leader engagement"),
    "demarche": _l("Démarche"),
    "advocacy": _l("Advocacy"),
    "joint_protection_team": _l("Joint protection team"),
    "human_rights_investigation": _l("Human rights investigation"),
    "defender_measure": _l("Measure for a defender"),
    "medical": _l("Medical help"),
    "humanitarian_referral": _l("Humanitarian referral"),
    "overflight": _l("Overflight"),
    "radio_warning": _l("Radio warning"),
    "monitoring_only": _l("Monitoring only"),
}

NON_RESPONSES: dict[str, LazyString] = {
    "outside_capability": _l("Outside area or capability"),
    "insufficient_troops": _l("Not enough troops or vehicles"),
    "distance_time": _l("Too far to be in time"),
    "terrain_weather": _l("Terrain, road or weather"),
    "no_air_asset": _l("No aircraft"),
    "flight_safety_refused": _l("Flight safety refused"),
    "movement_denied_by_state": _l("Movement denied by the State"),
    "denied_by_armed_group": _l("Passage denied by an armed group"),
    "ambush_risk": _l("Risk of ambush or mines"),
    "national_caveat": _l("National caveat or refused order"),
    "late_information": _l("Information came too late"),
    "not_credible": _l("Not credible"),
    "handed_over": _l("Handed over to the State or a partner"),
    "competing_p1": _l("Another immediate alert came first"),
    "would_worsen_risk": _l("A response would make the risk worse"),
    "source_asked_no_action": _l("The source asked for no action"),
    "duplicate": _l("Another alert tells of the same"),
    "other": _l("Other"),
}

OUTCOMES: dict[str, LazyString] = {
    "threat_averted": _l("Threat averted"),
    "attack_interrupted": _l("Attack interrupted"),
    "harm_mitigated": _l("Harm mitigated"),
    "arrived_after": _l("Arrived after the event"),
    "no_contact": _l("No contact"),
    "false_alarm": _l("False alarm"),
    "civilians_evacuated": _l("Civilians evacuated"),
    "perpetrators_arrested": _l("Perpetrators arrested by the State"),
    "access_denied": _l("Access denied"),
    "response_aborted": _l("Response aborted"),
    "harm_occurred": _l("Harm occurred despite the response"),
    "unknown": _l("Unknown"),
}

AUTHORITIES: dict[str, LazyString] = {
    "operational_control": _l("Force commander (operational control)"),
    "tactical_control": _l("Sector or battalion (tactical control)"),
    "standing_order": _l("Standing order"),
    "head_of_office": _l("Head of office"),
    "head_of_mission": _l("Head of mission"),
}

STEPS: dict[str, LazyString] = {
    "raised": _l("Raised"),
    "acknowledged": _l("Acknowledged"),
    "immediate_action": _l("Immediate action"),
    "verified": _l("Verified"),
    "decided": _l("Decided to respond"),
    "declined": _l("Decided not to respond"),
    "non_response_approved": _l("Decision not to respond approved"),
    "non_response_refused": _l("Decision not to respond refused"),
    "tasked": _l("Tasked"),
    "departed": _l("Departed"),
    "arrived": _l("Arrived"),
    "outcome": _l("Outcome recorded"),
    "feedback": _l("Feedback to the source"),
    "closed": _l("Closed"),
    "escalated": _l("Went to the next echelon"),
    "handed_over": _l("Handed over"),
    "reopened": _l("Reopened"),
    "note": _l("Note"),
    "triaged": _l("Triaged"),
    "source_told": _l("Source named"),
    "merged": _l("Merged"),
    "parted": _l("Merging taken back"),
    "call_back_ordered": _l("Call-back ordered"),
    "call_back_handed": _l("Call-back handed on"),
    "called_back": _l("Called back"),
    "verification_proposed": _l("Verification proposed"),
    "verification_refused": _l("Verification refused"),
    "passed_on": _l("Passed on: could not be taken"),
    "weighed": _l("Weighed anew at the corrected place"),
    "deputy_told": _l("Deputy told"),
}

INDICATORS: dict[str, LazyString] = {
    "fighters_moving": _l("Unusual movement of fighters"),
    "women_children_leave": _l("Women and children leave"),
    "market_empty": _l("Market empty"),
    "livestock_moved": _l("Livestock moved away"),
    "schools_closed": _l("Schools close"),
    "shops_shut": _l("Shops of one group shut"),
    "leaflets": _l("Leaflets or night letters"),
    "threats_to_leaders": _l("Death threats to leaders"),
    "drums_whistles": _l("Drums or whistles as signals"),
    "roadblocks": _l("Roadblocks"),
    "recruitment": _l("Recruitment"),
    "arms_handed_out": _l("Arms handed out"),
    "troops_withdrawn": _l("Troops withdrawn or suddenly moved"),
    "phone_masts_cut": _l("Phone masts cut"),
    "hate_messages": _l("Hate messages on radio or social media"),
    "prisoners_escaped": _l("Prisoners escape"),
    "houses_marked": _l("Houses marked, or flags on them"),
    "leaders_arrested": _l("Leaders or defenders arrested"),
    "price_spike": _l("Prices jump suddenly"),
    "passage_refused": _l("Patrols refused passage"),
    "air_activity": _l("Aircraft or drones about"),
    "factor_armed_conflict": _l("Risk factor: armed conflict or other instability"),
    "factor_past_violations": _l("Risk factor: record of serious violations"),
    "factor_weak_state": _l("Risk factor: weak structures of the State"),
    "factor_motives": _l("Risk factor: motives or incentives"),
    "factor_capacity": _l("Risk factor: capacity to commit atrocity crimes"),
    "factor_nothing_mitigates": _l("Risk factor: absence of mitigating factors"),
    "factor_preparation": _l("Risk factor: enabling circumstances or preparation"),
    "factor_triggers": _l("Risk factor: triggering factors"),
    "factor_intergroup_tension": _l("Risk factor: tension or discrimination between groups"),
    "factor_intent_to_destroy": _l("Risk factor: signs of an intent to destroy a group"),
    "factor_widespread_attack": _l("Risk factor: signs of a widespread or systematic attack"),
    "factor_plan_or_policy": _l("Risk factor: signs of a plan or policy to attack civilians"),
    "factor_protected_persons": _l("Risk factor: serious threats to those protected by humanitarian law"),
    "factor_relief_or_peacekeepers": _l(
        "Risk factor: serious threats to humanitarian or peacekeeping operations"
    ),
}

VERIFICATIONS: dict[str, LazyString] = {
    "reported": _l("Reported"),
    "under_verification": _l("Being verified"),
    "corroborated": _l("Corroborated"),
    "verified": _l("Verified"),
    "partially_verified": _l("Partially verified"),
    "not_verified": _l("Could not be verified"),
    "unfounded": _l("Unfounded"),
    "contradicted": _l("Contradicted"),
    "access_denied": _l("Access denied"),
}

CLOCKS: dict[str, LazyString] = {
    "acknowledge": _l("Acknowledge"),
    "verify": _l("Verify"),
    "decide": _l("Decide"),
    "approve": _l("Approve or refuse not responding"),
    "feedback": _l("Tell the source"),
}

HAND_OVERS: dict[str, LazyString] = {
    "state": _l("State authorities"),
    "partner": _l("Partner organisation"),
    "humanitarian": _l("Humanitarian organisation"),
    "other": _l("Others"),
}

# As they are chosen from, the most urgent first.
PRIORITIES = [("P1", _l("P1 Immediate: under way, or within 6 hours, life")), ("P2", _l("P2 Urgent: within 24 hours")),
              ("P3", _l("P3 Priority: within 72 hours")), ("P4", _l("P4 Routine"))]  # fmt: skip


def listed(words: Mapping[str, LazyString], codes: Iterable[str] | None) -> str:
    return ", ".join(str(words.get(code, code)) for code in codes or ())


def state_of(alert: Row[Any]) -> str:
    """An alert's state in words, for a row of queries.rows(): whose approval it waits for, where it waits for one."""
    if alert.approver:
        return _("Not responding: waits for the approval of %(post)s", post=POSTS[alert.approver])
    return str(STATUSES[alert.status])
