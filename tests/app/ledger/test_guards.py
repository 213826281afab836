"""How the guards of the log read what the migrations made."""

from __future__ import annotations

import pytest

from app.ledger import guards

PATH = frozenset({"search_path=public, vigil, pg_temp"})


@pytest.mark.parametrize(
    "clauses",
    [
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp ",
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp ROWS 9 ",
        "ROWS 9 SET search_path = public, vigil, pg_temp LANGUAGE sql SECURITY DEFINER STABLE ",
    ],
)
def test_a_setting_ends_where_the_next_clause_begins(clauses: str) -> None:
    made = guards.routine(f"x bigint) RETURNS SETOF bigint {clauses}", "SELECT 1", "vigil_owner")
    assert made.settings == PATH
    assert (made.language, made.definer, made.volatility) == ("sql", True, "s")


def test_two_settings_are_two() -> None:
    head = "x bigint) LANGUAGE plpgsql SET search_path = public, vigil, pg_temp SET plan_cache_mode = force_generic_plan "
    assert guards.routine(head, "", "vigil_owner").settings == PATH | {"plan_cache_mode=force_generic_plan"}
