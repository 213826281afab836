"""The code on a token: the haven's code, a random number, a check digit. It is nobody's: no list says whose it is.

Eight digits of 32 (40 random bits) and Luhn's check digit modulo 32 (ISO/IEC 7812-1 for 10, the same sum for an even
base): every single wrong digit is found, and every swap of neighbours but one (0 with Z). The digits are Crockford's:
no I, L, O or U, so that what is read aloud or from a worn print is typed right.
"""

from __future__ import annotations

import re
import secrets

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
MISREAD = str.maketrans("OIL", "011")
BETWEEN = re.compile(r"[\s\-–—]+")


def new(haven_code: str) -> str:
    """A fresh code as it is printed: `H07-4F7K-9Q2MX`."""
    return spelled(haven_code, "".join(secrets.choice(DIGITS) for _ in range(LENGTH)))


def spelled(haven_code: str, number: str) -> str:
    return f"{haven_code}-{number[:4]}-{number[4:]}{check_digit(number)}"


def check_digit(number: str) -> str:
    """Luhn modulo 32 of the digits, from the right every second one doubled, carried digits summed."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = DIGITS.index(digit) * (2 if place % 2 == 0 else 1)
        total += value // len(DIGITS) + value % len(DIGITS)
    return DIGITS[-total % len(DIGITS)]


def bare(text: str) -> str:
    """Capitals and digits alone, as they may be typed: with or without spaces and hyphens, O for 0, I or L for 1."""
    return BETWEEN.sub("", text).upper().translate(MISREAD)


def number_in(haven_code: str, typed: str) -> str | None:
    """The random number of a token of this haven, without its check digit. Raises ValueError where it is no token at
    all (a digit is wrong or missing); None where it is one of another haven."""
    found = bare(typed)
    number, check = found[-LENGTH - 1 : -1], found[-1:]
    if len(number) != LENGTH or not set(number + check) <= set(DIGITS) or check_digit(number) != check:
        raise ValueError("not a token")
    return number if found[: -LENGTH - 1] == bare(haven_code) else None
