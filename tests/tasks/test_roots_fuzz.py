"""Whatever is typed, math/equations_polynomial refuses, answers, or leaves it alone; quickly."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.best_first import best_first
from tasks.math.roots import PolynomialEquationsKind
from tasks.protocol import Answer, InvalidTaskError, Task

KIND = PolynomialEquationsKind()
ENVIRONMENT = KIND.environment
assert ENVIRONMENT is not None
MOST_SECONDS = 2.0
PIECES = (
    "x", "y", "x^2", "2", "10", "1/2", "0", "-", "+", "*", "/", "^", "**", "(", ")", " ", "sqrt(",
    " = ", "=", ",", ".", "factor ", "Solve ", " for x", "roots of ", "What is x?", "find x ",
    "x**3", "x**5", "(x - 1)", "(x+2)^2", "squared", " = 0", "if ", "let ", "f(x) = ", "and ",
    "\\frac{1}{", "}", "{", "[", "]", "²", "−", "½", "?", "999999", "9^9", "\n", "é", "0.5", "1,5",
)  # fmt: skip
typed = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join)
terms = st.lists(
    st.tuples(st.integers(-30, 30), st.integers(0, 5), st.integers(1, 4)), min_size=1, max_size=8
).map(lambda parts: " + ".join(f"{c}*x**{n}/{d}" for c, n, d in parts))
HUGE = (
    "x^2 = " + "9" * 3000,
    "x^" + "9" * 50 + " = 1",
    "x^2 = 9^9^9^9",
    "(x+1)^(10^9) = 0",
    "(x+1)^40 = 0",
    "factor " + "(" * 900 + "x^2" + ")" * 900,
    "solve " + "-" * 900 + "x^2 = 0",
    "*".join(["(x+1)"] * 150) + " = 0",
    "factor " + "*".join(["(x+1)"] * 8),
    "((((x+1)^2+1)^2)) = " + "(x+2)" * 4,
    "+".join(["x^2"] * 290) + " = 0",
    "x" * 600 + " = 1",
    "solve " * 200 + "x^2 = 1",
    "what is x if " * 100 + "x^2 = 1",
    "x^2 = 1 for x" * 50,
    "x^2 = " + "+".join(str(n) for n in range(280)),
    "x^5 " + " ".join(f"+ {10**50 + n}*x^{n}" for n in range(5)) + " = 0",
    "x^8 - " + "7" * 60 + " = 0",
    "factor x^8 + " + "3" * 59 + "*x + 1",
    f"({'9' * 55}*x - 1)*({'8' * 55}*x + {'7' * 55}) = 0",
    "x^2/0 = 1",
    "factor x^2 - 0/0",
    "factor 0*x^2",
    "0*x^2 = 0",
    "0*x^2 = 1",
    "x^2 = \\frac{" * 300,
    "x^2 = 4 " + " " * 2000 + "x",
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
@given(left=terms, right=terms)
def test_any_equation_is_solved_rightly_or_not_at_all(left: str, right: str) -> None:
    worked_through(f"{left} = {right}")
    worked_through(f"factor {left}")


@pytest.mark.parametrize("text", HUGE, ids=range(len(HUGE)))
def test_huge_and_deep_problems_are_refused_or_solved_quickly(text: str) -> None:
    worked_through(text)


@settings(max_examples=150)
@given(text=st.one_of(typed, st.text(max_size=60)))
def test_any_answer_is_graded(text: str) -> None:
    for prompt in ("x^2 = 2x + 1", "Factor x^3 - x", "x^2 + 1 = 0"):
        task = KIND.parse(prompt)
        assert task is not None
        verdict = quickly(KIND.grade, task, Answer(text))
        assert verdict.passed in (True, False)
        read = quickly(KIND.answer_from_text, task, text)
        if read is not None:
            assert quickly(KIND.grade, task, read).passed is not None
        lines = Answer("x*(x - 1)*(x + 1)", (0,), (text,))
        assert quickly(KIND.grade, task, lines).passed in (True, False)


@pytest.mark.parametrize(
    "text",
    ["9**9**9", "(" * 5000, "x" * 7000, "2**" * 2000 + "2", "9" * 7000, "((x+1)**60)**60",
     "sqrt(" * 3000, "-" * 7000 + "1", "1/0", "0**-1", "x**(10**9)", "sqrt(-1)", "sqrt(sqrt(2))",
     "x = " + "sqrt(2)*" * 500 + "1", "sqrt()", "(1+2j)", "x if x else y", "lambda: 1", "±" * 500,
     ", ".join(["x = 1"] * 300), "x = 1 or" * 300, "; ".join(["x = 1"] * 99)],
)  # fmt: skip
def test_huge_answers_are_graded_wrong_quickly(text: str) -> None:
    for prompt, right in (("x^2 = 1", "x = -1, x = 1"), ("factor x^2 - 1", "(x - 1)*(x + 1)")):
        task = KIND.parse(prompt)
        assert task is not None
        assert quickly(KIND.grade, task, Answer(text)).passed is False
        assert quickly(KIND.grade, task, Answer(right, (0,), (text,))).passed is False
        quickly(KIND.answer_from_text, task, text)


@settings(max_examples=150)
@given(
    data=st.dictionaries(
        st.sampled_from(("text", "unknown", "more")),
        st.one_of(st.none(), st.integers(), typed, st.lists(st.integers())),
    )
)
def test_any_payload_is_read_or_refused(data: dict[str, Any]) -> None:
    quickly(KIND.payload_from_json, data)
    quickly(KIND.payload_from_json, {"text": "x^2 = 1", "unknown": "x", **data})
