"""Imports run down the floors only, and heavy packages stay where they belong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("tasks", "neural", "graphs", "training", "app")
ALGEBRA = {"sympy"}
MODULES = sorted(
    path.relative_to(ROOT) for floor in FLOORS for path in (ROOT / floor).rglob("*.py")
)


def imported(path: Path) -> Iterator[str]:
    """Yield the full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import; write the full name"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_are_modules_on_every_floor() -> None:
    assert {path.parts[0] for path in MODULES} == set(FLOORS)


@pytest.mark.parametrize("floor", FLOORS)
def test_no_floor_imports_one_above_it(floor: str) -> None:
    above = set(FLOORS[FLOORS.index(floor) + 1 :]) | {"tests", "bench", "tools", "docs"}
    wrong = [
        f"{path} imports {name}"
        for path in MODULES
        if path.parts[0] == floor
        for name in imported(path)
        if name.split(".")[0] in above
    ]
    assert not wrong


def test_langgraph_is_imported_in_graphs_only() -> None:
    wrong = [
        f"{path} imports {name}"
        for path in MODULES
        if path.parts[0] != "graphs"
        for name in imported(path)
        if name.split(".")[0] == "langgraph"
        and not (path == Path("app/assemble.py") and name.startswith("langgraph.checkpoint."))
    ]
    assert not wrong


def test_tasks_import_no_torch() -> None:
    wrong = [
        f"{path} imports {name}"
        for path in MODULES
        if path.parts[0] == "tasks"
        for name in imported(path)
        if name.split(".")[0]
        in {"torch", "safetensors", "sqlalchemy", "langsmith", "langchain_core"}
    ]
    assert not wrong


def test_algebra_packages_are_imported_by_graders_judges_and_label_makers_only() -> None:
    wrong = [
        f"{path} imports {name}"
        for path in MODULES
        if not path.name.endswith(("_grader.py", "_labels.py", "_judging.py"))
        for name in imported(path)
        if name.split(".")[0] in ALGEBRA
    ]
    assert not wrong


def test_graders_share_no_code_with_environments() -> None:
    # A grader may read the protocol, and modules that else only those read that find an answer in
    # prose; sharing rules or parsers it would pass their own faults.
    modules = {".".join(path.with_suffix("").parts): path for path in MODULES}
    importers: dict[str, set[str]] = {}
    for name, path in modules.items():
        for target in set(imported(path)) & set(modules):
            importers.setdefault(target, set()).add(name)
    graders = {name for name in modules if name.startswith("tasks.") and name.endswith("_grader")}
    readers = {
        name for name in modules if name.endswith("_answers") or name.startswith("training.")
    }
    below = {
        name: users
        for name, users in importers.items()
        if name.startswith("tasks.") and not name.endswith("_answers")
    }
    own = set(graders)
    while more := {
        name
        for name, users in below.items()
        if name not in own and users & own and users <= own | readers
    }:
        own |= more
    wrong = [
        f"{user} imports {target}, which others import too"
        for target, users in importers.items()
        for user in users & own
        if target not in own and target != "tasks.protocol"
    ]
    assert not wrong
