"""Rules look by themselves, without the queue of jobs that nothing else used."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    run("rules_process")
    queues("'slow', 'files'")


def downgrade() -> None:
    queues("'urgent', 'slow', 'files'")
    run("down")


def queues(names: str) -> None:
    op.drop_constraint(op.f("ck_outbox_queue"), "outbox")
    op.create_check_constraint(op.f("ck_outbox_queue"), "outbox", f"queue IN ({names})")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0019_{part}.sql").read_text())
