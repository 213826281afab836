"""The style sheet that is left of Bootstrap: what a page may use stays, what none names goes."""

from __future__ import annotations

import re
import sys

from tests.servers import ROOT

sys.path.insert(0, str(ROOT / "bin/lib"))
from assets import reduced, words_of

SHEET = (
    '@charset "UTF-8";:root{--a:1}body{margin:0}.btn,.gone{color:red}.gone:hover{x:y}'
    "@media (min-width:576px){.gone-sm{a:b}.col{c:d}}@media print{.gone{a:b}}"
    "@keyframes spin{to{transform:none}}.btn:not(.gone,.btn-x){e:f}[dir] .form-check .btn{g:h}"
)


def test_a_rule_stays_when_one_of_its_selectors_can_be_met() -> None:
    left = reduced(SHEET, {"btn", "col", "form-check"})
    assert left == (
        '@charset "UTF-8";:root{--a:1}body{margin:0}.btn{color:red}'
        "@media (min-width:576px){.col{c:d}}@keyframes spin{to{transform:none}}.btn:not(.gone,.btn-x){e:f}"
        "[dir] .form-check .btn{g:h}"
    )


def test_every_class_that_a_template_names_is_still_there() -> None:
    """As far as the whole sheet had it: the sheet in use and the words are compared, class by class."""
    words = words_of(ROOT / "app")
    named = {
        name
        for path in (ROOT / "app/templates").rglob("*.html")
        for classes in re.findall(r'class="([^"{}]*)"', path.read_text())
        for name in classes.split()
    }
    assert named and named <= words
