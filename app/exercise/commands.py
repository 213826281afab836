"""`flask exercise load`: the invented country and its accounts into an empty installation."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import text

from app.defenders.sealing import KeyholderDown, ask
from app.exercise.accounts import add_accounts, keep, start_hashing
from app.exercise.dataset import build
from app.exercise.haven_register import load_register
from app.exercise.load import load
from app.exercise.load_past import load_past_patrols
from app.exercise.orders import load_orders
from app.exercise.patrol_reports import report_patrols
from app.exercise.playing import play, stopped_by_signals
from app.exercise.rules import load_rules
from app.exercise.telling import load_sources
from app.operator import operator_connection, record_as_operator
from app.settings import settings_of

exercise = AppGroup("exercise", help="The invented mission for training and trying out.")
COMMANDS = (exercise,)

SEED = 7


@exercise.command("load")
@click.option("--seed", default=SEED, show_default=True, type=click.IntRange(0, 2**31))
def load_exercise(seed: int) -> None:
    """Load the exercise and print its accounts, once."""
    path = settings_of(current_app).var / "exercise-accounts.json"
    if path.exists() and loaded():
        click.echo("The exercise is loaded already.")
        return
    if named():
        raise click.ClickException(
            "A mission has its name here: the exercise goes into another installation."
        )
    click.echo("Drawing the exercise's country …")
    with ThreadPoolExecutor(2) as pool:
        fill(seed, start_hashing(pool), path)


@exercise.command("play")
@click.option(
    "--speed", default=60.0, show_default=True, type=click.FloatRange(1, 600), help="Times the clock."
)
@click.option("--minutes", type=click.FloatRange(0, 10_000), help="Of the clock; without it, until Ctrl-C.")
@click.option(
    "--patrols",
    default=8,
    show_default=True,
    type=click.IntRange(0, 100),
    help="Most at a time, besides those sent.",
)
@click.option("--seed", default=SEED, show_default=True, type=click.IntRange(0, 2**31))
def play_exercise(speed: float, minutes: float | None, patrols: int, seed: int) -> None:
    """Let the exercise live: patrols drive, reports come in, the room answers. Refuses in a real mission."""
    play(speed=speed, minutes=minutes, seed=seed, patrols=patrols, say=click.echo, stop=stopped_by_signals())


def fill(seed: int, passwords: Mapping[str, tuple[str, Future[str]]], path: Path) -> None:
    data = build(seed, datetime.now(UTC))
    with running_keyholder(), operator_connection() as connection:
        if connection.execute(text("SELECT count(*) FROM people")).scalar_one():
            raise click.ClickException(
                "There are accounts already: the exercise goes into an empty installation only."
            )
        load(connection, data, click.echo)
        accounts = add_accounts(connection, passwords)
        report_patrols(connection)
        load_rules(connection)
        load_register(connection, data)
        load_orders(connection)
        load_sources(connection, data)
        load_past_patrols(connection, data)
        record_as_operator(
            connection, "people.exercise_accounts_added", "people", "all", {"count": len(accounts)}
        )
        # Before the commit: an interruption between the two must not leave accounts whose passwords nobody knows.
        keep(accounts, path)
    with operator_connection() as connection:
        connection.execute(text("ANALYZE"))
    click.echo(
        "The exercise's accounts (kept in exercise-accounts.json under var/, readable by this account only):"
    )
    for account in accounts:
        click.echo(f"  {account['username']:<20} {account['password']}")


def loaded() -> bool:
    with operator_connection() as connection:
        return bool(connection.execute(text("SELECT exists(SELECT 1 FROM people)")).scalar_one())


def named() -> bool:
    """Whether a mission of its own stands here, which must not be marked as an exercise."""
    with operator_connection() as connection:
        there = text("SELECT exists(SELECT 1 FROM mission_identity WHERE NOT exercise)")
        return bool(connection.execute(there).scalar_one())


@contextmanager
def running_keyholder() -> Iterator[None]:
    """The key-holder seals the defenders' identities; before the first start none runs, so start one for the while."""
    if answers():
        yield
        return
    process = subprocess.Popen([sys.executable, "-m", "workers.keyholder"])
    try:
        for _ in range(200):
            if answers():
                break
            time.sleep(0.05)
        else:
            raise click.ClickException("The key-holder does not start; its log says why.")
        yield
    finally:
        process.terminate()
        process.wait(10)


def answers() -> bool:
    try:
        return bool(ask({"op": "health"}).get("ok"))
    except KeyholderDown:
        return False
