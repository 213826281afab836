"""Every feature's models, for those who need the whole metadata: migrations/env.py, and the test that compares the
migrations with the models. The application itself gets each feature's models with its routes."""

from app.alerts import models as alerts
from app.call_backs import models as call_backs
from app.defenders import models as defenders
from app.documents import models as documents
from app.exchange import models as exchange
from app.field_reports import models as field_reports
from app.handovers import models as handovers
from app.havens import models as havens
from app.imports import models as imports
from app.incidents import models as incidents
from app.ladders import models as ladders
from app.ledger import models as ledger
from app.maps import models as maps
from app.messages import models as messages
from app.mission import models as mission
from app.outbox import OutboxRow
from app.patrols import models as patrols
from app.people import models as people
from app.positions import models as positions
from app.rules import models as rules
from app.sources import models as sources
from app.surfaces import models as surfaces
from app.threats import models as threats
from app.tiles import models as tiles
from app.watches import models as watches

__all__ = [
    "OutboxRow",
    "alerts",
    "call_backs",
    "defenders",
    "documents",
    "exchange",
    "field_reports",
    "handovers",
    "havens",
    "imports",
    "incidents",
    "ladders",
    "ledger",
    "maps",
    "messages",
    "mission",
    "patrols",
    "people",
    "positions",
    "rules",
    "sources",
    "surfaces",
    "threats",
    "tiles",
    "watches",
]  # fmt: skip
