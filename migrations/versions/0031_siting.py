"""Studies of where havens or temporary bases would protect most people."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
NAME = "siting_studies"


def check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{NAME}_{name}"))


def number(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def words(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    refers = {"sector_id": "sectors", "parent_id": NAME, "asked_by_id": "people"}
    op.create_table(
        NAME,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        number("sector_id"), words("goal"), words("seasons"), number("new_sites"), number("minutes"),
        number("room", nullable=True),
        sa.Column("threat_km", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("two_ways", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("haven_states", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("restricted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("haven_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("fixed", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("rooms", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        number("parent_id", nullable=True), number("asked_by_id"),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        check("goal", "goal IN ('most_within', 'least_mean', 'least_worst')"),
        check("seasons", "seasons IN ('dry', 'rainy', 'both')"),
        check("new_sites", "new_sites BETWEEN 0 AND 12"),
        check("minutes", "minutes BETWEEN 1 AND 1440"),
        check("room", "room BETWEEN 1 AND 1000000"),
        check("threat_km", "threat_km BETWEEN 0 AND 500"),
        check("haven_states", "haven_states <@ '{open,full,standby}'::text[]"),
        check("ready", "(answer IS NULL) = (ready_at IS NULL)"),
        check("worst_without_room", "goal <> 'least_worst' OR room IS NULL"),
        *(sa.ForeignKeyConstraint([c], [f"{to}.id"], name=op.f(f"fk_{NAME}_{c}_{to}")) for c, to in refers.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{NAME}_sector_id"), NAME, ["sector_id"])
    run("siting")


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0031_{part}.sql").read_text())
