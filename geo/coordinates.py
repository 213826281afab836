"""Latitude and longitude as people write them: decimal degrees, degrees and minutes, degrees, minutes and seconds,
with signs or with hemispheres, with points or commas, and the packed forms of aviation and ISO 6709.

Latitude comes first unless hemispheres say otherwise. How far the true place may lie from what was written follows from
the last figure: '4.2 N 18.5 E' names no house.
"""

import math
import re
from dataclasses import dataclass

from geo.refused import Refused

_LONGEST_TEXT = 60
_METRES_A_DEGREE = 111_320.0
_SAME = str.maketrans({
    "º": "°", "˚": "°", "′": "'", "’": "'", "‘": "'", "`": "'", "´": "'", "″": '"', "”": '"', "“": '"',
    "−": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "\t": " ",
})  # fmt: skip
_HEMISPHERES = {"N": (0, 1), "S": (0, -1), "E": (1, 1), "W": (1, -1)}
_LIMITS = (90.0, 180.0)
# Degrees, then perhaps minutes, then perhaps seconds; between them a sign of the unit or a space.
_AXIS = re.compile(
    r"([+-]?) ?(\d+(?:\.\d+)?)(?: ?° ?| +|$)(?:(\d+(?:\.\d+)?)(?: ?' ?| +|$)(?:(\d+(?:\.\d+)?) ?\"? ?)?)?"
)


class CoordinatesError(Refused):
    """A position that cannot be read; the code says why."""


@dataclass(frozen=True)
class Coordinates:
    """`lon`, `lat` in degrees (WGS 84); `metres`: how far the true place may lie, by the figures that were written."""

    lon: float
    lat: float
    metres: float


@dataclass(frozen=True)
class _Axis:
    """`which`: 0 is latitude, 1 longitude, None where no hemisphere says so; `unit` of the last figure, in degrees."""

    which: int | None
    degrees: float
    unit: float


def looks_like(text: str) -> bool:
    """Whether somebody who wrote this meant latitude and longitude: two numbers or more and nothing but what belongs
    to them. A sentence about what is wrong helps then, and would not where a name was meant."""
    plain = text.translate(_SAME).upper()
    return len(re.findall(r"\d+", plain)) >= 2 and re.fullmatch(r"[\d\s.,;/+°'\"NSEW-]+", plain) is not None


def parse(text: str) -> Coordinates:
    """Read a position in any of the usual notations.

    Raises:
        CoordinatesError: with the code of what is wrong.
    """
    if len(text) > _LONGEST_TEXT:
        raise CoordinatesError("position_too_long")
    plain = " ".join(text.translate(_SAME).upper().replace("''", '"').removeprefix("GEO:").split())
    first, second = (_axis(part) for part in _halves(_points(plain)))
    if first.which is not None and first.which == second.which:
        raise CoordinatesError("position_hemispheres")
    if first.which == 1 or second.which == 0:
        first, second = second, first
    for axis, limit in ((first, _LIMITS[0]), (second, _LIMITS[1])):
        if not abs(axis.degrees) <= limit:
            raise CoordinatesError("position_out_of_range")
    # Half a unit of the last figure each way; a degree of longitude is the shorter, the nearer to a pole.
    north = first.unit / 2 * _METRES_A_DEGREE
    east = second.unit / 2 * _METRES_A_DEGREE * math.cos(math.radians(first.degrees))
    return Coordinates(second.degrees, first.degrees, math.hypot(north, east))


def _points(plain: str) -> str:
    """Decimal commas as points: '4,3650 18,5580' and '4,3650; 18,5580', but not '4,18' nor '4, 18'."""
    if "." not in plain and len(re.findall(r"\d,\d", plain)) == plain.count(",") == 2:
        return plain.replace(",", ".")
    return plain


def _halves(plain: str) -> tuple[str, str]:
    letters = [m.start() for m in re.finditer("[NSEW]", plain)]
    if len(letters) not in (0, 2):
        raise CoordinatesError("position_one_hemisphere")
    if letters:
        cut = letters[1] if letters[0] == 0 else letters[0] + 1
        return plain[:cut].strip(" ,;/"), plain[cut:].strip(" ,;/")
    parts = re.split(r"\s*[,;/]\s*", plain.strip(" ,;/"))
    if len(parts) == 2:
        return parts[0], parts[1]
    signed = re.fullmatch(r"([+-][\d.]+) ?([+-][\d.]+)", plain.rstrip("/"))
    if signed:  # ISO 6709, which packs degrees, minutes and seconds without a sign between them
        return signed[1] + "P", signed[2] + "P"
    words = plain.split()
    if len(parts) == 1 and len(words) in (2, 4, 6):
        return " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
    raise CoordinatesError("position_unread")


def _axis(part: str) -> _Axis:
    which, sign = None, 1
    for letter, (axis, direction) in _HEMISPHERES.items():
        if letter in part:
            which, sign = axis, direction
            # Pilots and sailors part degrees and minutes with a dash: 04-15-30N.
            part = re.sub(r"(?<=\d)-(?=\d)", " ", part.replace(letter, " ", 1).strip())
            break
    packed = part.endswith("P")
    found = _AXIS.fullmatch(_unpacked(part.removesuffix("P"), which, packed))
    if found is None or (which is not None and found[1]):
        raise CoordinatesError("position_unread")
    figures = [f for f in found.groups()[1:] if f is not None]
    if any("." in f for f in figures[:-1]):
        raise CoordinatesError("position_point_not_last")
    if any(float(f) >= 60 for f in figures[1:]):
        raise CoordinatesError("position_minutes")
    degrees = sum(float(f) / 60**n for n, f in enumerate(figures))
    places = len(figures[-1].partition(".")[2])
    return _Axis(
        which, degrees * (-1 if found[1] == "-" else sign), 10.0**-places / 60.0 ** (len(figures) - 1)
    )


def _unpacked(part: str, which: int | None, packed: bool) -> str:
    """'041530' with a hemisphere, or '+041530' of ISO 6709, as '04 15 30'; what is spaced out stays as it is."""
    found = re.fullmatch(r"([+-]?)(\d{4,7})(\.\d+)?", part)
    if found is None or not (packed or which is not None):
        return part
    whole = len(found[2])
    # Two figures of latitude and three of longitude: an even number of figures is a latitude.
    head = 2 if whole % 2 == 0 else 3
    if which is not None and head != 2 + which:
        return part
    pairs = [found[2][n : n + 2] for n in range(head, whole, 2)]
    return found[1] + " ".join([found[2][:head], *pairs]) + (found[3] or "")
