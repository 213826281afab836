"""The API's description of itself: routes register what they take and give; /api/openapi.json tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])


def describes(
    summary: str, *, takes: type[BaseModel] | None = None, gives: type[BaseModel] | None = None
) -> Callable[[View], View]:
    """Put a sentence and the body's models on a route, for the OpenAPI document."""

    def mark(view: View) -> View:
        view.api = {"summary": summary, "takes": takes, "gives": gives}  # type: ignore[attr-defined]
        return view

    return mark
