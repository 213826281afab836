"""The two queues and the connection to Redis: what relay and workers share."""

from __future__ import annotations

from redis import Redis

from app.settings import Settings

QUEUES = {"urgent": 60, "slow": 900}  # seconds after which a job is given up


def redis(settings: Settings) -> Redis:
    return Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=30)
