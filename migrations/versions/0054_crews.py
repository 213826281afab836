"""How many people and vehicles of a unit can go out on a day, and what a patrol takes of them at least."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for name, most in (("people_a_day", 5000), ("vehicles", 500)):
        op.add_column("unit_means", sa.Column(name, sa.BigInteger(), nullable=True))
        op.create_check_constraint(
            op.f(f"ck_unit_means_{name}"), "unit_means", f"{name} BETWEEN 0 AND {most}"
        )
    run("crews")


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0054_{part}.sql").read_text())
