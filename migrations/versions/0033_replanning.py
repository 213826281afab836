"""Stops that are called off when their patrol is sent to an alert."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
RULE = "(called_off_at IS NULL) = (called_off_for_id IS NULL)"


def upgrade() -> None:
    op.add_column("patrol_stops", sa.Column("called_off_at", sa.DateTime(timezone=True)))
    op.add_column("patrol_stops", sa.Column("called_off_for_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_patrol_stops_called_off_for_id_patrols"),
        "patrol_stops",
        "patrols",
        ["called_off_for_id"],
        ["id"],
    )
    op.create_check_constraint(op.f("ck_patrol_stops_called_off"), "patrol_stops", RULE)
    run("replanning")


def downgrade() -> None:
    run("down")
    for column in ("called_off_for_id", "called_off_at"):
        op.drop_column("patrol_stops", column)


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0033_{part}.sql").read_text())
