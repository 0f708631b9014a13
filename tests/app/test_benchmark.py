"""`tandem bench tasks`: reading records, judging answers, rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.benchmark.judging import judge
from app.benchmark.math_judging import same_answer
from app.benchmark.records import BenchmarkDataError, draw, read_records
from app.cli import app

MAZE = {
    "task": "maze", "family": "search", "grid": ["S.#", "..#", "#.G"], "reachable": True,
    "optimal_length": 4,
}  # fmt: skip
BLOCKS = {
    "task": "planning", "family": "reasoning", "domain": "blocksworld", "solvable": True,
    "init": [["handempty"], ["ontable", "a"], ["on", "b", "a"], ["clear", "b"]],
    "goal": [["on", "a", "b"]], "optimal_length": 4,
}  # fmt: skip
KNAPSACK = {
    "task": "knapsack", "family": "search", "n": 3, "weights": [2, 3, 4], "profits": [3, 4, 6],
    "capacity": 6, "optimal_profit": 9,
}  # fmt: skip
TOUR = {
    "task": "tsp", "family": "search", "n": 4, "points": [[0, 0], [0, 9], [9, 9], [9, 0]],
    "optimal_length": 36,
}  # fmt: skip
GAME = {"task": "game24", "family": "search", "numbers": [3, 3, 8, 8], "solvable": True}
GRID = {
    "task": "weighted_grid", "family": "search", "grid": ["19", "11"], "start": [0, 0],
    "goal": [1, 1], "reachable": True, "optimal_cost": 2,
}  # fmt: skip
SUDOKU = {"task": "sudoku", "family": "reasoning", "puzzle": "1..4", "solution": "1324"}
TWICE = {"task": "sudoku_multi", "family": "reasoning", "puzzle": "....", "one_solution": "1324"}
TRUTH = {"task": "prontoqa", "family": "reasoning", "answer": False}
CLASS = {"task": "prosqa", "family": "reasoning", "answer": "Tom is a felpus."}
CHOICE = {"task": "logical_deduction", "family": "reasoning", "answer": "(B)"}
INTENT = {"task": "intent_a", "family": "text", "intent": "refund", "in_scope": True}


def sums(count: int, shift: int = 0) -> list[dict[str, Any]]:
    return [
        {"family": "math", "task": "generated_math", "module": "sums", "id": f"sum-{n}",
         "question": f"What is {n} + 5 * 3?", "answer": str(n + 15 + shift)}
        for n in range(count)
    ]  # fmt: skip


def write(folder: Path, records: list[dict[str, Any]], name: str = "a/b/c.jsonl") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(r) for r in records) + "\n", "utf-8")
    return folder


def rows(folder: Path, *options: str) -> list[dict[str, Any]]:
    out = folder / "out.json"
    asked = ["bench", "tasks", "--data", str(folder), "--json", str(out), "--jobs", "1", *options]
    result = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(out.read_text())["rows"]
    return found


def test_a_row_says_what_came_of_every_record(tmp_path: Path) -> None:
    unread = {"family": "math", "task": "gsm8k", "question": "Why is the sky blue?", "answer": "1"}
    code = {"family": "code", "task": "humaneval", "prompt": "def f():"}
    write(tmp_path, [*sums(5), unread, code])
    by_module = {row["task"]: row for row in rows(tmp_path)}
    row = by_module["generated_math"]
    assert (row["kind"], row["class"], row["n"], row["parsed"]) == (
        "math/arithmetic",
        "proved",
        5,
        5,
    )
    assert (row["solved"], row["wrong"], row["by_source"]) == (5, 0, {"guided": 5})
    assert 0 < row["median_seconds"] <= row["p95_seconds"]


def test_records_nobody_reads_need_a_model_and_programs_have_no_kind(tmp_path: Path) -> None:
    write(
        tmp_path, [{"task": "gsm8k", "question": "Why is the sky blue?", "answer": "1"}], "q.jsonl"
    )
    write(tmp_path, [{"task": "humaneval", "prompt": "def f():"}], "p.jsonl")
    found = {row["file"]: row for row in rows(tmp_path)}
    assert found["q.jsonl"]["needs_model"] == 1
    assert found["p.jsonl"]["no_kind"] == 1


def test_corrupted_answers_of_the_records_lower_the_share_to_nothing(tmp_path: Path) -> None:
    (row,) = rows(write(tmp_path, sums(6, shift=1)))
    assert (row["solved"], row["wrong"]) == (0, 6)


def test_kind_keeps_the_unread_records_of_its_modules(tmp_path: Path) -> None:
    unread = {**sums(1)[0], "question": "How many is a dozen and a half?", "answer": "18"}
    write(tmp_path, [*sums(4), unread])
    write(tmp_path, [{**MAZE}], "maze.jsonl")
    (row,) = rows(tmp_path, "--kind", "math/arith")
    assert (row["n"], row["solved"], row["needs_model"]) == (5, 4, 1)


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    left = [
        {"task": "connect4"}, {"question": "no task"}, {"task": "x", "family": "recorded"},
        {"task": "intent_a", "family": "text", "split": "train", "text": "", "intent": ""},
    ]  # fmt: skip
    _, counted = read_records(write(tmp_path, [*left, *sums(1)]))
    assert sum(counted.values()) == 4
    assert counted["no task"] == 1


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"task": "maze"}, "maze without the field 'grid'"),
        ({**MAZE, "grid": ["S.#"]}, "one S and one G"),
        ({**MAZE, "optimal_length": "4"}, "another type of 'optimal_length'"),
        ({"task": "x", "question": "What is 3 + 4?"}, "x without the field 'answer'"),
        ({"task": "knapsack", "n": 1, "profits": [1], "weights": [1, 2], "capacity": 3,
          "optimal_profit": 1}, "different lengths"),
        ({"task": "game24", "numbers": "1234", "solvable": True}, "another type of 'numbers'"),
        ({"task": "intent_a", "text": 5, "intent": "b"}, "another type of 'text'"),
    ],
)  # fmt: skip
def test_a_broken_record_is_left_out_with_its_place(
    tmp_path: Path, broken: dict[str, Any], said: str
) -> None:
    records, counted = read_records(write(tmp_path, [*sums(1), broken]))
    ((why, count),) = counted.items()
    assert (len(records), count) == (1, 1)
    assert said in why
    assert "line 2" in why


def test_a_draw_is_by_file_module_and_seed(tmp_path: Path) -> None:
    records, _ = read_records(write(tmp_path, sums(30)))
    first, again, other = (draw(records, 5, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len(first) == 5
    assert draw(records, None, 1) == records


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p / "none", "no folder"),
        (lambda p: p, "holds no"),
        (lambda p: write(p, []).joinpath("a/b/c.jsonl").write_text("{oops\n") and p, "not JSON"),
        (lambda p: write(p, []).joinpath("a/b/c.jsonl").write_bytes(b"\xff\n") and p, "not JSON"),
        (
            lambda p: write(p, []).joinpath("a/b/c.jsonl").write_text("[1]\n") and p,
            "not a JSON object",
        ),
    ],
)
def test_unusable_folders_are_refused_with_the_reason(tmp_path: Path, make: Any, said: str) -> None:
    with pytest.raises(BenchmarkDataError, match=said):
        read_records(make(tmp_path))


@pytest.mark.parametrize(
    ("data", "said", "status", "gap"),
    [
        (MAZE, "DRDR (length 4)", "solved", 0.0),
        (MAZE, "DRURDDLR", "wrong", None),  # through a wall
        (MAZE, "RLDRDR", "suboptimal", 0.5),
        (MAZE, "no path", "wrong", None),
        ({**MAZE, "reachable": False}, "no path", "solved", None),
        (BLOCKS, "(unstack b a)\n(put-down b)\n(pick-up a)\n(stack a b)", "solved", 0.0),
        (BLOCKS, "(pick-up a)\n(stack a b)", "wrong", None),
        (BLOCKS, "(unstack b a)\n(put-down b)", "wrong", None),
        ({**BLOCKS, "solvable": False}, "no plan exists", "solved", None),
        (KNAPSACK, "items 1, 3 (value 9)", "solved", 0.0),
        (KNAPSACK, "items 1, 2", "suboptimal", 2 / 9),
        (KNAPSACK, "items 2, 3", "wrong", None),
        (KNAPSACK, "items 1, 1", "wrong", None),
        (TOUR, "1 -> 2 -> 3 -> 4 -> 1, length 36", "solved", 0.0),
        (TOUR, "0, 2, 1, 3, 0", "suboptimal", pytest.approx(44 / 36 - 1)),
        (TOUR, "0, 1, 2", "wrong", None),
        (GAME, "8 / (3 - 8 / 3)", "solved", None),
        (GAME, "8 / (3 - 8 / 3) = 24", "solved", None),
        (GAME, "3 * 8", "wrong", None),
        (GAME, "__import__('os')", "wrong", None),
        ({**GAME, "solvable": False}, "impossible", "solved", None),
        (GAME, None, "abstained", None),
        (GRID, "DR (cost 2)", "solved", 0.0),
        (GRID, "RD (cost 10)", "suboptimal", 4.0),
        (SUDOKU, "13\n24", "solved", None),
        (SUDOKU, "1342", "wrong", None),
        (SUDOKU, "not unique", "wrong", None),
        (TWICE, "The solution is not unique.", "solved", None),
        (TWICE, "1324", "wrong", None),
        (TRUTH, "False", "solved", None),
        (TRUTH, "True", "wrong", None),
        (TRUTH, "unknown", "wrong", None),
        (CLASS, "felpus", "solved", None),
        (CLASS, "Tom is a gwompus", "wrong", None),
        (CHOICE, "B", "solved", None),
        (CHOICE, "(A)", "wrong", None),
        (INTENT, "refund", "solved", None),
        (INTENT, "card_lost", "wrong", None),
        (INTENT, "abstain", "abstained", None),
        (INTENT, None, "abstained", None),
        ({**INTENT, "in_scope": False, "intent": "oos"}, "abstain", "solved", None),
        ({**INTENT, "in_scope": False, "intent": "oos"}, None, "solved", None),
        ({**INTENT, "in_scope": False, "intent": "oos"}, "refund", "wrong", None),
    ],
)
def test_answers_are_judged_by_the_record(
    data: dict[str, Any], said: str | None, status: str, gap: float | None
) -> None:
    judged = judge(data["task"], data, said)
    assert (judged.status, judged.gap) == (status, gap)


@pytest.mark.parametrize(
    ("question", "truth", "said", "same"),
    [
        ("Solve it for x.", "-7/2", "x = -3.5", True),
        ("Solve it for x.", "4", "x = 5", False),
        ("Factor 2*x**2 - 2.", "2*(x - 1)*(x + 1)", "2*(x + 1)*(x - 1)", True),
        ("Factor 2*x**2 - 2.", "2*(x - 1)*(x + 1)", "2*x**2 - 2", False),
        ("Let f be the derivative of x. Factor f.", "(x - 1)*(x + 1)", "(x + 1)*(x - 1)", True),
        ("Let f be the derivative of x. Expand f.", "x**2 - 1", "(x + 1)*(x - 1)", False),
        ("Expand (x + 1)*x.", "x**2 + x", "x + x^2", True),
        ("Expand (x + 1)*x.", "x**2 + x", "(x + 1)*x", False),
        ("What is u?", "-3, 1/2", "u = 1/2, u = -3", True),
        ("What is u?", "-3, 1/2", "u = 1/2", False),
        ("Sort 2, 1 in ascending order.", "1, 2", "2, 1", False),
        ("Is 4 a prime?", "False", "no", True),
        ("Is 4 a prime?", "False", "yes", False),
        ("Which?  (a) 1  (b) 2", "b", "(b)", True),
        ("Simplify.", "48*sqrt(19) + 1226", "1226 + 48*sqrt(19)", True),
        ("Simplify.", "48*sqrt(19) + 1226", "1226 + 47*sqrt(19)", False),
        ("x", "4", "__import__('os').system('true')", False),
        ("x", "4", "9**9**9**9", False),
    ],
)
def test_mathematics_is_compared_by_value_and_form(
    question: str, truth: str, said: str, same: bool
) -> None:
    assert same_answer(question, truth, said) is same
