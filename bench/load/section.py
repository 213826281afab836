"""Puts one bench's section into bench/RESULTS.md, in place of the one that it wrote before. What a person added to it
under `### Notes` stays."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def put(section: str, file: Path) -> None:
    """`section` begins with its heading `## …`; the others stay as they are."""
    text = file.read_text() if file.exists() else "# What the benches measured\n"
    heading = section.partition("\n")[0]
    known = re.search(rf"^{re.escape(heading)}\n.*?(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    if known:
        notes = re.search(r"^### Notes\n.*", known[0], re.DOTALL | re.MULTILINE)
        before, after = text[: known.start()], text[known.end() :]
        parts = [section, *([notes[0].rstrip() + "\n"] if notes else []), *([after] if after else [])]
        text = before + "\n".join(part.rstrip("\n") + "\n" for part in parts)
    else:
        text = text.rstrip() + "\n\n" + section
    file.write_text(text)


if __name__ == "__main__":
    put(Path(sys.argv[1]).read_text(), Path(sys.argv[2]))
