"""What was done, in words. A code that stands nowhere here is shown as it is."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.alerts.wording import STEPS
from app.permissions import role_words as role_words

# By the word before the dot: what the log is filtered by.
GROUPS: dict[str, LazyString] = {
    "reports": _l("Reports"), "alerts": _l("Alerts"), "incidents": _l("Incidents"), "threats": _l("Threats"),
    "defenders": _l("Defenders"), "patrols": _l("Patrols"), "havens": _l("Havens"),
    "shifts": _l("Shifts"), "watches": _l("Watches"), "messages": _l("Messages"), "ladders": _l("Ladders"),
    "documents": _l("Documents"),
    "people": _l("People"), "mission": _l("Mission"), "ledger": _l("Log"),
    "exercise": _l("Exercise"), "exchange": _l("Exports"), "measures": _l("Measures"), "maps": _l("Map"),
}  # fmt: skip

# What an entry is about, by its table.
THINGS: dict[str, LazyString] = {
    "alerts": _l("Alert"), "field_reports": _l("Report"), "incidents": _l("Incident"), "threats": _l("Threat"),
    "defenders": _l("Defender"), "unmaskings": _l("Unmasking"), "consents": _l("Consent"), "patrols": _l("Patrol"),
    "havens": _l("Haven"), "handovers": _l("Handover"), "documents": _l("Document"),
    "watches": _l("Watch"), "contacts": _l("Contact"), "messages": _l("Message"), "replies": _l("Message that came in"),
    "ladders": _l("Ladder"), "alert_clocks": _l("Clock"),
    "people": _l("Person"), "api_tokens": _l("Token"),
    "procedures": _l("Procedure"), "saved_views": _l("View of the map"),
}  # fmt: skip

ACTIONS: dict[str, LazyString] = {
    "reports.filed": _l("Report filed"),
    "reports.conflicting_body_kept": _l("Second version of a report kept"),
    "reports.conflict_settled": _l("Two versions of a report settled"),
    "incidents.recorded": _l("Incident recorded"),
    "incidents.verified": _l("Incident verified"),
    "incidents.imported": _l("Incidents imported"),
    "threats.assessed": _l("Threat assessed"),
    "threats.reassessed": _l("Threat assessed anew"),
    "threats.ended": _l("Threat ended"),
    "defenders.registered": _l("Defender registered"),
    "defenders.identity_sealed": _l("Identity sealed"),
    "defenders.noted": _l("Note added to a file"),
    "defenders.consent_given": _l("Consent given"),
    "defenders.consent_withdrawn": _l("Consent withdrawn"),
    "defenders.check_ins_agreed": _l("Check-ins agreed with a defender"),
    "defenders.check_ins_suspended": _l("Check-ins suspended"),
    "defenders.check_ins_resumed": _l("Check-ins watched again"),
    "defenders.check_ins_ended": _l("Agreement on check-ins ended"),
    "defenders.checked_in": _l("Defender heard of"),
    "defenders.risk_assessed": _l("Risk assessed"),
    "defenders.risk_reviewed": _l("Risk assessment reviewed"),
    "defenders.unmasked": _l("Identity unmasked"),
    "defenders.unmask_refused": _l("Unmasking refused"),
    "defenders.unmasking_seen": _l("Unmasking seen by the supervisor"),
    "defenders.seal_broken": _l("Sealed value could not be opened"),
    "defenders.refused": _l("Look at a defender’s file refused"),
    "defenders.exported": _l("Register of defenders exported"),
    "patrols.planned": _l("Patrol planned"),
    "patrols.set_off": _l("Patrol set off"),
    "patrols.pause": _l("Patrol paused"),
    "patrols.resume": _l("Patrol resumed"),
    "patrols.arrive": _l("Patrol arrived at a stop"),
    "patrols.leave": _l("Patrol left a stop"),
    "patrols.finish": _l("Patrol finished"),
    "patrols.abandon": _l("Patrol abandoned"),
    "havens.entered": _l("Haven entered"),
    "havens.changed": _l("Haven changed"),
    "havens.counted": _l("Counted at a haven’s gate"),
    "havens.headcount": _l("Headcount at a haven"),
    "havens.record_written": _l("Haven’s record written"),
    "havens.inspected": _l("Haven inspected"),
    "havens.stocks_counted": _l("Haven’s stores counted"),
    "havens.compromise_step": _l("Step against a haven’s compromise"),
    "havens.tokens_folded": _l("Tokens of havens folded into counts"),
    "shifts.handed_over": _l("Shift handed over"),
    "shifts.accepted": _l("Shift accepted"),
    "alerts.told": _l("Alert: whose turn it is was told"),
    "alerts.deputy_told": _l("Alert: the deputy was told"),
    "ladders.seeded": _l("Escalation ladders put in place"),
    "ladders.set": _l("Escalation ladder changed"),
    "watches.begun": _l("Watch begun"),
    "watches.ended": _l("Watch ended"),
    "messages.contact_added": _l("Contact kept"),
    "messages.contact_removed": _l("Contact removed"),
    "messages.contact_tested": _l("Contact tested"),
    "messages.test_ordered": _l("Test of a contact ordered"),
    "messages.test_failed": _l("Wrong code of a test"),
    "messages.handed_over": _l("Message handed to the gateway"),
    "messages.sent": _l("Message sent"),
    "messages.failed": _l("Message could not be sent"),
    "messages.put_back": _l("Message put back"),
    "messages.not_needed": _l("Message not needed any more"),
    "messages.reply_taken": _l("Message came in"),
    "messages.reply_looked_at": _l("Message that came in: seen to"),
    "messages.sender_shown": _l("Number of a sender shown"),
    "documents.ordered": _l("Document ordered"),
    "documents.ready": _l("Document: written"),
    "documents.failed": _l("Document: could not be written"),
    "documents.downloaded": _l("Document downloaded"),
    "documents.approved": _l("Document approved"),
    "people.added": _l("Account added"),
    "people.disabled": _l("Account disabled"),
    "people.enabled": _l("Account enabled"),
    "people.changes_approved": _l("Account opened by a second administrator"),
    "people.rights_changed": _l("Rights changed"),
    "people.password_reset": _l("Password reset"),
    "people.password_changed": _l("Password changed"),
    "people.password_refused": _l("Wrong password given for a change"),
    "people.language_chosen": _l("Language chosen"),
    "people.signed_in": _l("Signed in"),
    "people.sign_in_refused": _l("Sign-in refused"),
    "people.signed_out": _l("Signed out"),
    "people.session_revoked": _l("Session ended"),
    "people.sessions_forgotten": _l("Ended sessions forgotten"),
    "people.token_created": _l("Token created"),
    "people.token_revoked": _l("Token revoked"),
    "maps.view_kept": _l("View of the map kept"),
    "maps.view_removed": _l("View of the map removed"),
    "mission.procedures_seeded": _l("Standing procedures put in place"),
    "mission.procedure_changed": _l("Standing procedure changed"),
    "people.exercise_accounts_added": _l("Accounts of the exercise added"),
    "exercise.loaded": _l("Exercise loaded"),
    "exchange.exported": _l("List exported as a file"),
    "measures.exported": _l("Measures exported as a file"),
    "ledger.exported": _l("Log exported"),
    "ledger.verification_ordered": _l("Verification of the log ordered"),
    "ledger.unreadable_event": _l("An event that can’t be read"),
}

# What to do, once a verification has found this.
ADVICE: dict[str, LazyString] = {
    "not_sequenced": _l(
        "Ask the operator whether the sequencer runs. Nothing is lost: what waits enters the log then."
    ),
    "input_unreadable": _l("Ask the operator for the ledger’s public key and the file of kept checkpoints."),
    "guard_missing": _l(
        "Have the database’s owner explain it, and treat every change since the last clean verification as unproven."
    ),
}
IN_GENERAL = _l(
    "Keep this page and a bundle of the log as they are now, tell the auditor, and compare with the checkpoints that "
    "witnesses keep. Do not restore or repair anything before that."
)


def action_words(action: str) -> str:
    if action in ACTIONS:
        return str(ACTIONS[action])
    group, _dot, step = action.partition(".")
    if group == "alerts" and step in STEPS:
        return _("Alert: %(step)s", step=str(STEPS[step]))
    return action


def thing_words(subject: str) -> str:
    """`alerts:143` as Alert 143. What has no number of its own is shown as it is."""
    table, _colon, key = subject.partition(":")
    return f"{THINGS[table]} {key}" if table in THINGS and key else subject


def advice(fault: str) -> str:
    return str(ADVICE.get(fault, IN_GENERAL))
