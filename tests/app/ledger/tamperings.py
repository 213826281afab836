"""Each function bends a ledger as somebody with the database would, and names the fault that must be found."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable

from app.ledger import bundle
from tests.app.ledger.ledgers import Ledger


def rows_of(ledger: Ledger) -> list[tuple[str, str]]:
    return list(ledger.facts)


def edit_an_entry(ledger: Ledger, rng: random.Random) -> str:
    at = rng.randrange(len(ledger.leaves))
    body = ledger.leaves[at][1].replace(b"person:12", b"person:13")
    ledger.leaves[at] = (at, body)
    return "leaf_altered"


def edit_one_byte_of_an_entry(ledger: Ledger, rng: random.Random) -> str:
    index = rng.randrange(len(ledger.leaves))
    body = bytearray(ledger.leaves[index][1])
    body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
    ledger.leaves[index] = (index, bytes(body))
    return "leaf_altered"


def swap_two_entries(ledger: Ledger, rng: random.Random) -> str:
    a, b = rng.sample(range(len(ledger.leaves)), 2)
    ledger.leaves[a], ledger.leaves[b] = (a, ledger.leaves[b][1]), (b, ledger.leaves[a][1])
    return "leaf_altered"


def take_an_entry_out_and_close_the_gap(ledger: Ledger, rng: random.Random) -> str:
    at = rng.randrange(len(ledger.leaves) - 1)
    bodies = [body for index, body in ledger.leaves if index != at]
    ledger.leaves = [*enumerate(bodies), (len(bodies), bodies[-1])]
    return "leaf_altered"


def slip_an_entry_in(ledger: Ledger, rng: random.Random) -> str:
    bodies = [body for _, body in ledger.leaves]
    bodies.insert(rng.randrange(len(bodies)), bodies[0].replace(b"person:12", b"person:99"))
    ledger.leaves = list(enumerate(bodies))
    return "leaf_altered"


def delete_an_entry(ledger: Ledger, rng: random.Random) -> str:
    ledger.announced = len(ledger.leaves)
    del ledger.leaves[rng.randrange(len(ledger.leaves))]
    return "leaf_missing"


def delete_the_last_entries(ledger: Ledger, rng: random.Random) -> str:
    del ledger.leaves[-rng.randint(1, 20) :]
    return "leaf_missing"


def repeat_an_entry(ledger: Ledger, rng: random.Random) -> str:
    at = rng.randrange(len(ledger.leaves))
    ledger.leaves.insert(at, ledger.leaves[at])
    return "leaf_repeated"


def put_two_entries_out_of_order(ledger: Ledger, rng: random.Random) -> str:
    at = rng.randrange(len(ledger.leaves) - 1)
    ledger.leaves[at], ledger.leaves[at + 1] = ledger.leaves[at + 1], ledger.leaves[at]
    return "leaf_repeated"


def drop_every_checkpoint(ledger: Ledger, rng: random.Random) -> str:
    ledger.checkpoints.clear()
    return "no_checkpoint"


def drop_the_last_checkpoints(ledger: Ledger, rng: random.Random) -> str:
    del ledger.checkpoints[-rng.randint(1, len(ledger.checkpoints) - 1) :]
    return "uncovered"


def give_a_checkpoint_another_size(ledger: Ledger, rng: random.Random) -> str:
    at = rng.randrange(len(ledger.checkpoints))
    origin, size, rest = ledger.checkpoints[at].split("\n", 2)
    ledger.checkpoints[at] = f"{origin}\n{int(size) + 1}\n{rest}"
    return "signature_wrong"


def give_a_checkpoint_another_root(ledger: Ledger, rng: random.Random) -> str:
    at = rng.randrange(len(ledger.checkpoints))
    origin, size, _, rest = ledger.checkpoints[at].split("\n", 3)
    root = base64.b64encode(rng.randbytes(32)).decode()
    ledger.checkpoints[at] = f"{origin}\n{size}\n{root}\n{rest}"
    return "signature_wrong"


def leave_a_checkpoint_without_its_signature(ledger: Ledger, rng: random.Random) -> str:
    at = rng.randrange(len(ledger.checkpoints))
    ledger.checkpoints[at] = ledger.checkpoints[at].partition("\n\n")[0] + "\n"
    return "signature_wrong"


def change_a_row(ledger: Ledger, rng: random.Random) -> str:
    ledger.facts[rng.choice(rows_of(ledger))] = rng.randbytes(32)
    return "fact_altered"


def swap_two_rows(ledger: Ledger, rng: random.Random) -> str:
    a, b = rng.sample(rows_of(ledger), 2)
    ledger.facts[a], ledger.facts[b] = ledger.facts[b], ledger.facts[a]
    return "fact_altered"


def delete_a_row(ledger: Ledger, rng: random.Random) -> str:
    del ledger.facts[rng.choice(rows_of(ledger))]
    return "fact_deleted"


def insert_a_row(ledger: Ledger, rng: random.Random) -> str:
    ledger.facts["alerts", str(10_000 + rng.randrange(1000))] = rng.randbytes(32)
    return "fact_inserted"


def bring_back_a_deleted_row(ledger: Ledger, rng: random.Random) -> str:
    row = rng.choice(rows_of(ledger))
    digest = ledger.facts[row]
    ledger.add([bundle.Change(*row, "D", None, 9_999)])
    ledger.checkpoints.append(ledger.sign())
    ledger.facts[row] = digest
    return "fact_inserted"


def put_an_erased_row_back(ledger: Ledger, rng: random.Random) -> str:
    row = rng.choice(rows_of(ledger))
    ledger.add([bundle.Change(*row, "E", None, 9_999)], "ledger.erase")
    ledger.checkpoints.append(ledger.sign())
    return "fact_inserted"


def lose_the_salt_of_a_row(ledger: Ledger, rng: random.Random) -> str:
    row = rng.choice(rows_of(ledger))
    del ledger.facts[row]
    ledger.erased.append(row)
    return "seal_missing"


TAMPERINGS: list[Callable[[Ledger, random.Random], str]] = [
    edit_an_entry,
    edit_one_byte_of_an_entry,
    swap_two_entries,
    take_an_entry_out_and_close_the_gap,
    slip_an_entry_in,
    delete_an_entry,
    delete_the_last_entries,
    repeat_an_entry,
    put_two_entries_out_of_order,
    drop_every_checkpoint,
    drop_the_last_checkpoints,
    give_a_checkpoint_another_size,
    give_a_checkpoint_another_root,
    leave_a_checkpoint_without_its_signature,
    change_a_row,
    swap_two_rows,
    delete_a_row,
    insert_a_row,
    bring_back_a_deleted_row,
    put_an_erased_row_back,
    lose_the_salt_of_a_row,
]
