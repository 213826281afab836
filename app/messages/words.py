"""What a message says, and the code of a test. No message tells of an alert more than its number (handbook 6.6): a
telephone is read over a shoulder, by whoever finds it, and by the network."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app

from app.settings import settings_of

CODE_DIGITS = 6


def of_alert(alert_id: int, answers: bool) -> str:
    """ASCII, since a gateway may know no other characters; one SMS long; not translated: the words to reply are these."""
    said = f"Alert {alert_id}: check the console."
    if answers:
        said += f" Reply OK {alert_id}, GO {alert_id} (on the way) or NO {alert_id} (pass on)."
    return said


def of_test(code: str) -> str:
    return f"Test {code}: type this code on the watch page, or reply with it."


def code_of(test_id: int) -> str:
    """The code of a test message: made from its number and the house's key, so that it is kept nowhere, and a message
    that is handed over twice has one code."""
    key = settings_of(current_app).secret_key.encode()
    digest = hmac.new(key, b"contact-test:%d" % test_id, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def same_code(given: str, test_id: int) -> bool:
    return hmac.compare_digest(given.strip().encode(), code_of(test_id).encode())
