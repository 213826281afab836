"""Mixes are searched for as whoever asked; days that are due are drawn as whoever accepted their mix; seeds of days that
are over are opened."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from app.db import db
from app.draws import actions, queries
from app.draws.ground import MixGround, ground_of
from app.draws.showing import share_of
from app.draws.terms import replayed, terms_of
from app.errors import NotAllowed, NotFound, Refusal
from app.plans.frozen import freeze
from geo.patrols.game import Mix, best_fixed, minimax
from geo.patrols.game_variety import varied
from geo.patrols.patient import patient_clock
from workers.looking import is_gone
from workers.runtime import acting_for
from workers.solves import PATIENCE, Watched

log = logging.getLogger("vigil.draws")
TRIES = 2  # of the search for the best fixed plan, for each value that it may leave
BOUND_ROUNDS = 40  # of the proof that no mix can leave much less


def search(mix_id: int, watched: Watched) -> None:
    with acting_for(watched.asked_by_id):
        asked = queries.one(mix_id)
        if asked.state != "solving":
            return
        seconds = asked.seconds
        found = ground_of(asked.sector_id, asked.first_day, asked.days, asked.unit_ids)
        frozen = freeze(found.ground)
    _plan, fixed = best_fixed(found.game, seed=mix_id, tries=TRIES, stop=watched.stop)
    watched.told(0.0)

    def told(share: float, value: float) -> bool:
        watched.told(share, 100 * min(share_of(value, fixed), 1.0))
        return not watched.stop()

    mix = minimax(
        found.game,
        seconds=seconds,
        seed=mix_id,
        bound_rounds=BOUND_ROUNDS,
        told=told,
        clock=patient_clock(PATIENCE),
    )
    mix = varied(found.game, mix, seed=mix_id)
    problem = found.ground.problem
    terms = terms_of(problem, mix)
    if not replayed(problem, terms):
        raise Refusal("The checker refuses a plan of the mix.", code="refused")
    result = result_of(found, mix, terms, fixed)
    watched.told(1.0, 100 * share_of(result["value"], fixed))
    with acting_for(watched.asked_by_id):
        actions.keep_result(mix_id, frozen, terms, result)
        db.session.commit()


def result_of(found: MixGround, mix: Mix, terms: dict[str, Any], fixed: float) -> dict[str, Any]:
    """Figures of what is drawn from, in whole weights as they are sealed. `fixed`: what the best fixed plan leaves."""
    game = found.game
    sealed = Mix(
        tuple(tuple(tuple(route) for route in plan) for plan in terms["plans"]),
        tuple(weight / sum(terms["weights"]) for weight in terms["weights"]),
        0.0,
    )
    chances = sealed.coverage(game)
    return {
        "value": game.value(chances),
        "fixed": fixed,
        "floor": max(mix.floor, 0.0),
        "entropy": sealed.entropy,
        "values": game.values.tolist(),
        "chances": [min(float(each), 1.0) for each in chances],
        "apart": [
            {"name": each.site.name, "site": each.site.id, "priority": each.site.priority, "why": why}
            for each, why in found.apart
        ],
        "resting": list(found.resting),
        "found_at": datetime.now(UTC).isoformat(),
    }


def keep_up() -> None:
    """Draw what is due and open what is over. With Redis dead for a time it is made up for: what is due stays due until
    its day is over. A day whose draw fails (the account is shut, the mix is broken) is left, its page says so, and the
    next is done."""
    waiting = db.session.execute(text("SELECT * FROM vigil.draws_waiting()")).all()
    db.session.rollback()
    for each in waiting:
        try:
            if each.opens:
                actions.opened(each.draw_id)
                db.session.commit()
            else:
                with acting_for(each.accepted_by_id):
                    actions.draw(each.draw_id)
                    db.session.commit()
        except Exception as error:
            # Whatever it is: one day must not keep the others from being drawn and opened.
            db.session.rollback()
            if is_gone(error):
                raise
            if not each.opens:
                actions.note_undrawn(each.draw_id, "no_account" if is_shut_out(error) else "unexpected")
                db.session.commit()
            log.error("not done", extra={"draw": each.draw_id, "error": type(error).__name__})


def is_shut_out(error: Exception) -> bool:
    """The account is shut (workers/acting.py), or sees or plans its sector no longer."""
    return isinstance(error, (NotAllowed, NotFound)) or type(error) is LookupError
