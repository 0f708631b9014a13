"""Whatever is typed, math/calculus refuses, answers, or leaves it alone; quickly."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.best_first import best_first
from tasks.math.calculus import CalculusKind
from tasks.protocol import Answer, InvalidTaskError, Task

KIND = CalculusKind()
ENVIRONMENT = KIND.environment
assert ENVIRONMENT is not None
MOST_SECONDS = 2.0
PIECES = (
    "x", "y", "x^2", "2", "10", "1/2", "0", "-", "+", "*", "/", "^", "**", "(", ")", " ", "sqrt(",
    "=", ",", ".", "derivative of ", "Differentiate ", "d/dx ", "d^2/dx^2", "f(x) = ", "f'(x)",
    "find ", "integral of ", "∫", "∫_0^1 ", " dx", " wrt x", " twice", " from 0 to 1", " at x = 2",
    "\\frac{d}{dx}", "\\frac{1}{", "}", "{", "[", "]", "²", "−", "½", "C", "?", "third ", "999999",
    "9^9", "(x+1)^9", "'", "''", "\\int", "\u200b", "\n", "é", "e^x", "sin(x)", "0.5", "1,5",
)  # fmt: skip
typed = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join)
asked = st.sampled_from(("Differentiate ", "Integrate ", "d/dx ", "∫_0^2 ", "third derivative of "))
HUGE = (
    "Differentiate " + "9" * 3000,
    "Differentiate x^" + "9" * 50,
    "Differentiate 9^9^9^9 x",
    "Differentiate (x+1)^(10^9)",
    "Integrate x^2 from 0 to " + "9" * 1500,
    "∫_0^" + "9" * 55 + " x^999999 dx",
    "derivative of " + "(" * 900 + "x" + ")" * 900,
    "derivative of " + "-" * 900 + "x",
    "derivative of " + "*".join(["(x+1)"] * 150),
    "integral of " + "*".join(["(x+y+z+1)"] * 60) + " dx",
    "integrate (a+b+c+d+e+f+g+h+x)^40 dx",
    "derivative of " + "+".join(["x^2*y"] * 150) + " wrt x",
    "derivative of " + "x" * 600,
    "d/dx " * 200 + "x",
    "derivative of " * 100 + "x^2",
    "f(x) = " * 100 + "x, find f'(x)",
    "derivative of x at x = 1/0",
    "derivative of x^-1 at x = 0",
    "∫_0^0 x^-3 dx",
    "integrate x^(1/2) from -4 to -1",
    "9th derivative of " + "+".join(f"x^{n}*y^{n}*z^{n}" for n in range(1, 40)) + " wrt x",
    "derivative of 1" + "0" * 58 + "^200 x",
    "derivative of " + "\\frac{" * 300 + "x",
    "derivative of " + "x ^ " * 300 + "2",
)  # fmt: skip


def quickly(work: Callable[..., Any], *arguments: Any) -> Any:
    """Call within the time; None where a task is refused in words."""
    started = time.process_time()
    reason = "none was given"
    try:
        return work(*arguments)
    except InvalidTaskError as refusal:
        reason = str(refusal)
    finally:
        assert time.process_time() - started < MOST_SECONDS
    assert len(reason) > 10
    return None


def worked_through(text: str) -> None:
    task = quickly(KIND.parse, text)
    if task is None:
        return
    assert KIND.payload_from_json(asdict(task.payload)) == task.payload
    answer = quickly(attempt, task)
    if answer is not None:
        assert quickly(KIND.grade, task, answer).passed is not False, (text, answer.text)


def attempt(task: Task) -> Answer | None:
    root = ENVIRONMENT.initial(task)
    deadline = time.process_time() + 1.0
    found = best_first(
        ENVIRONMENT,
        KIND.guide,
        root,
        most_states=KIND.most_states,
        should_stop=lambda: time.process_time() > deadline,
    )
    return KIND.conclude(task, found)


@settings(max_examples=250)
@given(text=typed)
def test_typed_pieces_never_raise(text: str) -> None:
    worked_through(text)


@settings(max_examples=150)
@given(start=asked, text=typed)
def test_pieces_behind_a_request_never_raise(start: str, text: str) -> None:
    worked_through(start + text)


@pytest.mark.parametrize("text", HUGE, ids=range(len(HUGE)))
def test_huge_and_deep_problems_are_refused_or_solved_quickly(text: str) -> None:
    worked_through(text)


@settings(max_examples=150)
@given(text=st.one_of(typed, st.text(max_size=60)))
def test_any_answer_is_graded(text: str) -> None:
    for prompt in ("Differentiate x^3 - y wrt x", "Integrate x^2", "∫_0^1 x dx"):
        task = KIND.parse(prompt)
        assert task is not None
        verdict = quickly(KIND.grade, task, Answer(text))
        assert verdict.passed in (True, False)
        read = quickly(KIND.answer_from_text, task, text)
        if read is not None:
            assert quickly(KIND.grade, task, read).passed is not None
        lines = Answer("3*x**2", (0,), (text,))
        assert quickly(KIND.grade, task, lines).passed in (True, False)


@pytest.mark.parametrize(
    "text",
    ["9**9**9", "(" * 5000, "x" * 9000, "2**" * 2000 + "2", "9" * 19_000, "((x+1)**60)**60",
     "diff(" * 3000, "-" * 9000 + "1", "1/0", "0**-1", "x**(10**9)", "insert(x, x, 1/0)",
     "integral(1/x, x)", "diff()", "sqrt()", "diff(x, 2)", "(1+2j)", "x if x else y", "lambda: 1"],
)  # fmt: skip
def test_huge_answers_are_graded_wrong_quickly(text: str) -> None:
    task = KIND.parse("Differentiate x^3 - y wrt x")
    assert task is not None
    assert quickly(KIND.grade, task, Answer(text)).passed is False
    assert quickly(KIND.grade, task, Answer("3*x**2", (0,), (text,))).passed is False
    quickly(KIND.answer_from_text, task, text)


@settings(max_examples=150)
@given(
    data=st.dictionaries(
        st.sampled_from(("operation", "text", "unknown", "order", "lower", "upper")),
        st.one_of(st.none(), st.integers(), st.booleans(), typed, st.lists(st.integers())),
    )
)
def test_any_payload_is_read_or_refused(data: dict[str, Any]) -> None:
    good = {"operation": "derivative", "text": "x", "unknown": "x", "order": 1, "lower": "",
            "upper": ""}  # fmt: skip
    quickly(KIND.payload_from_json, data)
    quickly(KIND.payload_from_json, {**good, **data})
