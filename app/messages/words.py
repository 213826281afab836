"""What a message says, and the code of a test. No message tells of an alert more than its number (handbook 6.6): a
telephone is read over a shoulder, by whoever finds it, and by the network."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import current_app

from app.settings import settings_of

CODE_DIGITS, ANSWER_DIGITS = 6, 4
# After so many the code counts no more, whichever way they came; nor does it after a day.
MOST_WRONG_CODES = 5
CODE_LASTS = timedelta(days=1)


def of_alert(alert_id: int, code: str = "") -> str:
    """ASCII, since a gateway may know no other characters; one SMS long; not translated: the words to reply are these.
    `code`: by which an answer shows that its sender has read this message; without one there is no answering."""
    said = f"Alert {alert_id}: check the console."
    if code:
        asked = f"{alert_id} {code}"
        said += f" Reply OK {asked}, GO {asked} (on the way) or NO {asked} (pass on)."
    return said


def answer_code(alert_id: int, address: str) -> str:
    """What an answer about this alert from this number has in it. A sender's number is easily forged and an alert's is
    easily guessed: an OK of a stranger would silence the ladder, a GO tell everybody that help is on the way."""
    return digits(f"alert-answer:{alert_id}:{address}", ANSWER_DIGITS)


def of_test(code: str) -> str:
    return f"Test {code}: type this code on the watch page, or reply with it."


def code_of(test_id: int) -> str:
    """The code of a test message: made from its number and the house's key, so that it is kept nowhere, and a message
    that is handed over twice has one code."""
    return digits(f"contact-test:{test_id}", CODE_DIGITS)


def digits(of: str, many: int) -> str:
    key = settings_of(current_app).secret_key.encode()
    digest = hmac.new(key, of.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**many:0{many}d}"


def same_code(given: str, test_id: int) -> bool:
    return hmac.compare_digest(given.strip().encode(), code_of(test_id).encode())
