"""The words of deviations: their kinds, their reasons, the sentence that one is told with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.words import dtg, lasting, span

KINDS: dict[str, LazyString] = {
    "off_route": _l("Off its planned line"),
    "stop_skipped": _l("Stop left out"),
    "late": _l("Late at a stop"),
    "silent": _l("Nothing heard of it"),
}

REASONS: dict[str, LazyString] = {
    "ordered_otherwise": _l("Ordered otherwise on the way"),
    "road_closed": _l("Road, bridge or ford closed"),
    "refused_passage": _l("Passage refused or delayed at a checkpoint"),
    "threat": _l("Threat on the way"),
    "incident": _l("Stopped for an incident"),
    "people_in_need": _l("Stopped for people in need"),
    "breakdown": _l("Breakdown or accident"),
    "weather": _l("Weather"),
    "delay_at_stop": _l("Stayed longer at a stop"),
    "no_signal": _l("No signal, or the device was off"),
    "wrong_position": _l("The positions are wrong"),
    "lost_the_way": _l("Lost the way"),
    "other": _l("Another reason, in the note"),
}


def told(deviation: Any) -> str:
    """What was noticed, in a sentence: `deviation` with kind, value, stop_name."""
    if deviation.kind == "off_route":
        if deviation.value is None:
            return _("Off its planned line")
        return _("%(metres)s m off its planned line", metres=f"{round(deviation.value, -2):,.0f}")
    if deviation.kind == "stop_skipped":
        return _("It went on without %(stop)s", stop=deviation.stop_name or "")
    if deviation.kind == "late":
        return _(
            "More than %(span)s late at %(stop)s",
            span=span(deviation.value),
            stop=deviation.stop_name or "",
        )
    return _("Nothing was heard of it for more than %(span)s", span=span(deviation.value))


def silence(call_sign: str, minutes: int) -> list[str]:
    """Why the watch is told, the plainest first."""
    return [
        _("Nothing was heard of patrol %(call_sign)s for %(long)s.", call_sign=call_sign, long=lasting(minutes)),
        _("Its order says that the watch is told then: neither a position nor a check-in has come."),
    ]  # fmt: skip


def heard_again(at: datetime) -> str:
    return _("The patrol was heard of again at %(at)s.", at=dtg(at))


def never_silent() -> str:
    return _("Positions that came late show that the patrol was never silent for so long.")


def seen_there(call_sign: str, stop: str, at: datetime) -> str:
    return _(
        "By its positions, patrol %(call_sign)s reached %(stop)s at %(at)s. Nobody of it has said so yet.",
        call_sign=call_sign, stop=stop, at=dtg(at),
    )  # fmt: skip
