"""A page's form that does one thing: done and committed, or shown again with why it was not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask_wtf import FlaskForm

from app.db import db
from app.errors import NotFound, Refusal

Form = TypeVar("Form", bound=FlaskForm)


def tell(form: FlaskForm, refusal: Refusal) -> None:
    """The refusal's sentences, as the summary above the form shows them."""
    form.form_errors.extend(refusal.fields.values() or [refusal.sentence])


def done(form: Form, act: Callable[[], object], told: Callable[[Form, Refusal], None] = tell) -> bool:
    """Do it and commit; False with the refusal on the form, where what was typed still stands. Raises NotFound: what may
    not be seen has no form either."""
    if not form.validate_on_submit():
        return False
    try:
        act()
        db.session.commit()
    except NotFound:
        raise
    except Refusal as refusal:
        db.session.rollback()
        told(form, refusal)
        return False
    return True
