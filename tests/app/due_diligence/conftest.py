from __future__ import annotations

from tests.app.patrols.conftest import patrol, units

__all__ = ["patrol", "units"]
