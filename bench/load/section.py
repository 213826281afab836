"""Puts one bench's section into bench/RESULTS.md, in place of the one that it wrote before."""

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
        after = text[known.end() :]
        text = text[: known.start()] + section + ("\n" + after if after else "")
    else:
        text = text.rstrip() + "\n\n" + section
    file.write_text(text)


if __name__ == "__main__":
    put(Path(sys.argv[1]).read_text(), Path(sys.argv[2]))
