"""Sites to protect, means of units, escorts owed, and what is said of roads for a time."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
NUMBERS = postgresql.ARRAY(sa.BigInteger())
DAYS = "'{1,2,3,4,5,6,7}'::bigint[]"


def number(name: str, nullable: bool = False, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, server_default=default and sa.text(default))


def real(name: str, default: str | None = None, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Float(), nullable=nullable, server_default=default and sa.text(default))


def words(name: str, default: str | None = None, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=default)


def moment(name: str, default: bool = False, nullable: bool = False) -> sa.Column[object]:
    now = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=now)


def numbers(name: str, default: str | None = "'{}'") -> sa.Column[object]:
    return sa.Column(name, NUMBERS, nullable=False, server_default=default and sa.text(default))


def key() -> sa.Column[object]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in columns.items()
    ]


def check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    sites()
    unit_means()
    escorts()
    road_conditions()
    run("ground")


def sites() -> None:
    name = "sites"
    op.create_table(
        name,
        key(), number("place_id"), number("sector_id", nullable=True), words("priority"), number("visits_a_week"),
        number("longest_gap_days"), number("visit_minutes"), real("night_share", "0"), numbers("market_days"),
        number("market_from", nullable=True), number("market_until", nullable=True),
        number("window_from", nullable=True), number("window_until", nullable=True),
        sa.Column("needs", postgresql.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
        words("note", ""), number("set_by_id", nullable=True), moment("set_at", default=True),
        moment("dropped_at", nullable=True), words("dropped_why", nullable=True),
        check(name, "priority", "priority IN ('must', 'should', 'could')"),
        check(name, "visits_a_week", "visits_a_week BETWEEN 0 AND 21"),
        check(name, "longest_gap_days", "longest_gap_days BETWEEN 1 AND 90"),
        check(name, "visit_minutes", "visit_minutes BETWEEN 5 AND 1440"),
        check(name, "night_share", "night_share BETWEEN 0 AND 1"),
        check(name, "market_days", f"market_days <@ {DAYS}"),
        check(name, "needs", "needs <@ '{interpreter,women,foot}'::text[]"),
        check(name, "dropped", "(dropped_at IS NULL) = (dropped_why IS NULL)"),
        *refers(name, place_id="places", sector_id="sectors", set_by_id="people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )  # fmt: skip
    op.create_index(op.f("ix_sites_sector_id"), name, ["sector_id"])
    op.create_index(
        "uq_sites_standing", name, ["place_id"], unique=True, postgresql_where=sa.text("dropped_at IS NULL")
    )


def unit_means() -> None:
    name = "unit_means"
    op.create_table(
        name,
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        number("sector_id", nullable=True), words("going"), real("open_speed", "1"), real("seasonal_speed", "1"),
        real("foot_kph", "4"), number("shift_from"), number("shift_until"), number("longest_duty_minutes"),
        number("tours_a_day"), number("crew"), number("interpreters"), number("women"), numbers("days", None),
        numbers("overnight_base_ids"), numbers("overnight_place_ids"), words("note", ""),
        number("set_by_id", nullable=True), moment("set_at", default=True),
        check(name, "going", "going IN ('vehicle', 'foot', 'mixed')"),
        check(name, "speeds", "open_speed BETWEEN 0.1 AND 2 AND seasonal_speed BETWEEN 0.1 AND 2"),
        check(name, "foot_kph", "foot_kph BETWEEN 1 AND 8"),
        check(name, "longest_duty_minutes", "longest_duty_minutes BETWEEN 30 AND 10080"),
        check(name, "tours_a_day", "tours_a_day BETWEEN 0 AND 10"),
        check(name, "crew", "crew BETWEEN 1 AND 1000"),
        check(name, "days", f"days <@ {DAYS}"),
        *refers(name, unit_id="units", sector_id="sectors", set_by_id="people"),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit_means")),
    )  # fmt: skip
    op.create_index(op.f("ix_unit_means_sector_id"), name, ["sector_id"])


def escorts() -> None:
    name = "escorts"
    kinds = "'humanitarian', 'market', 'firewood', 'field', 'supply', 'displaced', 'other'"
    op.create_table(
        name,
        key(), number("sector_id", nullable=True), words("kind"), number("from_place_id"), number("to_place_id"),
        sa.Column("on_day", sa.Date(), nullable=False), number("earliest"), number("latest"),
        number("ready_minutes", default="0"), words("note", ""), number("set_by_id", nullable=True),
        moment("set_at", default=True), moment("ended_at", nullable=True),
        number("ended_by_id", nullable=True), words("outcome", nullable=True),
        check(name, "kind", f"kind IN ({kinds})"),
        check(name, "places", "from_place_id <> to_place_id"),
        check(name, "times", "earliest <= latest"),
        check(name, "ready_minutes", "ready_minutes BETWEEN 0 AND 1440"),
        check(name, "ended", "(ended_at IS NULL) = (outcome IS NULL)"),
        check(name, "outcome", "outcome IN ('done', 'called_off')"),
        *refers(
            name, sector_id="sectors", from_place_id="places", to_place_id="places", set_by_id="people",
            ended_by_id="people",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escorts")),
    )  # fmt: skip
    op.create_index(op.f("ix_escorts_sector_id"), name, ["sector_id"])


def road_conditions() -> None:
    name = "road_conditions"
    causes = "'threat', 'rain', 'mines', 'bridge', 'checkpoint', 'works', 'other'"
    op.create_table(
        name,
        key(), number("link_id"), number("sector_id", nullable=True), words("condition"), words("cause"),
        real("factor", nullable=True), moment("from_at"), moment("until_at", nullable=True), words("reason"),
        number("set_by_id", nullable=True), moment("set_at", default=True), moment("opened_at", nullable=True),
        number("opened_by_id", nullable=True), words("opened_why", nullable=True),
        check(name, "condition", "condition IN ('closed', 'slowed')"),
        check(name, "cause", f"cause IN ({causes})"),
        check(
            name, "factor",
            "CASE condition WHEN 'closed' THEN factor IS NULL ELSE factor BETWEEN 1 AND 10 AND factor IS NOT NULL END",
        ),
        check(name, "period", "until_at > from_at"),
        check(name, "opened", "(opened_at IS NULL) = (opened_why IS NULL)"),
        *refers(
            name, link_id="road_links", sector_id="sectors", set_by_id="people", opened_by_id="people"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road_conditions")),
    )  # fmt: skip
    op.create_index(op.f("ix_road_conditions_sector_id"), name, ["sector_id"])
    op.create_index(
        "ix_road_conditions_standing", name, ["link_id"], postgresql_where=sa.text("opened_at IS NULL")
    )


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0028_{part}.sql").read_text())
