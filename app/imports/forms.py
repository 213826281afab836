"""The forms of files: what is sent, and which of a file's columns is what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.errors import Invalid

COLUMN, EVERY = "c:", "e:"
PREFIX = "field-"


def sent_file() -> FileStorage:
    """The one file of the request. Raises Invalid."""
    files = request.files.getlist("file")
    if len(files) != 1 or not files[0].filename:
        raise Invalid(_("Choose a file."), fields={"file": _("Choose a file.")})
    return files[0]


def as_body(form: Mapping[str, str]) -> dict[str, Any]:
    """What `Start` takes, of a form whose selects say `c:<column>` or `e:<value for every row>`."""
    fields = []
    for name, said in form.items():
        if name.startswith(PREFIX) and said.startswith(COLUMN):
            fields.append({"field": name.removeprefix(PREFIX), "column": said.removeprefix(COLUMN)})
        elif name.startswith(PREFIX) and said.startswith(EVERY):
            fields.append({"field": name.removeprefix(PREFIX), "every": said.removeprefix(EVERY)})
    body: dict[str, Any] = {"fields": fields}
    if form.get("source"):
        body["source"] = form["source"]
    if form.get("tracked_id"):
        body["tracked_id"] = (
            int(form["tracked_id"]) if form["tracked_id"].isascii() and form["tracked_id"].isdigit() else 0
        )
    return body


def chosen(form: Mapping[str, str], guesses: Mapping[str, str]) -> dict[str, str]:
    """Field → what its select shows: what was chosen, or before that what is probably meant."""
    if any(name.startswith(PREFIX) for name in form):
        return {n.removeprefix(PREFIX): v for n, v in form.items() if n.startswith(PREFIX)}
    return {ours: COLUMN + theirs for ours, theirs in guesses.items()}
