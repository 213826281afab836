"""A body of 100 MB that is made as it is read."""

from __future__ import annotations

import io
from typing import Any

A_HUNDRED_MEGABYTES = 100 * 1024 * 1024


class Endless(io.RawIOBase):
    """`given` says how much of it was asked for."""

    given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        some = min(len(buffer), A_HUNDRED_MEGABYTES - self.given)
        buffer[:some] = b" " * some
        self.given += some
        return some

    def sent(self, told: bool) -> dict[str, Any]:
        """What the server passes on: with the length told beforehand, or streamed in chunks."""
        length = (
            {"CONTENT_LENGTH": str(A_HUNDRED_MEGABYTES)}
            if told
            else {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
        )
        return {"wsgi.input": self, "wsgi.input_terminated": True, **length}
