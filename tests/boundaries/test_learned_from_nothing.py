"""Nothing that plays or thinks can look at a solution: solvers, label makers and graders stay out.

A catalogue holds kinds, and kinds hold graders, so a path to one exists through `kind.grade`; who
may call that is checked here as well.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.boundaries.test_import_order import MODULES, ROOT, imported

KNOWING = ("_grader", "_labels", "_solver")
LEARNERS = ("training/selfplay", "graphs/mcts")


def knows_solutions(name: str) -> bool:
    return any(part.endswith(KNOWING) for part in name.split("."))


def calls_of(path: Path, method: str) -> list[int]:
    """Return the lines of a file that call a method of that name, or hand it on uncalled."""
    tree = ast.parse((ROOT / path).read_text())
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == method
    ]


@pytest.mark.parametrize("folder", LEARNERS)
def test_self_play_and_search_import_no_solver_label_maker_or_grader(folder: str) -> None:
    modules = [path for path in MODULES if path.as_posix().startswith(f"{folder}/")]
    assert len(modules) > 5
    wrong = [
        f"{path} imports {name}"
        for path in modules
        for name in imported(path)
        if knows_solutions(name)
    ]
    assert not wrong


def test_graders_are_imported_by_kinds_alone() -> None:
    wrong = [
        f"{path} imports {name}"
        for path in MODULES
        if path.parts[0] != "tasks"
        for name in imported(path)
        if knows_solutions(name)
    ]
    assert not wrong
    importers = {
        path.as_posix()
        for path in MODULES
        if "tasks.search.connect_four_grader" in set(imported(path))
    }
    assert importers == {"tasks/search/connect_four.py"}


def test_of_the_graphs_only_the_verify_node_asks_a_grader() -> None:
    asking = {
        path.as_posix() for path in MODULES if path.parts[0] == "graphs" and calls_of(path, "grade")
    }
    assert asking == {"graphs/verify.py"}


def test_self_play_asks_a_grader_where_runs_end_and_nowhere_else() -> None:
    modules = [path for path in MODULES if path.as_posix().startswith("training/selfplay/")]
    asking = {path.name: len(calls_of(path, "grade")) for path in modules}
    assert {name: n for name, n in asking.items() if n} == {
        "episode_generator.py": 1,
        "played.py": 1,
    }


def test_a_grader_in_a_learner_would_be_found() -> None:
    assert knows_solutions("tasks.search.connect_four_grader.judged_moves")
    assert knows_solutions("tasks.search.maze_labels")
    assert not knows_solutions("tasks.search.connect_four_rules")
    assert calls_of(Path("graphs/verify.py"), "grade")
