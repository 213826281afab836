"""Words for the codes of what is tracked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.positions.models import Kind

KINDS = {Kind.PATROL: _l("Patrol"), Kind.VEHICLE: _l("Vehicle"), Kind.AIRCRAFT: _l("Aircraft")}
