"""The queues and the connection to Redis: what relay and workers share."""

from __future__ import annotations

from redis import Redis

from app.settings import Settings

# Seconds after which a job is given up. Files of others, and the day's surface, have a queue and a process of their own:
# a long one keeps no document waiting. So have searches for plans.
QUEUES = {"slow": 900, "files": 900, "plans": 900}


def redis(settings: Settings) -> Redis:
    return Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=30)
