"""Functions as an earlier migration's SQL has them, for a downgrade: their text stands in one file alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

SQL = Path(__file__).parent / "sql"


def as_they_were(files: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """For each function named of each file the statement that puts it back in the place of what it has become."""
    for file, names in files.items():
        script = (SQL / file).read_text()
        for name in names:
            made = re.search(
                rf"^CREATE (?:OR REPLACE )?(FUNCTION vigil\.{name}\(.*?\$\$;)$",
                script,
                re.DOTALL | re.MULTILINE,
            )
            assert made, (file, name)
            yield f"CREATE OR REPLACE {made[1]}"
