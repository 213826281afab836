"""Nothing follows an alert that is answered; the log tells less of defenders and sources; one role writes the verdict on it."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from migrations.earlier import as_they_were

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    run("walls")


def downgrade() -> None:
    run("down")
    for function in as_they_were({"0014_policies.sql": ("refuse_wrong_leader",)}):
        op.get_bind().connection.cursor().execute(function)


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0045_{part}.sql").read_text())
