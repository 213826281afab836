"""The exercise's accounts: one a role, and a second administrator, since giving rights takes two."""

from __future__ import annotations

from collections import Counter

from app.exercise.accounts import usernames
from app.permissions import MAP, Permission, Role


def test_each_role_has_an_account_under_its_own_name() -> None:
    names = usernames()
    assert {names[role.value] for role in Role} == set(Role)


def test_two_manage_people_and_everybody_else_is_there_once() -> None:
    count = Counter(usernames().values())
    for role, number in count.items():
        assert number == (2 if role in MAP[Permission.MANAGE_PEOPLE].anywhere else 1)
