"""Whether the bell of the job queue can be rung. The site works on without it; health says so."""

from __future__ import annotations

from redis import Redis
from redis.exceptions import RedisError

PATIENCE = 0.5


def answers(url: str) -> bool:
    """Ping the Redis at `url`; False after half a second of silence."""
    try:
        with Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) as client:
            return bool(client.ping())
    except (RedisError, OSError, ValueError):
        return False
