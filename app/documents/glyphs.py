"""Which characters the PDF's fonts can draw, and what stands for those that they cannot.

A PDF/UA file must not hold a character without a glyph: Typst would refuse the whole document, and a
report must not fail because a village's name is written in Ge'ez. The fonts are always the same ones
(Typst's own, and Matplotlib's DejaVu for Greek, Cyrillic, Arabic and more), so that the same brief gives
the same bytes on every machine.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import typst
from matplotlib import get_data_path
from matplotlib.ft2font import FT2Font

#: Joiners and marks of direction have no picture in any font; they only steer how their neighbours look.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\n")


def font_folder() -> Path:
    """The folder with the DejaVu fonts that Matplotlib brings along."""
    return Path(get_data_path()) / "fonts" / "ttf"


@lru_cache(maxsize=4)
def fonts(folders: tuple[str, ...] = ()) -> typst.Fonts:
    """Typst's fonts, DejaVu, and what lies in `folders`; never the system's, which differ by machine."""
    paths: list[str] = [str(font_folder()), *folders]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)


@lru_cache(maxsize=4)
def drawable(folders: tuple[str, ...] = ()) -> frozenset[str]:
    """The characters that DejaVu Sans, or a font in `folders`, can draw."""
    files = [font_folder() / "DejaVuSans.ttf"]
    for folder in folders:
        files += sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in {".ttf", ".otf"})
    found: set[str] = set(_INVISIBLE)
    for file in files:
        found.update(chr(code) for code in FT2Font(str(file)).get_charmap())
    return frozenset(found)


def with_code_points(text: str, folders: tuple[str, ...] = ()) -> str:
    """`text` with each run of characters that no font can draw as "[U+1230 U+120B]"."""
    known = drawable(folders)
    if known.issuperset(text):
        return text
    pieces: list[str] = []
    run: list[str] = []
    for character in [*text, ""]:
        if character and character not in known:
            run.append(f"U+{ord(character):04X}")
            continue
        if run:
            pieces.append(f"[{' '.join(run)}]")
            run = []
        pieces.append(character)
    return "".join(pieces)


#: Letters that the narrowest column holds beside each other.
_LONGEST_WORD = 18
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD}}}(?=\S)")


def breakable(text: str) -> str:
    """`text` with a place to break after each 18 letters of a word that would run over its neighbour."""
    return _LONG_WORD.sub(lambda word: word.group() + "\N{ZERO WIDTH SPACE}", text)


def runs_right_to_left(text: str) -> bool:
    """Whether any letter of the text belongs to a script that is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)
