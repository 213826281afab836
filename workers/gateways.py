"""Ways out of the house and in: gammu-smsd's folders and an SMTP server, behind one small interface.

A gateway is given words that tell nothing, and an address that stands nowhere else: not in a log, not in an exception.
"""

from __future__ import annotations

import hashlib
import os
import re
import smtplib
import ssl
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from enum import Enum
from pathlib import Path
from typing import Protocol

from app.settings import Settings, Smtp

SMTP_SECONDS = 20
LONGEST_REPLY = 2000
SETTLED_SECONDS = 1.0


class Refused(Exception):
    """The gateway will never take this message. Carries nothing of it."""


class NotNow(Exception):
    """The gateway can't take it now: try again later. Carries nothing of it."""


class Known(Enum):
    """What a gateway knows of a message that was handed over."""

    WAITS = "waits"
    SENT = "sent"
    FAILED = "failed"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Outgoing:
    """`number` names it for good: handing it over twice must not send it twice where the gateway can tell."""

    number: int
    made_at: datetime
    address: str
    words: str
    urgent: bool


@dataclass(frozen=True)
class Incoming:
    """`key`: SHA-256 of the gateway's own name for it, which holds the sender's number."""

    key: str
    sender: str
    words: str
    received_at: datetime
    path: Path


class Gateway(Protocol):
    def hand_over(self, message: Outgoing) -> None: ...

    def known(self, message: Outgoing) -> Known: ...

    def incoming(self) -> Iterator[Incoming]: ...

    def taken(self, reply: Incoming) -> None: ...


class GammuFolders:
    """gammu-smsd with `Service = files` (its manual: gammu-smsd-files(7), gammu-smsdrc(5)).

    Out: `OUT<priority><date>_<time>_<serial>_<recipient>_<note>.txt` with priority A (first) to Z in OutboxPath; the
    daemon takes names that begin with OUT, moves the file to SentSMSPath or ErrorSMSPath under the same name, and reads
    the words in plain characters of any locale (ours are ASCII). In: `IN<date>_<time>_<serial>_<sender>_<sequence>.txt`
    in InboxPath, in UTF-8 or, as InboxFormat = unicode has it, in UCS-2 behind a byte order mark. The manual wants the
    number in the name of the file, so these folders are the daemon's and ours alone: of one group, mode 2770
    (docs/operations.md).
    """

    # The sender may be a word, with blanks in it or with nothing at all: what such a one sent is read by a human too.
    NAME_IN = re.compile(r"IN([0-9]{8})_([0-9]{6})_([0-9]+)_(.{0,60})_([0-9]+)\.txt", re.DOTALL)

    def __init__(self, spool: Path) -> None:
        self.outbox, self.inbox, self.sent, self.error = (
            spool / name for name in ("outbox", "inbox", "sent", "error")
        )

    def name(self, message: Outgoing) -> str:
        when = message.made_at.astimezone(UTC).strftime("%Y%m%d_%H%M%S")
        return f"OUT{'A' if message.urgent else 'M'}{when}_{message.number}_{message.address}_vigil.txt"

    def hand_over(self, message: Outgoing) -> None:
        if self.known(message) is not Known.NOTHING:
            return  # handed over before, by a process that died before it could say so
        name = self.name(message)
        # Hidden until it is whole: the daemon may look at any moment, and passes over names that begin with a dot.
        unfinished = self.outbox / f".{message.number}.part"
        try:
            with unfinished.open("w", encoding="ascii", errors="replace") as file:
                # The daemon runs under an account of its own, of the folder's group; ours makes files for itself alone.
                os.fchmod(file.fileno(), 0o660)
                file.write(message.words)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(self.outbox / name)
        except OSError:
            raise NotNow from None

    def known(self, message: Outgoing) -> Known:
        name = self.name(message)
        # In the order in which the daemon moves it: what is moved meanwhile is found in the next.
        for folder, means in (
            (self.outbox, Known.WAITS),
            (self.sent, Known.SENT),
            (self.error, Known.FAILED),
        ):
            if (folder / name).exists():
                return means
        return Known.NOTHING

    def incoming(self) -> Iterator[Incoming]:
        try:
            names = sorted(p.name for p in self.inbox.iterdir())
        except OSError:
            return
        for name in names:
            found = self.NAME_IN.fullmatch(name)
            if not found:
                continue
            path = self.inbox / name
            try:
                told = path.lstat()
                if not stat.S_ISREG(told.st_mode):
                    continue  # a pipe would be waited for for good
                if time.time() - told.st_mtime < SETTLED_SECONDS:
                    continue  # the daemon may still be writing it
                with path.open("rb") as file:
                    words = decoded(file.read(4 * LONGEST_REPLY))
                # In the time of the machine that the daemon runs on, which is this one.
                when = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S").astimezone(UTC)
            except (OSError, ValueError, OverflowError):
                continue
            sender = found[4].encode("ascii", "replace").decode()
            yield Incoming(hashlib.sha256(os.fsencode(name)).hexdigest(), sender, words, when, path)

    def taken(self, reply: Incoming) -> None:
        """It stands in the database: what it said must not lie about in a folder."""
        reply.path.unlink(missing_ok=True)


def decoded(raw: bytes) -> str:
    if raw.startswith((b"\xfe\xff", b"\xff\xfe")):
        text = raw.decode("utf-16", errors="replace")
    else:
        text = raw.decode("utf-8", errors="replace")
    return text.replace("\x00", "")[:LONGEST_REPLY]


class MailServer:
    """An SMTP server. Its answer is all that is known: accepted counts as sent."""

    def __init__(self, settings: Smtp) -> None:
        self.settings = settings

    def hand_over(self, message: Outgoing) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"] = self.settings.sender, message.address
        mail["Subject"] = message.words.split(".")[0][:60]
        # The same for each try: should the answer be lost on the way, the mailbox can tell that it is the same one.
        mail["Message-ID"] = (
            f"<vigil-{message.number}@{self.settings.sender.rpartition('@')[2] or 'localhost'}>"
        )
        mail.set_content(message.words)
        try:
            with self.connected() as server:
                server.send_message(mail)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as refusal:
            raise (Refused if for_good(refusal) else NotNow) from None
        except (OSError, smtplib.SMTPException):
            raise NotNow from None

    def connected(self) -> smtplib.SMTP:
        s = self.settings
        if s.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                s.host, s.port, timeout=SMTP_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(s.host, s.port, timeout=SMTP_SECONDS)
            if s.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
        if s.user and s.password_file:
            server.login(s.user, s.password_file.read_text().strip())
        return server

    def known(self, message: Outgoing) -> Known:
        return Known.SENT

    def incoming(self) -> Iterator[Incoming]:
        return iter(())

    def taken(self, reply: Incoming) -> None:
        return None


def for_good(refusal: smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused) -> bool:
    """5xx is for good, 4xx for now (RFC 5321, 4.2.1)."""
    if isinstance(refusal, smtplib.SMTPSenderRefused):
        return refusal.smtp_code >= 500
    return all(code >= 500 for code, _words in refusal.recipients.values())


def gateways(settings: Settings) -> dict[str, Gateway]:
    """Route → its gateway, of those that are set up."""
    found: dict[str, Gateway] = {}
    if settings.sms_spool is not None:
        found["sms"] = GammuFolders(settings.sms_spool)
    if settings.smtp is not None:
        found["email"] = MailServer(settings.smtp)
    return found
