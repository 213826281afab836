"""The API's part for defenders: the register, a file, a look at what is sealed. Never kept on the way."""

from __future__ import annotations

from flask import Response, jsonify

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import page_number
from app.defenders import actions, queries
from app.defenders.asked import asked_for
from app.defenders.blueprints import ID, api
from app.defenders.body import DefenderFile, Register, UnmaskBody, Unmasked, entry, whole
from app.defenders.file import file
from app.permissions import Permission, needs


@api.get("/defenders")
@needs(Permission.READ_DEFENDERS)
@describes(
    "The register of the files that you read, overdue reviews first. Filters: search, band, profile, sector, consent, "
    "due, sort, page.",
    gives=Register,
)
def register() -> Response:
    lines, total, _pages = queries.register(asked_for(), page_number())
    return jsonify({"total": total, "page": page_number(), "defenders": [entry(line) for line in lines]})


@api.get(f"/defenders/<{ID}:defender_id>")
@needs(Permission.READ_DEFENDERS)
@describes("One file: what your rights and the defender's consent let through.", gives=DefenderFile)
def one(defender_id: int) -> Response:
    return jsonify(whole(file(defender_id)))


@api.post(f"/defenders/<{ID}:defender_id>/unmask")
@needs(Permission.UNMASK_DEFENDERS)
@describes(
    "Look at sealed fields, for a reason. The look is in the ledger before it is answered, and so is a refusal.",
    takes=UnmaskBody,
    gives=Unmasked,
)
def unmask(defender_id: int) -> Response:
    body = read(UnmaskBody)
    opened = actions.unmask(defender_id, body.fields, body.reason)
    response = jsonify({"unmasking_id": opened.unmasking_id, "values": opened.values})
    response.headers["Cache-Control"] = "no-store"
    return response
