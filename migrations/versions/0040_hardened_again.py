"""What was found open when the whole house was attacked: a log that its owner could blind, the room's past, sealings of days to
come, codes at stops, called-off stops, searches that keep everybody waiting."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from migrations.earlier import as_they_were

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
# Functions that were there before: the file that has them as they were.
BEFORE = {
    "0006_ledger.sql": ("note_changes", "refuse_unrecorded_change", "fact_digests", "pending_changes"),
    "0033_replanning.sql": ("keep_what_is_called_off",),
    "0034_draws.sql": ("sealings", "draws_waiting"),
    "0037_havens.sql": ("id_by_lot",),
}


def upgrade() -> None:
    take_in_the_past()
    op.add_column("stop_codes", sa.Column("read_at", sa.DateTime(timezone=True)))
    op.add_column("mixes", sa.Column("kept_by_id", sa.BigInteger()))
    op.create_foreign_key(op.f("fk_mixes_kept_by_id_people"), "mixes", "people", ["kept_by_id"], ["id"])
    op.add_column("draws", sa.Column("undrawn_why", sa.Text()))
    op.create_check_constraint(
        op.f("ck_draws_undrawn_why"), "draws", "undrawn_why IN ('no_account', 'unexpected')"
    )
    for part in ("ledger", "past", "walls"):
        run((SQL / f"0040_{part}.sql").read_text())


def downgrade() -> None:
    run((SQL / "0040_down.sql").read_text())
    for function in as_they_were(BEFORE):
        run(function)
    for table, column in (("stop_codes", "read_at"), ("mixes", "kept_by_id"), ("draws", "undrawn_why")):
        op.drop_column(table, column)


def take_in_the_past() -> None:
    """Revisions of before into the log, so many to an entry: an entry holds all changes of its transaction. Killed between,
    it goes on where it was. The site is stopped meanwhile: a revision that ends after it was taken in would look altered."""
    with op.get_context().autocommit_block():
        cursor = op.get_bind().connection.cursor()
        cursor.execute((SQL / "0040_taking_in.sql").read_text())
        last = ("", 0, "-infinity")
        while last[0] is not None:
            cursor.execute(
                "SELECT layer, row_id, known_from::text FROM vigil.take_in_revisions(%s, %s, %s)", last
            )
            last = cursor.fetchone()
        cursor.execute("DROP FUNCTION vigil.take_in_revisions(text, bigint, timestamptz)")


def run(script: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute(script)
