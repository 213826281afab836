"""Ladders, watches, contacts and messages; clocks that climb a ladder and are told."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
NOW = sa.text("now()")
WHEN = sa.DateTime(timezone=True)
POSTS = "'duty_officer', 'sector', 'force_headquarters', 'head_of_mission'"


def number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def upgrade() -> None:
    clocks()
    ladders()
    watches()
    contacts()
    messages()
    replies()
    run("raising")
    run("watches_and_messages")
    run("ladder_seeds")


def clocks() -> None:
    # Empty for the clocks that stood before: a digest in the ledger leaves out what is empty, so theirs still hold.
    for name in ("run", "rung", "again"):
        op.add_column("alert_clocks", sa.Column(name, sa.SmallInteger()))
    op.add_column("alert_clocks", sa.Column("told_at", WHEN))
    op.add_column("alert_clocks", sa.Column("passed_on_by_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_alert_clocks_passed_on_by_id_people"), "alert_clocks", "people", ["passed_on_by_id"], ["id"]
    )
    op.drop_constraint(op.f("uq_alert_clocks_alert_id_clock_echelon"), "alert_clocks")
    op.create_unique_constraint(
        op.f("uq_alert_clocks_alert_id_clock_run_rung_again"), "alert_clocks", ["alert_id", "clock", "run", "rung", "again"],
        postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_index(
        "ix_alert_clocks_running", "alert_clocks", ["due_at"],
        postgresql_where=sa.text("stopped_at IS NULL AND ran_out_at IS NULL"),
    )  # fmt: skip


def ladders() -> None:
    op.create_table(
        "ladders",
        number(),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("rungs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("then", sa.Text(), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger()),
        sa.Column("quiet_until", sa.SmallInteger()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger()),
        sa.Column("made_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("replaced_at", WHEN),
        sa.CheckConstraint("priority IN ('P1', 'P2', 'P3', 'P4')", name=op.f("ck_ladders_priority")),
        sa.CheckConstraint("\"then\" IN ('tell_again', 'stay')", name=op.f("ck_ladders_then")),
        sa.CheckConstraint("priority <> 'P1' OR quiet_from IS NULL", name=op.f("ck_ladders_p1_never_quiet")),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_ladders_quiet_hours")
        ),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439",
            name=op.f("ck_ladders_minutes_of_the_day"),
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_ladders_made_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladders")),
    )
    op.create_index(
        "uq_ladders_in_force", "ladders", ["kind", "priority"], unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )  # fmt: skip


def watches() -> None:
    op.create_table(
        "watches",
        number(),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("sector_id", sa.BigInteger()),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("deputy", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ways", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("from_at", WHEN, nullable=False),
        sa.Column("until_at", WHEN, nullable=False),
        sa.Column("begun_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("ended_at", WHEN),
        sa.CheckConstraint(f"post IN ({POSTS})", name=op.f("ck_watches_post")),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_watches_forwards")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_watches_sector_id_sectors")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_watches_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
    )
    op.create_index(op.f("ix_watches_person_id"), "watches", ["person_id"])
    op.create_index(
        "ix_watches_standing", "watches", ["post", "sector_id"], postgresql_where=sa.text("ended_at IS NULL")
    )


def contacts() -> None:
    op.create_table(
        "contacts",
        number(),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("added_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("tested_at", WHEN),
        sa.Column("wrong_codes", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("test_id", sa.BigInteger()),
        sa.Column("removed_at", WHEN),
        sa.CheckConstraint("route IN ('sms', 'email')", name=op.f("ck_contacts_route")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_contacts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    in_use = sa.text("removed_at IS NULL")
    op.create_index("ix_contacts_address", "contacts", ["address"], postgresql_where=in_use)
    op.create_index(
        "uq_contacts_own", "contacts", ["person_id", "route", "address"], unique=True, postgresql_where=in_use
    )


def messages() -> None:
    op.create_table(
        "messages",
        number(),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("alert_id", sa.BigInteger()),
        sa.Column("clock_id", sa.BigInteger()),
        sa.Column("as_deputy", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", WHEN, server_default=NOW, nullable=False),
        sa.Column("made_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("handed_over_at", WHEN),
        sa.Column("ended_at", WHEN),
        sa.CheckConstraint("route IN ('sms', 'email')", name=op.f("ck_messages_route")),
        sa.CheckConstraint("purpose IN ('alert', 'test')", name=op.f("ck_messages_purpose")),
        sa.CheckConstraint(
            "state IN ('queued', 'handed_over', 'sent', 'failed', 'not_needed')",
            name=op.f("ck_messages_state"),
        ),
        sa.CheckConstraint("(purpose = 'alert') = (alert_id IS NOT NULL)", name=op.f("ck_messages_about")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_messages_person_id_people")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_messages_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_messages_alert_id_alerts")),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["alert_clocks.id"], name=op.f("fk_messages_clock_id_alert_clocks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        # Once for each turn of a clock and each contact, however often the turn is taken.
        sa.UniqueConstraint("clock_id", "contact_id", name=op.f("uq_messages_clock_id_contact_id")),
    )
    for column in ("person_id", "contact_id", "alert_id"):
        op.create_index(op.f(f"ix_messages_{column}"), "messages", [column])
    op.create_index(
        "ix_messages_waiting", "messages", ["not_before"],
        postgresql_where=sa.text("state IN ('queued', 'handed_over')"),
    )  # fmt: skip


def replies() -> None:
    op.create_table(
        "replies",
        number(),
        sa.Column("gateway_key", sa.Text(), nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger()),
        sa.Column("alert_id", sa.BigInteger()),
        sa.Column("asked", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("looked_at", WHEN),
        sa.Column("looked_by_id", sa.BigInteger()),
        sa.CheckConstraint("result IN ('done', 'refused', 'unknown')", name=op.f("ck_replies_result")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_replies_person_id_people")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_replies_alert_id_alerts")),
        sa.ForeignKeyConstraint(["looked_by_id"], ["people.id"], name=op.f("fk_replies_looked_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("gateway_key", name=op.f("uq_replies_gateway_key")),
    )
    for column in ("person_id", "alert_id"):
        op.create_index(op.f(f"ix_replies_{column}"), "replies", [column])
    op.create_index(
        "ix_replies_waiting", "replies", ["received_at"],
        postgresql_where=sa.text("result <> 'done' AND looked_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    before = (
        (SQL / "0006_raising.sql").read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
    )
    op.get_bind().connection.cursor().execute(before)
    run("down")
    for table in ("replies", "messages", "contacts", "watches", "ladders"):
        op.drop_table(table)
    op.drop_index("ix_alert_clocks_running", "alert_clocks")
    op.drop_constraint(op.f("uq_alert_clocks_alert_id_clock_run_rung_again"), "alert_clocks")
    # Alerts that were told again have more rows than the key of before allows: the last of each is kept for it.
    op.execute(
        "DELETE FROM alert_clocks c USING alert_clocks l WHERE (l.alert_id, l.clock, l.echelon) = "
        "(c.alert_id, c.clock, c.echelon) AND l.id > c.id"
    )
    op.create_unique_constraint(
        op.f("uq_alert_clocks_alert_id_clock_echelon"), "alert_clocks", ["alert_id", "clock", "echelon"]
    )
    for name in ("passed_on_by_id", "told_at", "again", "rung", "run"):
        op.drop_column("alert_clocks", name)


def run(part: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0015_{part}.sql").read_text())
