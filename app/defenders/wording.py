"""The words of a defender's file: code lists of the handbook (3.1, 3.3, 3.8) with what people read."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

PROFILES = {
    "woman_defender": _l("woman human rights defender"),
    "youth": _l("youth"),
    "lgbtiq_rights": _l("LGBTIQ+ rights"),
    "environment_land": _l("environment, land, indigenous rights"),
    "journalist": _l("journalist or media worker"),
    "trade_unionist": _l("trade unionist"),
    "lawyer": _l("lawyer or judge"),
    "community_leader": _l("community leader"),
    "religious_leader": _l("religious leader"),
    "anti_corruption": _l("anti-corruption"),
    "minority_rights": _l("minority rights"),
    "disability_rights": _l("disability rights"),
    "election_observer": _l("election observer"),
    "humanitarian_health_education": _l("humanitarian, health or education worker"),
    "victims_association": _l("victims’ association"),
    "student": _l("student or academic"),
    "artist": _l("artist"),
    "anti_slavery_mining": _l("anti-slavery, mining"),
    "child_protection": _l("child protection, anti-recruitment"),
    "community_alert_focal_point": _l("focal point of a community alert network"),
    "witness": _l("witness or victim who cooperates"),
    "national_institution": _l("national human rights institution"),
    "ngo_staff": _l("staff of an organisation"),
    "family_member": _l("family member of a defender"),
}

SCOPES = {
    0: _l("Nothing beyond statistics"),
    1: _l("Keep for our own follow-up only"),
    2: _l("Share anonymised inside the mission: cells on the operations picture"),
    3: _l("Share the identity with human rights and protection staff"),
    4: _l("Share with a named United Nations entity"),
    5: _l("Share with a named partner"),
    6: _l("Share with United Nations human rights mechanisms, confidentially"),
    7: _l("Share with State authorities"),
    8: _l("Publish anonymised"),
    9: _l("Publish with the name"),
    10: _l("Give as evidence to criminal accountability bodies"),
}

HOW = {
    "signed_form": _l("signed form"),
    "verbal_witnessed": _l("spoken, with a witness"),
    "audio_recording": _l("audio recording"),
}

BANDS = {
    "ordinary": _l("Ordinary"),
    "elevated": _l("Elevated"),
    "high": _l("High"),
    "extreme": _l("Extreme"),
}
BAND_TONES = {"ordinary": "done", "elevated": "wait", "high": "open", "extreme": "open"}

CASE_STATUSES = {
    "intake": _l("Intake"),
    "screening": _l("Screening"),
    "assessment": _l("Assessment"),
    "plan_agreed": _l("Plan agreed"),
    "measures_active": _l("Measures active"),
    "monitoring": _l("Monitoring"),
    "de_escalation": _l("De-escalation"),
    "closed": _l("Closed"),
}

CONSENT_STATES = {
    "shared": _l("Shared with operations"),
    "kept": _l("Own follow-up only"),
    "ended": _l("Ended: ask again or close"),
}
CONSENT_TONES = {"shared": "good", "kept": "wait", "ended": "open"}

SEALED_FIELDS = {"name": _l("Name"), "contact": _l("Contact"), "home": _l("Home or safe house")}

OVERRIDES = {
    "death_threat": _l("declared, credible death threat by somebody who can carry it out"),
    "imminent": _l("an imminent indicator"),
}

CALLED_BY = {
    "calls_us": _l("the person calls us"),
    "we_call": _l("we call the person"),
    "sms": _l("by SMS"),
    "radio": _l("by radio"),
    "in_person": _l("in person"),
    "trusted_contact": _l("through somebody whom the person trusts"),
}

PLAN_ENDS = {
    "persons_wish": _l("the person wishes it"),
    "risk_over": _l("the risk is over"),
    "other_plan": _l("another plan was agreed"),
    "moved_away": _l("the person has moved away"),
    "case_closed": _l("the case is closed"),
}

CHECK_IN_STATES = {
    "calm": _l("heard of in time"),
    "due": _l("due now"),
    "missed": _l("missed"),
    "suspended": _l("suspended"),
    "without_consent": _l("not watched: no consent to share"),
}
CHECK_IN_TONES = {
    "calm": "good",
    "due": "wait",
    "missed": "open",
    "suspended": "done",
    "without_consent": "open",
}
