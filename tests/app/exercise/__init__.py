"""The exercise that the tests look at: one seed, one moment."""

from datetime import UTC, datetime

SEED = 20261121
NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
