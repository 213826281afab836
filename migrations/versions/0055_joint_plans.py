"""Joint patrols that a plan asks for, kept with its patrols; sites to which no State forces come along."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
NEEDS = "needs <@ '{{{}}}'::text[]"


def upgrade() -> None:
    table = "plan_patrols"
    for name in ("clearance_id", "state_forces"):
        op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=True))
    key = op.f("fk_plan_patrols_clearance_id_due_diligence")
    op.create_foreign_key(key, table, "due_diligence", ["clearance_id"], ["id"])
    together = "(clearance_id IS NULL) = (state_forces IS NULL)"
    op.create_check_constraint(op.f("ck_plan_patrols_joint"), table, together)
    op.create_check_constraint(op.f("ck_plan_patrols_state_forces"), table, "state_forces BETWEEN 1 AND 500")
    may_need("interpreter,women,foot,alone")
    run("joint_plans")


def downgrade() -> None:
    run("down")
    may_need("interpreter,women,foot")


def may_need(codes: str) -> None:
    name = op.f("ck_sites_needs")
    op.drop_constraint(name, "sites")
    op.create_check_constraint(name, "sites", NEEDS.format(codes))


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0055_{part}.sql").read_text())
