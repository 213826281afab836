"""What the content security policy would block without a word is found here: in the templates as they are written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app

HERE = Path(app.__file__).parent
TEMPLATES = sorted((HERE / "templates").rglob("*.html"))
# Not a page of the site: a file that is handed out and must carry its style with it.
HANDED_OUT = {"templates/documents/standalone.html"}
NAMES = [path.relative_to(HERE).as_posix() for path in TEMPLATES]
TAG = re.compile(r"<(\w+)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>")


def tags(path: Path) -> list[tuple[str, str]]:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    return TAG.findall(
        re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "VALUE", text, flags=re.S), flags=re.S)
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_no_template_has_inline_styles_or_handlers(path: Path) -> None:
    for tag, attributes in tags(path):
        names = re.findall(r"(?:^|\s)([\w:-]+)(?==)", re.sub(r"\"[^\"]*\"|'[^']*'", '""', attributes))
        assert not [n for n in names if n == "style" or re.match(r"on[a-z]+$|hx-on|hx-vars", n)], (
            tag,
            attributes,
        )


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_each_script_and_style_of_a_template_has_the_nonce(path: Path) -> None:
    if path.relative_to(HERE).as_posix() in HANDED_OUT:
        pytest.skip("a file that is handed out")
    raw = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    for opened in re.findall(r"<(?:script|style)\b(?:\"[^\"]*\"|[^>\"])*>", raw):
        assert "csp_nonce()" in opened, opened


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_no_template_names_another_host(path: Path) -> None:
    assert not re.findall(r"(?:src|href|action)=[\"'](?:https?:)?//", path.read_text())


def test_the_sprite_s_list_holds_the_icons_that_templates_use_and_no_others() -> None:
    listed = {
        line.split("#")[0].strip()
        for line in (HERE / "static" / "icons.txt").read_text().splitlines()
        if line.split("#")[0].strip()
    }
    used = {n for path in TEMPLATES for n in re.findall(r"\bicon\(\"([\w-]+)\"", path.read_text())}
    assert used and used == listed


def test_each_script_and_sheet_that_a_template_names_exists() -> None:
    named = {n for path in TEMPLATES for n in re.findall(r"asset\('((?:js|css)/[\w.-]+)'", path.read_text())}
    assert named and all((HERE / "static" / name).is_file() for name in named)


def test_each_module_that_a_script_imports_exists() -> None:
    scripts = HERE / "static" / "js"
    for script in scripts.glob("*.js"):
        for name in re.findall(r"^import .*?\"\./([\w.]+)\";", script.read_text(), re.M):
            assert (scripts / name).is_file(), (script.name, name)
