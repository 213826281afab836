"""What can't be read is refused with a code, which the caller puts into words: `geo` speaks no language."""

from __future__ import annotations


class Refused(ValueError):
    """`code`: what is wrong; `facts`: what the words need to know. Neither ever repeats what was written."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
