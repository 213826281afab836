"""Guessing gets slower, for a name and for an address, and tells nothing."""

from __future__ import annotations

import threading

import psycopg
import pytest

from app.people.throttle import FREE_BY_ADDRESS, FREE_BY_NAME, LONGEST_WAIT, wait_after
from tests.app.people.conftest import PASSWORD, Somebody, actions_recorded


def test_the_wait_grows_and_has_an_end() -> None:
    waits = [wait_after(n, FREE_BY_NAME) for n in range(30)]
    assert waits[:FREE_BY_NAME] == [0] * FREE_BY_NAME
    assert waits[FREE_BY_NAME : FREE_BY_NAME + 3] == [15, 30, 60]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


@pytest.mark.parametrize("exists", [True, False])
def test_after_five_failures_even_the_right_password_waits(somebody: Somebody, exists: bool) -> None:
    account = somebody()
    name = account.username if exists else "nobody-at-all"
    for _n in range(FREE_BY_NAME):
        assert account.signs_in(username=name, password="wrong").status_code == 401
    answer = account.signs_in(username=name)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "15"
    assert "Wait 15 seconds, then try again." in answer.get_data(as_text=True)


def test_when_the_wait_is_over_the_right_password_opens(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody()
    for _n in range(FREE_BY_NAME):
        account.signs_in(password="wrong")
    assert account.signs_in().status_code == 429
    owner.execute("UPDATE sign_in_failures SET at = at - interval '16 seconds'")
    assert account.signs_in().status_code == 302


def test_failures_are_forgotten_after_a_quarter_of_an_hour(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody()
    for _n in range(FREE_BY_NAME + 1):
        account.signs_in(password="wrong")
    owner.execute("UPDATE sign_in_failures SET at = at - interval '15 minutes 1 second'")
    assert account.signs_in(password="wrong").status_code == 401


def test_a_try_that_had_to_wait_does_not_lengthen_the_wait(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody()
    for _n in range(FREE_BY_NAME + 3):
        account.signs_in(password="wrong")
    assert actions_recorded(owner) == ["people.sign_in_refused"] * FREE_BY_NAME


def test_an_address_that_tries_many_names_waits_and_others_do_not(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody()
    account.signs_in(username="first-of-many", password="wrong", address="192.0.2.7")
    owner.execute(
        "INSERT INTO sign_in_failures (key_hash) SELECT key_hash FROM sign_in_failures, generate_series(2, %s)",
        [FREE_BY_ADDRESS],
    )
    assert account.signs_in(address="192.0.2.7").status_code == 429
    assert account.signs_in(address="192.0.2.8").status_code == 302


def test_guesses_side_by_side_are_counted_one_by_one(somebody: Somebody, owner: psycopg.Connection) -> None:
    accounts = [somebody() for _n in range(8)]
    answers: list[int] = []

    def guess(n: int) -> None:
        answers.append(accounts[n].signs_in(password="wrong").status_code)

    threads = [threading.Thread(target=guess, args=[n]) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert answers.count(401) <= FREE_BY_NAME
    assert set(answers) <= {401, 429}
    assert actions_recorded(owner).count("people.sign_in_refused") == answers.count(401)


def test_the_password_is_checked_even_where_there_is_no_account(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.people import passwords

    checked: list[str] = []
    real = passwords.matches

    def watched(password_hash: str, typed: str) -> bool:
        checked.append(password_hash)
        return real(password_hash, typed)

    monkeypatch.setattr(passwords, "matches", watched)
    account = somebody()
    account.signs_in(username="nobody-at-all", password=PASSWORD)
    account.signs_in(password="wrong")
    assert len(checked) == 2
    # The same memory, passes and lanes: so the same time, whatever the machine.
    assert checked[0].split("$")[:4] == checked[1].split("$")[:4]
