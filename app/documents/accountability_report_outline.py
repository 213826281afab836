"""What an accountability report says: the figures first, then every alert, then what proves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flask_babel import gettext as _

from app.documents import measures
from app.documents.accountability_report_brief import AccountabilityBrief, AlertFacts, LedgerState
from app.documents.blocks import Block, Column, Headline, Items, Prose, Section, Table
from app.documents.chart_data import acknowledge_times, alerts_over_time
from app.documents.parts import Chart, Figure, Period
from app.documents.picture_words import chart_drawing, chart_table, map_drawing
from app.documents.wording import dtg, duration, minutes, percent, whole


def ledger_sentence(ledger: LedgerState) -> str:
    """The state of the log in one plain sentence, with the head that it speaks of; entries count from 0."""
    if ledger.result == "not verified" or ledger.verified_at is None:
        return _("The log has not been verified for this report; nothing is claimed about it.")
    at, size = (
        dtg(ledger.verified_at),
        _("not known") if ledger.entries is None else whole(max(ledger.entries - 1, 0)),
    )
    if ledger.result == "altered":
        text = _("THE LOG DOES NOT VERIFY at entry %(size)s, checked %(at)s.", size=size, at=at)
        return f"{text} {ledger.finding}" if ledger.finding else text
    text = _("Complete and unaltered up to entry %(size)s, checked %(at)s", size=size, at=at)
    if ledger.witnesses_agreeing is None:
        return text + "; " + _("no witness was asked.")
    return text + "; " + _("witnesses in agreement: %(n)s.", n=whole(ledger.witnesses_agreeing))


def _headline(brief: AccountabilityBrief) -> Headline:
    alerts = measures.told(brief.alerts)
    anybody, mission = measures.response_rates(alerts)
    note = _(
        "raised in the period; told by somebody: %(told)s, seen by rules: %(rules)s, merged into others: %(merged)s",
        told=whole(len(alerts)), rules=whole(len(measures.seen_by_rules(brief.alerts))),
        merged=whole(sum(alert.counts_as == "merged" for alert in brief.alerts)),
    )  # fmt: skip
    figures = [Figure(_("Alerts"), whole(len(brief.alerts)), note=note), anybody, mission]
    for field in ("acknowledged", "arrived"):
        spread = measures.spread(alerts, field)
        note = _(
            "median of %(n)s; missing: %(missing)s", n=whole(spread.counted), missing=whole(spread.missing)
        )
        figures.append(Figure(spread.step, spread.median_text, note=note))
    figures.append(measures.justified_non_response(alerts))
    figures.append(measures.feedback_rate(alerts, brief.feedback_limit_hours))
    still_open = sum(alert.answered_by == "open" and alert.counts_as != "merged" for alert in brief.alerts)
    figures.append(Figure(_("Still open"), whole(still_open), note=_("at the data cut-off")))
    return Headline(tuple(figures))


def _times(brief: AccountabilityBrief) -> Table:
    rows = []
    for field in measures.step_labels():
        s = measures.spread(measures.told(brief.alerts), field)
        rows.append((s.step, s.median_text, s.p90_text, whole(s.counted), whole(s.missing), whole(s.late)))
    right = [_("Median"), _("90th percentile"), _("Counted"), _("Missing"), _("Past the clock")]
    return Table(
        _("Time from t0 to each step"),
        (Column(_("Step"), 2), *(Column(title, 1.3, "right") for title in right)),
        tuple(rows),
        _("No times."),
    )


def _tally(title: str, caption: str, names: list[str], empty: str) -> Table:
    counts = sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))
    rows = tuple((name, whole(n), percent(n, len(names))) for name, n in counts)
    columns = (Column(title, 4), Column(_("Alerts"), 1, "right"), Column(_("Share"), 1, "right"))
    return Table(caption, columns, rows, empty)


def answer_words() -> dict[str, str]:
    """Who answered, in words."""
    return {
        "mission": _("Mission"),
        "joint": _("Mission and State jointly"),
        "state": _("State"),
        "partner": _("Partner"),
        "community": _("Community"),
        "nobody": _("Nobody"),
        "open": _("Still open at the data cut-off"),
    }


def _answers(brief: AccountabilityBrief) -> tuple[Block, ...]:
    words = answer_words()
    told = measures.told(brief.alerts)
    actionable = [alert for alert in told if alert.actionable]
    declined = [alert for alert in actionable if alert.answered_by == "nobody"]
    return (
        _tally(
            _("Answered by"),
            _("Actionable alerts by who answered"),
            [words[alert.answered_by] for alert in actionable],
            _("There were no actionable alerts."),
        ),
        _tally(
            _("Outcome"),
            _("Alerts by outcome"),
            [alert.outcome or _("no outcome on record") for alert in told],
            _("There were no alerts."),
        ),
        _tally(
            _("Reason"),
            _("Non-responses by reason"),
            [alert.non_response_reason or _("no decision recorded") for alert in declined],
            _("No actionable alert went without an answer."),
        ),
    )


def _seen_by_rules(brief: AccountabilityBrief) -> Section:
    alerts = measures.seen_by_rules(brief.alerts)
    if not alerts:
        return Section(_("What rules saw"), (Prose((_("No rule raised an alert in this period."),)),))
    _anybody, mission = measures.response_rates(alerts)
    decided = measures.spread(alerts, "decided")
    note = _(
        "median of %(n)s; missing: %(missing)s", n=whole(decided.counted), missing=whole(decided.missing)
    )
    figures = (
        Figure(_("Alerts by rules"), whole(len(alerts))), mission, Figure(decided.step, decided.median_text, note=note),
    )  # fmt: skip
    return Section(_("What rules saw"), (Headline(figures),))


def _time_cell(alert: AlertFacts, field: str) -> str:
    text = minutes(getattr(alert, field))
    return f"{text} {_('late')}" if field in alert.late else text


def _kind(alert: AlertFacts) -> str:
    return _("%(kind)s (seen by a rule)", kind=alert.kind) if alert.counts_as == "rule" else alert.kind


def _decision(alert: AlertFacts) -> str:
    if alert.answered_by == "nobody":
        reason = alert.non_response_reason or _("no decision recorded")
        approver = alert.non_response_approver or _("no approver")
        return _("Not answered: %(reason)s (%(approver)s)", reason=reason, approver=approver)
    return alert.decision or _("No decision on record")


def _register(brief: AccountabilityBrief) -> Section:
    labels = measures.step_labels()
    columns = (
        Column(_("Alert"), 2.3, mono=True),
        Column(_("Kind"), 2.7),
        Column(_("Pri"), 0.7),
        Column(_("Raised"), 2.2, mono=True),
        *(Column(label, 1.28, "right") for label in labels.values()),
        Column(_("Decision, or reason and approver"), 4.5),
        Column(_("Outcome"), 2.2),
    )
    rows = tuple(
        (
            alert.serial,
            _kind(alert),
            alert.priority,
            dtg(alert.raised_at),
            *(_time_cell(alert, field) for field in labels),
            _decision(alert),
            alert.outcome or _("none on record"),
        )
        for alert in brief.alerts
    )
    table = Table(
        _("Every alert of the period, in the order of raising"),
        columns,
        rows,
        _("No alert was raised in this period. Each alert would stand here with its times and its decision."),
    )
    note = Prose(
        (_("Times in minutes from t0. “late”: past its clock. “–”: no such step on record."),), "small"
    )
    return Section(_("Every alert"), (note, table), wide=bool(rows))


def _breaches(brief: AccountabilityBrief) -> Section:
    table = Table(
        _("Clocks that ran out"),
        (
            Column(_("Alert"), 2, mono=True),
            Column(_("Step"), 1.5),
            Column(_("Limit"), 1.3, "right"),
            Column(_("Actual"), 1.3, "right"),
            Column(_("Escalated to"), 3),
        ),
        tuple(
            (
                b.alert_serial,
                b.step,
                duration(b.limit_minutes),
                _("never") if b.actual_minutes is None else duration(b.actual_minutes),
                b.escalated_to or _("nobody"),
            )
            for b in brief.breaches
        ),
        _("No clock ran out in this period."),
    )
    return Section(_("Clocks and escalations"), (table,))


def _unmaskings(brief: AccountabilityBrief) -> Section:
    if brief.unmaskings is None:
        text = _("Not shown: whoever ordered this report may not read who looked at sealed records.")
        return Section(_("Unmasking"), (Prose((text,)),))
    total = sum(u.granted for u in brief.unmaskings)
    table = Table(
        _("Looks at sealed identities and places, by role"),
        (
            Column(_("Role"), 4),
            Column(_("Granted"), 1, "right"),
            Column(_("Seen by the supervisor"), 2, "right"),
            Column(_("Refused"), 1, "right"),
        ),
        tuple(
            (
                u.role,
                whole(u.granted),
                whole(u.seen),
                _("not known") if u.refused is None else whole(u.refused),
            )
            for u in brief.unmaskings
        ),
        _("Nobody unmasked a sealed record in this period."),
    )
    said = _("Sealed records shown: %(n)s. Each look was recorded before it was granted.", n=whole(total))
    return Section(_("Unmasking"), (Prose((said,)), table))


def _charts(alerts: Sequence[AlertFacts], period: Period) -> list[tuple[Chart, str]]:
    """Each with what its table's first column is called."""
    told = measures.told(alerts)
    over_time = (alerts_over_time(alerts, period), _("From"))
    return [over_time, (acknowledge_times(told), _("Time"))] if told else [over_time]


def _pictures(brief: AccountabilityBrief) -> Section:
    blocks: list[Block] = []
    if brief.alerts and brief.header.period is not None:
        for chart, _first in _charts(brief.alerts, brief.header.period):
            blocks.append(chart_drawing(chart))
    else:
        blocks.append(
            Prose((_("With no alerts there is nothing to chart. Alerts by week would stand here."),))
        )
    if brief.map is not None:
        blocks.append(map_drawing(brief.map, _("Alerts by sector")))
    by_sector = [alert.sector or _("no sector on record") for alert in brief.alerts]
    blocks.append(
        _tally(_("Sector"), _("Alerts by sector"), by_sector, _("There were no alerts in any sector."))
    )
    return Section(_("When and where"), tuple(blocks))


def _behind(brief: AccountabilityBrief) -> tuple[Block, ...]:
    if not brief.alerts or brief.header.period is None:
        return ()
    return tuple(chart_table(chart, first) for chart, first in _charts(brief.alerts, brief.header.period))


def accountability_report_sections(brief: AccountabilityBrief) -> tuple[Section, ...]:
    """The sections of an accountability report in order."""
    said = (ledger_sentence(brief.ledger),)
    state = Prose(said, "danger") if brief.ledger.result == "altered" else Prose(said, "note")
    first: list[Block] = [_headline(brief), state]
    if not brief.alerts:
        first.append(Prose((_("No alert was raised in this period. That is not the same as calm."),)))
    return (
        Section(_("In short"), tuple(first)),
        Section(_("How fast"), (_times(brief),)),
        Section(_("Who answered, and what came of it"), _answers(brief)),
        _seen_by_rules(brief),
        _pictures(brief),
        _breaches(brief),
        _unmaskings(brief),
        _register(brief),
        Section(_("How these figures are counted"), (Items(measures.how_counted()), *_behind(brief))),
    )
