"""Every feature's models, for those who need the whole metadata: migrations/env.py, and the test that compares the
migrations with the models. The application itself gets each feature's models with its routes."""

from app.alerts import models as alerts
from app.call_backs import models as call_backs
from app.defenders import models as defenders
from app.deviations import models as deviations
from app.documents import models as documents
from app.draws import models as draws
from app.due_diligence import models as due_diligence
from app.evacuations import models as evacuations
from app.exchange import models as exchange
from app.field_reports import models as field_reports
from app.handovers import models as handovers
from app.havens import gate_models as haven_gates
from app.havens import models as havens
from app.havens import register_models as haven_registers
from app.imports import models as imports
from app.incidents import models as incidents
from app.ladders import models as ladders
from app.ledger import models as ledger
from app.maps import models as maps
from app.means import models as means
from app.messages import models as messages
from app.mission import models as mission
from app.outbox import OutboxRow
from app.patrol_orders import models as patrol_orders
from app.patrol_reports import models as patrol_reports
from app.patrols import models as patrols
from app.people import models as people
from app.plans import models as plans
from app.positions import models as positions
from app.roads import models as roads
from app.rules import models as rules
from app.signals import models as signals
from app.sites import models as sites
from app.siting import models as siting
from app.solves import models as solves
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
    "deviations",
    "documents",
    "draws",
    "due_diligence",
    "evacuations",
    "exchange",
    "field_reports",
    "handovers",
    "haven_gates",
    "haven_registers",
    "havens",
    "imports",
    "incidents",
    "ladders",
    "ledger",
    "maps",
    "means",
    "messages",
    "mission",
    "patrol_orders",
    "patrol_reports",
    "patrols",
    "people",
    "plans",
    "positions",
    "roads",
    "rules",
    "signals",
    "sites",
    "siting",
    "solves",
    "sources",
    "surfaces",
    "threats",
    "tiles",
    "watches",
]  # fmt: skip
