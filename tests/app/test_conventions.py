"""What docs/architecture.md says of features: who commits, what one feature may take of another, where routes stand."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.servers import ROOT

APP = ROOT / "app"
# What a page does with a form it does by done.py. A session's row and a refusal stand although what was asked for
# fails; the exercise's room acts as many people in turn.
COMMIT_TOO = {"sessions.py", "done.py", "defenders/refusals.py", "exercise/acting.py", "exercise/stage.py"}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(APP.rglob("*.py")):
        yield path.relative_to(APP), ast.parse(path.read_text())


def is_door(name: str) -> bool:
    return name == "routes" or name.endswith("_routes")


def test_only_routes_commit() -> None:
    commit = {
        str(path)
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "commit"
        and ast.unparse(node.value) == "db.session"
    }
    assert {path for path in commit if not is_door(Path(path).stem)} - COMMIT_TOO == set()


def test_routes_stand_in_files_that_are_called_so() -> None:
    """Else neither of the rules beside this one would see them."""
    answering = {
        path
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if ast.unparse(decorator).startswith(("needs(", "open_to_all"))
    }
    assert len(answering) > 40
    assert {str(path) for path in answering if not is_door(path.stem)} == set()


def test_the_contracts_of_imports_name_every_feature_and_all_of_the_shared_ground() -> None:
    features = {f"app.{path.parent.name}" for path in APP.glob("*/__init__.py")}
    wiring = {"factory", "context", "navigation", "operator", "every_model"}
    shared = {f"app.{path.stem}" for path in APP.glob("*.py")} - {
        f"app.{name}" for name in (*wiring, "__init__")
    }
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts = {contract["name"]: contract for contract in settings["contracts"]}
    maps = contracts["folium stands in maps alone"]
    assert set(maps["source_modules"]) == {*features, "workers"} - {"app.maps"}
    ground = contracts["shared ground imports no feature"]
    assert (set(ground["source_modules"]), set(ground["forbidden_modules"])) == (
        shared,
        {*features, "workers"},
    )


def test_no_feature_takes_anything_of_another_one_s_routes() -> None:
    taken = set()
    for path, tree in modules():
        if len(path.parts) == 1:
            continue  # the wiring puts all routes together
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("app."):
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                taken |= {
                    (str(path), name)
                    for name in names
                    if is_door(name.rpartition(".")[2]) and name.split(".")[1] != path.parts[0]
                }
    assert taken == set()
