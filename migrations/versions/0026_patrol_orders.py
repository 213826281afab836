"""Patrol orders that two officers answer for, the gate of due diligence, codes at stops, and deviations."""

from __future__ import annotations

from pathlib import Path

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
WHEN = sa.DateTime(timezone=True)
NOW = sa.text("now()")
DEVIATIONS = "'off_route', 'stop_skipped', 'late', 'silent'"
REASONS = (
    "'ordered_otherwise', 'road_closed', 'refused_passage', 'threat', 'incident', 'breakdown', 'weather', 'people_in_need', "
    "'no_signal', 'wrong_position', 'delay_at_stop', 'lost_the_way', 'other'"
)


def line() -> geoalchemy2.Geometry:
    return geoalchemy2.Geometry("LINESTRING", srid=4326, spatial_index=False)


def upgrade() -> None:
    op.add_column("patrols", sa.Column("route", line(), nullable=True))
    for column in ("arrived_by", "departed_by"):
        op.add_column("patrol_stops", sa.Column(column, sa.Text(), nullable=True))
        op.create_check_constraint(
            op.f(f"ck_patrol_stops_{column}"), "patrol_stops", f"{column} IN ('hand', 'position', 'code')"
        )
    due_diligence()
    orders()
    stop_codes()
    deviations()
    op.execute(
        f"ALTER TABLE documents DROP CONSTRAINT ck_documents_kind, ADD CONSTRAINT ck_documents_kind CHECK ({KINDS})"
    )
    run("patrol_orders")


KINDS = "kind IN ('incident_report', 'accountability_report', 'map_view', 'patrol_order')"


def due_diligence() -> None:
    op.create_table(
        "due_diligence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("support", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("mitigation", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=False),
        sa.Column("decided_by_role", sa.Text(), nullable=False),
        sa.Column("decided_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("suspended_at", WHEN),
        sa.Column("suspended_by_id", sa.BigInteger()),
        sa.Column("suspended_why", sa.Text()),
        sa.CheckConstraint("risk IN ('low', 'medium', 'high')", name=op.f("ck_due_diligence_risk")),
        sa.CheckConstraint(
            "decision IN ('proceed', 'conditional', 'refuse')", name=op.f("ck_due_diligence_decision")
        ),
        sa.CheckConstraint(
            "(suspended_at IS NULL) = (suspended_by_id IS NULL) AND (suspended_at IS NULL) = (suspended_why IS NULL)",
            name=op.f("ck_due_diligence_suspended"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_due_diligence_decided_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["suspended_by_id"], ["people.id"], name=op.f("fk_due_diligence_suspended_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_diligence")),
    )


def orders() -> None:
    name = "patrol_orders"
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("patrol_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("route", line(), nullable=False),
        sa.Column("straight", sa.Boolean(), nullable=False),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column("clearance_id", sa.BigInteger()),
        sa.Column("written_by_id", sa.BigInteger(), nullable=False),
        sa.Column("written_by_role", sa.Text(), nullable=False),
        sa.Column("written_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("approved_by_id", sa.BigInteger()),
        sa.Column("approved_by_role", sa.Text()),
        sa.Column("approved_at", WHEN),
        sa.CheckConstraint("NOT joint OR clearance_id IS NOT NULL", name=op.f("ck_patrol_orders_gate")),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL) AND (approved_at IS NULL) = (approved_by_role IS NULL)",
            name=op.f("ck_patrol_orders_approved"),
        ),
        sa.CheckConstraint("approved_by_id <> written_by_id", name=op.f("ck_patrol_orders_two_officers")),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrols.id"], name=op.f("fk_patrol_orders_patrol_id_patrols")
        ),
        sa.ForeignKeyConstraint(
            ["clearance_id"], ["due_diligence.id"], name=op.f("fk_patrol_orders_clearance_id_due_diligence")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["people.id"], name=op.f("fk_patrol_orders_written_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["people.id"], name=op.f("fk_patrol_orders_approved_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_orders")),
        sa.UniqueConstraint("patrol_id", "version", name=op.f("uq_patrol_orders_patrol_id_version")),
    )


def stop_codes() -> None:
    op.create_table(
        "stop_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("patrol_id", sa.BigInteger(), nullable=False),
        sa.Column("stop_id", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("given_by_id", sa.BigInteger(), nullable=False),
        sa.Column("given_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("refused", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["patrol_id"], ["patrols.id"], name=op.f("fk_stop_codes_patrol_id_patrols")),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["patrol_stops.id"], name=op.f("fk_stop_codes_stop_id_patrol_stops")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["people.id"], name=op.f("fk_stop_codes_given_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_codes")),
    )
    op.create_index(op.f("ix_stop_codes_patrol_id"), "stop_codes", ["patrol_id"])


def deviations() -> None:
    name = "patrol_deviations"
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("patrol_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stop_id", sa.BigInteger()),
        sa.Column("opened_at", WHEN, nullable=False),
        sa.Column("noticed_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("fired_at", WHEN, nullable=False),
        sa.Column("cleared_at", WHEN),
        sa.Column("withdrawn_at", WHEN),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("place", geoalchemy2.Geometry("POINT", srid=4326, spatial_index=False)),
        sa.Column("told_at", WHEN),
        sa.Column("alert_id", sa.BigInteger()),
        sa.Column("acknowledged_at", WHEN),
        sa.Column("acknowledged_by_id", sa.BigInteger()),
        sa.Column("acknowledged_by_role", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(f"kind IN ({DEVIATIONS})", name=op.f("ck_patrol_deviations_kind")),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_patrol_deviations_reason")),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL) AND (acknowledged_at IS NULL) = (reason IS NULL)",
            name=op.f("ck_patrol_deviations_acknowledged"),
        ),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrols.id"], name=op.f("fk_patrol_deviations_patrol_id_patrols")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["patrol_orders.id"], name=op.f("fk_patrol_deviations_order_id_patrol_orders")
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["patrol_stops.id"], name=op.f("fk_patrol_deviations_stop_id_patrol_stops")
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_patrol_deviations_alert_id_alerts")
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"], ["people.id"], name=op.f("fk_patrol_deviations_acknowledged_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_deviations")),
    )
    op.create_index(op.f("ix_patrol_deviations_patrol_id"), name, ["patrol_id"])
    op.create_index(op.f("ix_patrol_deviations_alert_id"), name, ["alert_id"])
    op.create_index(
        "uq_patrol_deviations_once", name, ["patrol_id", "kind", "stop_id", "opened_at"], unique=True,
        postgresql_nulls_not_distinct=True, postgresql_where=sa.text("withdrawn_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    run("down")
    # NOT VALID: orders that were printed are part of the record and stay, even in an older house.
    op.execute(
        "ALTER TABLE documents DROP CONSTRAINT ck_documents_kind, ADD CONSTRAINT ck_documents_kind "
        "CHECK (kind IN ('incident_report', 'accountability_report', 'map_view')) NOT VALID"
    )
    for column in ("departed_by", "arrived_by"):
        op.drop_column("patrol_stops", column)
    op.drop_column("patrols", "route")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0026_{part}.sql").read_text())
