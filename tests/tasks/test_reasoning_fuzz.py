"""Whatever is typed or sent as JSON, sudokus, colourings and plans answer or refuse, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.protocol import Answer, InvalidTaskError, Task
from tasks.reasoning.constraints import ConstraintsKind
from tasks.reasoning.planning import PlanningKind

CONSTRAINTS, PLANNING = ConstraintsKind(), PlanningKind()
KINDS = (CONSTRAINTS, PLANNING)
GRID = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
PIECES = (
    *("sudoku ", "solve ", "53..7....", "6..195...", "\n", "|", "---", "0", "9" * 30, "x", "4x4 "),
    *(
        "color the graph ",
        "a-b",
        ", ",
        "(1,2)",
        "with 3 colours",
        "edges: ",
        "a: b, c",
        "red, green",
    ),
    *("a is on b", "on the table", "goal: ", "(on a b)", "(:init ", "(:goal (and ", ")", "[a b c]"),
    *('[["on","a","b"]]', "stack ", "the hand is empty", "{", "}", "\u2212", "\u00e9", "\x00", "."),
    *("10^100000", "9**9**9", "(" * 50, "[" * 50, "is it a block on a block ", "from ", " to "),
)
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map(lambda pieces: " ".join(pieces) * 40),
)
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from(["a", "b", "on", "ontable", "clear", "1", "red", GRID]),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


def quietly(act: Callable[[], Any]) -> Any:
    """Return what is returned, None for a refusal; at most two seconds."""
    started = time.process_time()
    try:
        return act()
    except InvalidTaskError:
        return None
    finally:
        assert time.process_time() - started < 2


def task_of(kind: Any, text: str) -> Task:
    task = kind.parse(text)
    assert task is not None
    return task


TASKS = [
    (CONSTRAINTS, task_of(CONSTRAINTS, f"sudoku {GRID}")),
    (CONSTRAINTS, task_of(CONSTRAINTS, "sudoku 4x4 1...............")),
    (CONSTRAINTS, task_of(CONSTRAINTS, "colour the graph a-b, b-c, c-a with 3 colours")),
    (PLANNING, task_of(PLANNING, "a on b, b on the table. goal: b on a")),
    (PLANNING, task_of(PLANNING, "a on b, b on the table. goal: b on a, a on b")),
]


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    for kind, task in TASKS:
        kind.grade(task, Answer("not unique"))
        kind.grade(task, Answer("not colourable"))


@given(text=texts)
def test_any_text_is_read_or_refused(text: str) -> None:
    for kind in KINDS:
        task = quietly(lambda kind=kind: kind.parse(text))
        if task is not None:
            assert kind.environment is not None
            kind.environment.initial(task)
            assert kind.payload_from_json({**_fields(task.payload)}) == task.payload


def _fields(payload: Any) -> dict[str, Any]:
    return {name: getattr(payload, name) for name in payload.__slots__}


@given(
    fields=st.dictionaries(
        st.sampled_from(
            ["grid", "vertices", "edges", "colours", "fixed", "blocks", "init", "goal"]
        ),
        values,
    )
)
def test_any_payload_is_read_or_refused(fields: dict[str, Any]) -> None:
    whole = {"grid": "", "vertices": [], "edges": [], "colours": [], "fixed": []}
    for kind in KINDS:
        quietly(lambda kind=kind: kind.payload_from_json(fields))
    quietly(lambda: CONSTRAINTS.payload_from_json({**whole, **fields}))
    plan = {"blocks": ["a", "b"], "init": [["on", "a", "b"]], "goal": [["on", "b", "a"]]}
    quietly(lambda: PLANNING.payload_from_json({**plan, **fields}))


@given(text=texts, place=st.integers(0, len(TASKS) - 1))
def test_any_answer_is_judged(text: str, place: int) -> None:
    kind, task = TASKS[place]
    found = quietly(lambda: kind.answer_from_text(task, text))
    for answer in (Answer(text), Answer(text, (1, 2), (text, text)), found):
        if answer is not None:
            verdict = quietly(lambda answer=answer: kind.grade(task, answer))
            assert verdict.passed in (True, False, None)


@pytest.mark.parametrize(
    "text",
    [
        "sudoku " + "1" * 2_900,
        "sudoku " + ". " * 1_400,
        "sudoku\n" + "|.|" * 900,
        "sudoku " + "-" * 2_900,
        "colour " + "a b c d e f g " * 400 + "3 colours",
        "3 colours colour " + "a-b-c-" * 900,
        "3 colours colour " + "a: b, " * 900,
        "3 colours colour " + "a is next to b and " * 280,
        "3 colours colour vertices " + "a, " * 1_900,
        "goal " + "a is on b which is on " * 330,
        "goal " + "a b c d " * 900 + " on the table",
        "goal a on " + "the block " * 700,
        "stack " + "a, " * 2_500 + " goal a on b",
        "(:init " + "(on a b) " * 800 + ") (:goal (on a b))",
        "[" * 7_900 + "goal",
        '{"init":' + "[" * 7_900,
    ],
)
def test_long_texts_are_read_or_refused_soon(text: str) -> None:
    for kind in KINDS:
        quietly(lambda kind=kind: kind.parse(text))
