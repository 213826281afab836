"""A refusal by a code, which somebody else puts into words: `geo` and workers speak no language."""

from __future__ import annotations


class Refused(ValueError):
    """`code`: what is wrong; `facts`: what the words need to know. Neither repeats what a person wrote."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
