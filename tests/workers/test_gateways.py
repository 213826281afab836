"""Gateways: gammu-smsd's folders and a mail server, as their manuals want them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Mailbox

from app.settings import Smtp
from tests.journeys.house import free_port
from tests.workers.told import spool
from workers.gateways import GammuFolders, Known, MailServer, NotNow, Outgoing, Refused

DUTY = "+24399000001"


def outgoing(address: str = DUTY, number: int = 7) -> Outgoing:
    return Outgoing(
        number, datetime(2026, 11, 21, 14, 5, 3, tzinfo=UTC), address, "Alert 1: check the console.", True
    )


def test_the_gateway_s_file_has_the_name_that_its_manual_wants(tmp_path: Path) -> None:
    folders = spool(tmp_path)
    gateway = GammuFolders(folders)
    before = os.umask(0o077)  # as the processes run
    try:
        gateway.hand_over(outgoing())
    finally:
        os.umask(before)
    gateway.hand_over(outgoing())
    (file,) = (folders / "outbox").iterdir()
    assert file.stat().st_mode & 0o777 == 0o660, "the daemon's account is another one of the folder's group"
    names = [file.name]
    assert names == [f"OUTA20261121_140503_7_{DUTY}_vigil.txt"]
    assert gateway.known(outgoing()) is Known.WAITS


def test_a_reply_in_unicode_is_read(tmp_path: Path) -> None:
    folders = spool(tmp_path)
    name = f"IN20261121_140503_00_{DUTY}_00.txt"
    unfinished = folders / "inbox" / name
    unfinished.write_bytes(b"\xfe\xff" + "OK 143 ż".encode("utf-16-be"))
    assert list(GammuFolders(folders).incoming()) == [], "the daemon may still be writing it"
    os.utime(unfinished, (0, 0))
    (folders / "inbox" / "IN20261121_140503_00_..%2f_00.txt").write_text("no number of ours")
    (reply,) = GammuFolders(folders).incoming()
    assert (reply.sender, reply.words) == (DUTY, "OK 143 ż")


def test_a_gateway_without_its_folders_is_told_again_later(tmp_path: Path) -> None:
    with pytest.raises(NotNow) as told:
        GammuFolders(tmp_path / "nowhere").hand_over(outgoing())
    assert DUTY not in str(told.value)


class Kept(Mailbox):
    def __init__(self) -> None:
        super().__init__()
        self.mails: list[tuple[str, str, str]] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]
        if address.startswith("nobody"):
            return "550 no such mailbox"
        if address.startswith("busy"):
            return "450 mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message) -> None:  # type: ignore[no-untyped-def]
        self.mails.append((message["To"], message["Message-ID"], message.get_payload()))


@pytest.fixture
def mail() -> Iterator[tuple[Kept, MailServer]]:
    kept = Kept()
    port = free_port()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    yield kept, MailServer(Smtp("127.0.0.1", port, "vigil@mission.example", tls="none"))
    server.stop()


def test_an_e_mail_says_no_more_than_an_sms_and_carries_its_own_name(mail: tuple[Kept, MailServer]) -> None:
    kept, server = mail
    server.hand_over(outgoing("duty@mission.example"))
    ((to, name, words),) = kept.mails
    assert (to, name, words.strip()) == (
        "duty@mission.example", "<vigil-7@mission.example>", "Alert 1: check the console.",
    )  # fmt: skip


def test_a_mailbox_that_is_not_there_is_refused_for_good_and_a_busy_one_for_now(
    mail: tuple[Kept, MailServer],
) -> None:
    _kept, server = mail
    with pytest.raises(Refused):
        server.hand_over(outgoing("nobody@mission.example"))
    with pytest.raises(NotNow):
        server.hand_over(outgoing("busy@mission.example"))
    with pytest.raises(NotNow):
        MailServer(replace(server.settings, port=1)).hand_over(outgoing("duty@mission.example"))
