"""Watching: every enabled rule looks once (app/rules/judging.py). Runs twice without harm, and catches up."""

from __future__ import annotations

from app.rules.judging import watch_all


def watch() -> None:
    watch_all()
