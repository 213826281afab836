"""The words of contacts, messages and replies."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ROUTES = {"sms": _l("SMS"), "email": _l("E-mail")}
STATES = {
    "queued": _l("waits to be sent"),
    "handed_over": _l("with the gateway"),
    "sent": _l("sent"),
    "failed": _l("could not be sent"),
    "not_needed": _l("not sent: somebody had acted"),
}
ASKED = {
    "OK": _l("acknowledge"),
    "NO": _l("pass on"),
    "GO": _l("on the way"),
    "code": _l("code of a test"),
    "": _l("nothing that Vigil understands"),
}
RESULTS = {"done": _l("done"), "refused": _l("refused"), "unknown": _l("not placed")}
WHY = {
    "wrong_code": _l("without the code of the message: the sender may be another"),
    "said_before": _l("said once already"),
    "not_told": _l("this number was not told of such an alert"),
    "not_understood": _l("read it"),
    "no_account": _l("the account is shut"),
    "wrong_state": _l("somebody had acted already"),
    "not_allowed": _l("the role may not do this"),
    "not_found": _l("the alert is another sector’s"),
}
