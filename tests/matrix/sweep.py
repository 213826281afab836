"""The matrix's walk: each address, asked by each looker, with what was answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.permissions import Permission, asked_by
from tests.app.routes import routes
from tests.matrix import addresses
from tests.matrix.lookers import Looker, Thing, sees
from tests.matrix.world import MARKER, World

# What differs from one answer to the next without telling anything: nonces, tokens of forms, names that Folium makes
# up, and how long ago it was.
PASSING = re.compile(
    r'nonce="[^"]*"|"X-CSRFToken": "[^"]*"|name="csrf_token"[^>]*|name="id"[^>]*|name="device_id"[^>]*|[0-9a-f]{32}'
    r'|"timeStamp":"[^"]*"'
    # Tokens of a haven's gate are others each time.
    r'|<div class="token-qr"[^\n]*?</div>|-[0-9A-Z]{4}-[0-9A-Z]{5}(?=<)'
    r"|<time[^>]*>[^<]*</time>|\d{6}[A-Z]{4}\d{2}|less than a minute|\d+ min\b"
)
# A thing of ours where its words should stand: a template's name that was taken twice, a value without words.
SLIP = re.compile(r"&lt;(function|bound method|class|module)\b|\bobject at 0x")
# How something is refused that is not there, or not sound.
REFUSALS = (404, 409, 422)
# Looked at, these are written into the ledger, and so change it.
RECORDED = {"ledger_api.bundle", "documents.page", "documents.download", "documents_api.file"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: str

    @property
    def markers(self) -> set[str]:
        return set(re.findall(MARKER, self.body))


def permissions_of(app: Flask, rule: Rule) -> tuple[Permission, ...]:
    """Those of which one opens its door."""
    return asked_by(app.view_functions[rule.endpoint])


def opens(app: Flask, rule: Rule, looker: Looker) -> bool:
    return any(looker.holds(permission) for permission in permissions_of(app, rule))


def guarded(app: Flask) -> list[Rule]:
    return [r for r in routes(app) if permissions_of(app, r)]


def ask(world: World, looker: Looker, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
    client = world.client(looker)
    sent: dict[str, Any] = {}
    if method != "GET":
        sent = {"json": body} if path.startswith("/api/") else {"data": body or {}}
        sent["headers"] = {"X-CSRFToken": world.tokens[looker]}
    response = client.open(path, method=method, **sent)
    # A document or a bundle is no text, and its bytes are not searched for words.
    text = response.get_data().decode("utf-8", "replace")
    return Answer(response.status_code, PASSING.sub("", text))


def gets(world: World) -> Iterator[tuple[Rule, Thing | None, str]]:
    """(route, the thing that the address names or None, address) of everything that can be looked at."""
    for rule in guarded(world.app):
        if "GET" not in (rule.methods or ()):
            continue
        if not rule.arguments:
            for path in addresses.questions(rule, world):
                yield rule, None, path
        elif rule.endpoint not in addresses.MAKES:
            for thing in world.of_kind(addresses.TABLE[rule.endpoint].kind):
                yield rule, thing, addresses.of_thing(world.app, rule, thing)


def concerns(looker: Looker, path: str) -> bool:
    """Somebody without clearance differs from his role in what is told of defenders, and there alone he is asked."""
    return bool(looker.compartments) or "defenders" in path


def looked(world: World, looker: Looker, recorded: bool | None = None) -> dict[str, Answer]:
    """Address → answer, of everything behind a door that opens to this looker. recorded: only what looking at would
    record, or only what it would not; None for all of it."""
    return {
        path: ask(world, looker, "GET", path)
        for rule, thing, path in gets(world)
        if concerns(looker, path)
        and opens(world.app, rule, looker)
        and recorded in (None, rule.endpoint in RECORDED and (thing is None or sees(looker, thing)))
    }


def wrongly_seen(world: World, looker: Looker, answers: dict[str, Answer]) -> list[tuple[str, str, str]]:
    """Of these answers, those that the table does not say: a thing that one may not see answers, to the byte, as one that
    does not exist; and no answer names it."""
    wrong = []
    absent: dict[str, Answer] = {}
    hidden = {t.marker: t for t in world.things if t.marker and not sees(looker, t)}
    for rule, thing, path in gets(world):
        if path not in answers:
            continue
        answer = answers[path]
        if thing is None:
            fine = answer.status < 400 or answer.status in REFUSALS
        elif sees(looker, thing):
            fine = answer.status < 400
        else:
            nothing = addresses.of_nothing(world.app, rule, thing)
            if nothing not in absent:
                absent[nothing] = ask(world, looker, "GET", nothing)
            fine = answer == absent[nothing] and answer.status == 404
        if not fine:
            wrong.append((path, str(answer.status), str(thing)))
        if SLIP.search(answer.body):
            wrong.append((path, "shows", SLIP.findall(answer.body)[0]))
        wrong += [(path, "names", str(hidden[m])) for m in sorted(answer.markers & set(hidden))]
    return wrong


def writes(app: Flask) -> list[tuple[Rule, str]]:
    return [(r, m) for r in guarded(app) for m in sorted(set(r.methods or ()) - {"GET", "HEAD", "OPTIONS"})]


def wrongly_done(world: World, looker: Looker) -> list[tuple[str, ...]]:
    """Asks for every change that this looker may not make: to what he may not see (which must answer as what does
    not exist), and to what he sees and may not change. What was answered otherwise than by a refusal."""
    wrong: list[tuple[str, ...]] = []
    absent: dict[str, Answer] = {}
    for rule, method in writes(world.app):
        named = addresses.TABLE.get(rule.endpoint)
        if named is None or not concerns(looker, rule.rule):
            continue
        if not opens(world.app, rule, looker):
            continue
        for thing in world.of_kind(named.kind):
            path = addresses.of_thing(world.app, rule, thing)
            answer = None
            if not sees(looker, thing):
                answer = ask(world, looker, method, path, named.body)
                nothing = addresses.of_nothing(world.app, rule, thing)
                if nothing not in absent:
                    absent[nothing] = ask(world, looker, method, nothing, named.body)
                fine = answer == absent[nothing] and answer.status in REFUSALS
            elif thing.owner != looker and not any(looker.may(p, thing.sector) for p in named.by):
                answer = ask(world, looker, method, path, named.body)
                fine = answer.status == 403
            if answer is not None and not fine:
                wrong.append((method, rule.rule, str(answer.status), str(thing)))
    return wrong
