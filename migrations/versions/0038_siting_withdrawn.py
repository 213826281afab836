"""Siting studies that are put aside."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
RULE = "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"


def upgrade() -> None:
    op.add_column("siting_studies", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.add_column("siting_studies", sa.Column("withdrawn_by_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_siting_studies_withdrawn_by_id_people"),
        "siting_studies",
        "people",
        ["withdrawn_by_id"],
        ["id"],
    )
    op.create_check_constraint(op.f("ck_siting_studies_withdrawn"), "siting_studies", RULE)
    run("withdrawn")


def downgrade() -> None:
    run("down")
    for column in ("withdrawn_by_id", "withdrawn_at"):
        op.drop_column("siting_studies", column)


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0038_{part}.sql").read_text())
