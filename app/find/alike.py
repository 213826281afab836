"""Names that are spelled alike, as the database weighs them: for tables of some hundreds of rows, through whatever the
viewer may see of them. Places, of which there are many, have a function with an index: `vigil.places_like`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_

# Those of pg_trgm's own operators, which the index behind vigil.places_like answers.
SIMILAR, WORD_SIMILAR = 0.3, 0.6


def closeness(column: Any, asked: str) -> ColumnElement[float]:
    """0 to 1: how far the name, or a word of it, is spelled like what was asked for; accents and case apart."""
    name, wanted = func.vigil.folded(column), func.vigil.folded(asked)
    return func.greatest(func.similarity(name, wanted), func.word_similarity(wanted, name) * 0.9)


def alike(column: Any, asked: str) -> ColumnElement[bool]:
    name, wanted = func.vigil.folded(column), func.vigil.folded(asked)
    return or_(func.similarity(name, wanted) >= SIMILAR, func.word_similarity(wanted, name) >= WORD_SIMILAR)


def coded(column: Any, asked: str) -> ColumnElement[bool]:
    """A code or call sign, however it is typed: 'cf-11', 'CF 11' and 'cf11' are one."""
    return squeezed(column) == squeezed(asked)


def squeezed(text: Any) -> ColumnElement[str]:
    return func.regexp_replace(func.vigil.folded(text), "[^[:alnum:]]", "", "g")
