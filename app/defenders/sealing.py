"""The client of the key-holder (workers/keyholder.py). The web application holds no key: it asks.

To open, the key-holder wants the viewer's own secret, the session cookie or the API token, and looks up for itself
who that is. Not its hash: hashes stand in the database, and who can read the database must not be able to open what
it holds.
"""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _

from app.defenders.gate import UnmaskRefusal
from app.defenders.models import SealedField
from app.errors import Conflict, NotAllowed, NotFound, Refusal, SignInFirst
from app.sessions import COOKIE, bearer_token
from app.settings import settings_of

WAITS_SECONDS = 5.0
LONGEST_LINE = 64 * 1024
LONGEST_VALUE = 2_000
TABLE, COLUMN = "sealed_values", "ciphertext"


class KeyholderDown(Refusal):
    status = 503
    code = "keyholder_down"


class TooManyLooks(Refusal):
    status = 429
    code = UnmaskRefusal.TOO_MANY.value


@dataclass(frozen=True)
class Sealed:
    """What may stand in the database: the data key wrapped by its compartment's key, and the ciphertext."""

    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True)
class Opened:
    """Plaintext by field, and the record of this look. Keep it out of logs: `repr` shows no value."""

    unmasking_id: int
    values: dict[str, str] = field(repr=False)


def row_of(defender_id: int, sealed_field: SealedField) -> str:
    """What a ciphertext is bound to: moved to another defender or field it opens no more."""
    return f"{defender_id}/{sealed_field.value}"


def seal(compartment: str, defender_id: int, sealed_field: SealedField, value: str) -> Sealed:
    """Seal one field of one defender. Raises KeyholderDown."""
    answer = ask({
        "op": "seal", "table": TABLE, "column": COLUMN, "row": row_of(defender_id, sealed_field),
        "compartment": compartment, "plaintext": value,
    })  # fmt: skip
    if not answer.get("ok"):
        raise down()
    return Sealed(*(base64.b64decode(answer[part]) for part in ("wrapped_key", "nonce", "ciphertext")))


def open_sealed(defender_id: int, fields: Sequence[SealedField], reason: str) -> Opened:
    """The plaintext of these fields for who asks in this request. The key-holder has committed the record of the
    look before it answers; so it has of a refusal, which is raised as NotFound, NotAllowed, Conflict or 429."""
    token = bearer_token()
    kind, secret = ("token", token) if token else ("session", request.cookies.get(COOKIE, ""))
    answer = ask({
        "op": "open", "proof": {"kind": kind, "secret": secret}, "defender": defender_id,
        "fields": [f.value for f in fields], "reason": reason,
    })  # fmt: skip
    if answer.get("ok"):
        return Opened(answer["unmasking"], answer["values"])
    raise refusal(str(answer.get("code")))


def refusal(code: str) -> Refusal:
    match code:
        case UnmaskRefusal.NOT_SIGNED_IN:
            return SignInFirst(_("Your session has ended. Sign in again."))
        case UnmaskRefusal.NO_SUCH_DEFENDER | UnmaskRefusal.NOT_YOUR_FILE:
            return NotFound()
        case UnmaskRefusal.NO_CONSENT:
            sentence = _("The defender’s consent does not allow you to see this. The refusal was recorded.")
            return NotAllowed(sentence, code=code)
        case UnmaskRefusal.TOO_MANY:
            return TooManyLooks(
                _(
                    "You have unmasked too often within the hour. The refusal was recorded; ask your supervisor."
                )
            )
        case UnmaskRefusal.NOTHING_SEALED:
            return Conflict(_("Nothing is sealed under the fields that you chose."), code=code)
        case UnmaskRefusal.SEAL_BROKEN:
            return Conflict(
                _("What is sealed here was altered and can’t be opened. This was recorded; tell your supervisor."),
                code=code,
            )  # fmt: skip
    return down()


def down() -> KeyholderDown:
    return KeyholderDown(
        _("The key-holder does not answer, so nothing can be sealed or shown. Nothing was stored; try again in a "
          "minute and tell the administrator if it lasts.")
    )  # fmt: skip


def ask(question: dict[str, Any]) -> dict[str, Any]:
    """One line there, one line back. Raises KeyholderDown; the question is in no exception and no log."""
    settings = settings_of(current_app)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(WAITS_SECONDS)
            line.connect(str(settings.keyholder_socket))
            line.sendall(json.dumps(question).encode() + b"\n")
            with line.makefile("rb") as answers:
                answer = json.loads(answers.readline(LONGEST_LINE))
    except (OSError, ValueError):
        raise down() from None
    if not isinstance(answer, dict):
        raise down()
    return answer
