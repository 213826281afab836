"""Call-backs have somebody who makes them and is reminded; rules warn for nobody; reporters hear back."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from migrations.earlier import as_they_were

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in ("handed_to_id", "reminded_id"):
        op.add_column("call_backs", sa.Column(column, sa.BigInteger()))
        op.create_foreign_key(
            op.f(f"fk_call_backs_{column}_people"), "call_backs", "people", [column], ["id"]
        )
    op.add_column("call_backs", sa.Column("watch_reminded_at", WHEN))
    op.add_column("messages", sa.Column("call_back_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_messages_call_back_id_call_backs"), "messages", "call_backs", ["call_back_id"], ["id"]
    )
    op.create_unique_constraint(
        op.f("uq_messages_call_back_id_contact_id"), "messages", ["call_back_id", "contact_id"]
    )
    run("call_backs")
    run("warnings")
    run("hearing_back")


def downgrade() -> None:
    run("down")
    for function in as_they_were({"0017_measures.sql": ("attack_facts",)}):
        op.get_bind().connection.cursor().execute(function)
    op.drop_constraint(op.f("uq_messages_call_back_id_contact_id"), "messages")
    op.drop_column("messages", "call_back_id")
    for column in ("handed_to_id", "reminded_id", "watch_reminded_at"):
        op.drop_column("call_backs", column)


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0049_{part}.sql").read_text())
