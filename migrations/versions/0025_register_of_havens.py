"""Havens: their record, inspections and stores, the count at the gate by tokens, and what is done when one is
compromised. A rule may watch their stores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
WHEN = sa.DateTime(timezone=True)
LEVELS = "'none', 'first_aid', 'level_1', 'level_2', 'level_3'"
FORCES = "'none', 'military', 'un_police', 'formed_police', 'host_state', 'community', 'private'"
OWNERS = "'mission', 'host_state', 'community', 'faith', 'school', 'health', 'un_agency', 'ngo', 'private'"
POSTS = (
    "'military', 'un_police', 'protection', 'civil_affairs', 'engineers', 'medical', 'security', 'partner'"
)
STEPS = "'stop_intake', 'warn_those_coming', 'move_people', 'rotate_or_close', 'inspect'"
DIFFERENCES = (
    "'came_uncounted', 'left_uncounted', 'tokens_lost', 'born_or_died', 'staff_counted', 'miscounted', "
    "'not_known'"
)


def number(name: str, **kept: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), **kept)


def words(name: str, **kept: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), **kept)


def listed(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def of_haven(table: str, *parts: Any) -> None:
    """A table whose rows say something of a haven: whose, when, written by whom."""
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        number("haven_id", nullable=False),
        sa.Column("at", WHEN, server_default=sa.text("now()"), nullable=False),
        number("by_id", nullable=False),
        words("by_role", nullable=False),
        *parts,
        of(table, "haven_id", "havens"),
        of(table, "by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_haven_id"), table, ["haven_id"])


def upgrade() -> None:
    records()
    inspections_and_stocks()
    gate()
    compromise_steps()
    run("havens")


def records() -> None:
    of_haven(
        "haven_records",
        words("why", nullable=False),
        number("capacity_most"), words("medical_level"), listed("perimeter"), words("guard_force"),
        number("guard_strength"), number("guard_hours"),
        sa.Column("ways", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        number("fire_points"), sa.Column("screening_point", sa.Boolean()), sa.Column("women_child_space", sa.Boolean()),
        *(listed(name) for name in (
            "accessibility", "communications", "groups_accepted", "groups_reserved", "groups_refused", "do_not_mix")),
        words("owner"), words("agreement_with"), sa.Column("agreement_until", sa.Date()),
        check("haven_records", "medical_level", f"medical_level IN ({LEVELS})"),
        check("haven_records", "guard_force", f"guard_force IN ({FORCES})"),
        check("haven_records", "owner", f"owner IN ({OWNERS})"),
        check("haven_records", "guard_hours", "guard_hours BETWEEN 0 AND 24"),
        check("haven_records", "counts", "capacity_most >= 0 AND guard_strength >= 0 AND fire_points >= 0"),
    )  # fmt: skip


def inspections_and_stocks() -> None:
    of_haven(
        "haven_inspections",
        sa.Column("inspected_on", sa.Date(), nullable=False), words("post", nullable=False),
        words("finding", nullable=False), words("found", nullable=False), sa.Column("next_due", sa.Date()),
        check("haven_inspections", "post", f"post IN ({POSTS})"),
        check("haven_inspections", "finding", "finding IN ('fit', 'fit_with_faults', 'unfit')"),
    )  # fmt: skip
    amounts = ("water_litres", "water_litres_a_day", "rations", "fuel_litres", "fuel_litres_a_day")
    of_haven(
        "haven_stocks",
        *(sa.Column(name, sa.Float()) for name in amounts), number("beds"), number("latrines"),
        check("haven_stocks", "amounts", " AND ".join(f"{name} >= 0" for name in (*amounts, "beds", "latrines"))),
    )  # fmt: skip


def gate() -> None:
    of_haven(
        "haven_headcounts",
        number("people", nullable=False), number("tokens_inside", nullable=False), words("why"),
        check("haven_headcounts", "why", f"why IN ({DIFFERENCES})"),
        check("haven_headcounts", "counts", "people >= 0 AND tokens_inside >= 0"),
    )  # fmt: skip
    name = "haven_tokens"
    op.create_table(
        name,
        number("haven_id", autoincrement=False, nullable=False), words("number", nullable=False),
        number("people", nullable=False), words("kind"), sa.Column("came_at", WHEN), sa.Column("went_at", WHEN),
        check(name, "kind", "kind IN ('adult', 'child', 'wounded', 'family')"),
        check(name, "people", "people BETWEEN 1 AND 30"),
        check(name, "whole_hours",
              "came_at = date_trunc('hour', came_at, 'UTC') AND went_at = date_trunc('hour', went_at, 'UTC')"),
        of(name, "haven_id", "havens"),
        sa.PrimaryKeyConstraint("haven_id", "number", name=op.f(f"pk_{name}")),
    )  # fmt: skip
    name = "haven_gate_days"
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        number("haven_id", nullable=False), sa.Column("day", sa.Date(), nullable=False), words("kind", nullable=False),
        number("came", server_default=sa.text("0"), nullable=False),
        number("went", server_default=sa.text("0"), nullable=False),
        check(name, "counts", "came >= 0 AND went >= 0"),
        of(name, "haven_id", "havens"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("haven_id", "day", "kind", name=op.f(f"uq_{name}_haven_id_day_kind")),
    )  # fmt: skip


def compromise_steps() -> None:
    name = "haven_compromise_steps"
    of_haven(
        name,
        number("change_id", nullable=False), words("step", nullable=False), words("note", nullable=False),
        number("to_haven_id"), number("people"),
        check(name, "step", f"step IN ({STEPS})"),
        check(name, "people", "people >= 0"),
        of(name, "change_id", "haven_changes"),
        of(name, "to_haven_id", "havens"),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{name}_change_id"), name, ["change_id"])


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0025_{part}.sql").read_text())
