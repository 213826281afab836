"""Intake and triage: sources and whom they repeat, merging of duplicates, call-backs, two persons for what is held true."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
CHANNELS = ("missed_check_in", "social_media", "un_security", "other_mission")
STEPS = (
    "triaged", "source_told", "merged", "parted", "call_back_ordered", "called_back", "verification_proposed",
    "verification_refused",
)  # fmt: skip


def upgrade() -> None:
    run("codes")
    codes("add", "alerts", "channel", CHANNELS)
    codes("add", "alert_steps", "kind", STEPS)
    op.add_column("alerts", sa.Column("leader_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_alerts_leader_id_alerts"), "alerts", "alerts", ["leader_id"], ["id"])
    op.create_index(
        "ix_alerts_leader_id", "alerts", ["leader_id"], postgresql_where=sa.text("leader_id IS NOT NULL")
    )
    create_sources()
    create_call_backs()
    run("policies")


def create_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("network_id", sa.BigInteger(), nullable=True),
        sa.Column("known_by", sa.Text(), nullable=False),
        sa.Column("contactable", sa.Boolean(), nullable=False),
        sa.Column("contact_held_by", sa.Text(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("graded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_by_id", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(r"code ~ '^[A-Z0-9][A-Z0-9-]{1,19}$'", name=op.f("ck_sources_code")),
        sa.CheckConstraint(
            "kind IN ('focal_point', 'caller', 'community_leader', 'defender', 'observer', 'partner', 'authority', "
            "'state_forces', 'media', 'other')",
            name=op.f("ck_sources_kind"),
        ),
        sa.CheckConstraint(
            "known_by IN ('code_word', 'own_line', 'device', 'in_person', 'not_told_apart')",
            name=op.f("ck_sources_known_by"),
        ),
        sa.CheckConstraint(
            "contact_held_by IN ('nobody', 'network', 'field_office', 'human_rights')",
            name=op.f("ck_sources_contact_held_by"),
        ),
        sa.CheckConstraint("grade IN ('A','B','C','D','E','F')", name=op.f("ck_sources_grade")),
        sa.CheckConstraint(
            "(grade IS NULL) = (graded_by_id IS NULL) AND (grade IS NULL) = (graded_at IS NULL)",
            name=op.f("ck_sources_graded"),
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["community_networks.id"], name=op.f("fk_sources_network_id_community_networks")
        ),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_sources_sector_id_sectors")),
        sa.ForeignKeyConstraint(["graded_by_id"], ["people.id"], name=op.f("fk_sources_graded_by_id_people")),
        sa.ForeignKeyConstraint(["added_by_id"], ["people.id"], name=op.f("fk_sources_added_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        # One code in one sector. Over the whole mission it would tell an officer what codes another sector has.
        sa.UniqueConstraint(
            "sector_id", "code", name=op.f("uq_sources_sector_id_code"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "alert_sources",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("repeats_id", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("repeats_id <> source_id", name=op.f("ck_alert_sources_repeats_another")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_sources_alert_id_alerts")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_alert_sources_source_id_sources")
        ),
        sa.ForeignKeyConstraint(
            ["repeats_id"], ["sources.id"], name=op.f("fk_alert_sources_repeats_id_sources")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_alert_sources_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_sources")),
    )
    for column in ("alert_id", "source_id"):
        op.create_index(f"ix_alert_sources_{column}", "alert_sources", [column])


def create_call_backs() -> None:
    op.create_table(
        "call_backs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by_id", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "result IN ('confirms', 'adds', 'denies', 'not_reached', 'unsafe_to_call')",
            name=op.f("ck_call_backs_result"),
        ),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by_id IS NULL) AND (done_at IS NULL) = (result IS NULL)",
            name=op.f("ck_call_backs_done"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_call_backs_alert_id_alerts")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_call_backs_source_id_sources")),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["people.id"], name=op.f("fk_call_backs_ordered_by_id_people")
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["people.id"], name=op.f("fk_call_backs_done_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_backs")),
    )
    op.create_index("ix_call_backs_alert_id", "call_backs", ["alert_id"])
    op.create_index(
        "ix_call_backs_due_at", "call_backs", ["due_at"], postgresql_where=sa.text("done_at IS NULL")
    )


def downgrade() -> None:
    run("down")
    op.drop_constraint(op.f("fk_alerts_leader_id_alerts"), "alerts", type_="foreignkey")
    op.drop_index("ix_alerts_leader_id", "alerts")
    op.drop_column("alerts", "leader_id")
    codes("take", "alerts", "channel", CHANNELS)
    codes("take", "alert_steps", "kind", STEPS)
    op.execute("DROP PROCEDURE vigil.codes_of(text, text, text, text[])")


def codes(what: str, table: str, column: str, listed: tuple[str, ...]) -> None:
    op.execute(
        sa.text("CALL vigil.codes_of(:what, :table, :column, CAST(:listed AS text[]))").bindparams(
            what=what, table=table, column=column, listed=list(listed)
        )
    )


def run(part: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0014_{part}.sql").read_text())
