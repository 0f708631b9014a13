"""What counts as an answer, what does not, and that wrong steps are found."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from graph_runs import solved
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.math.polynomials import PolynomialsKind
from tasks.protocol import Answer, InvalidTaskError, Task

KIND = PolynomialsKind()


def ask(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None, text
    return task


EXPAND = ask("Expand (3x - 2)(x + 1/2) - x*y.")  # 3x^2 - x/2 - 1 - xy
POWER = ask("Simplify x**3/x**(7/2) assuming x is positive.")
VALUE = ask("Let f(x) = x**2/3. What is f(-2)?")
GIVEN = ask("Rearrange 4*p - 9 - 2*p - 3*p**2 to the form k*p + y + m*p**2 and give m.")


@pytest.mark.parametrize(
    ("task", "text"),
    [
        (EXPAND, "3*x**2 - 1/2*x - 1 - x*y"),
        (EXPAND, "3x^2 - x/2 - xy - 1"),
        (EXPAND, "-1 + 3x² - 0.5x - yx".replace("²", "^2")),
        (EXPAND, "3·x^2 − 1/2 x − x·y − 1"),
        (EXPAND, "-(1/2)*x + 3*x**2 + (-1) - x*y"),
        (POWER, "x**(-1/2)"),
        (POWER, "1/x^(1/2)"),
        (POWER, "1/sqrt(x)"),
        (VALUE, "4/3"),
        (VALUE, "f(-2) = 4/3"),
        (GIVEN, "-3"),
        (GIVEN, "m = -3"),
    ],
)
def test_equal_expanded_forms_pass(task: Task, text: str) -> None:
    assert KIND.grade(task, Answer(text)).passed


@pytest.mark.parametrize(
    ("task", "text"),
    [
        (EXPAND, "(3x - 2)(x + 1/2) - x*y"),
        (EXPAND, "(3*x - 2)*(x + 1/2) - x*y"),
        (EXPAND, "3*x**2 - x - 1 - x*y + x/2"),
        (EXPAND, "3*x*x - x/2 - 1 - x*y"),
        (EXPAND, "x*(3*x - 1/2 - y) - 1"),
        (EXPAND, "3*x**2 - x/2 - 1 - x*y + 0"),
        (EXPAND, "3*x**2 - x/2 - 2 + 1 - x*y"),
        (EXPAND, "6/3*x**2 + x**2 - x/2 - 1 - x*y"),
        (EXPAND, "3*x**2 + x/2 - 1 - x*y"),
        (EXPAND, "3*x**2 - x/2 - 1"),
        (EXPAND, "3*x**2 - x/2 - 1 - x"),
        (EXPAND, "3*y**2 - y/2 - 1 - x*y"),
        (EXPAND, "3*x**3 - x/2 - 1 - x*y"),
        (EXPAND, "3*x**2 - x/2 - 1 - x*y = 0"),
        (EXPAND, "x = 3"),
        (EXPAND, "0"),
        (EXPAND, ""),
        (EXPAND, "1/0"),
        (EXPAND, "x**(10**9)"),
        (EXPAND, "9**9**9"),
        (EXPAND, "(x+1)**99999"),
        (EXPAND, "__import__('os')"),
        (EXPAND, "3*x**2 - x/2 - 1 - x*y, or 5"),
        (POWER, "x**(1/2)"),
        (POWER, "x**3/x**(7/2)"),
        (POWER, "x**(-1)*x**(1/2)"),
        (POWER, "sqrt(x)"),
        (VALUE, "-4/3"),
        (VALUE, "1.333"),
        (VALUE, "4/3*x"),
        (VALUE, "1 + 1/3"),
        (VALUE, "(-2)**2/3"),
        (GIVEN, "3"),
        (GIVEN, "k = -3"),
        (GIVEN, "-3*p**2"),
        (GIVEN, "2*p - 9 - 3*p**2"),
    ],
)
def test_planted_wrong_answers_are_refused(task: Task, text: str) -> None:
    assert KIND.grade(task, Answer(text)).passed is False


def test_every_changed_token_of_a_right_answer_is_graded_wrong() -> None:
    wrong = total = 0
    for seed in range(150):
        task = KIND.generate(seed, seed / 150, "test")
        answer = solved(KIND, task)
        assert KIND.grade(task, Answer(answer.text)).passed
        for found in re.finditer(r"\d+|[a-z]|[-+]", answer.text):
            swapped = {"+": "-", "-": "+", "b": "c"}.get(found[0], "b")
            other = str(int(found[0]) + 1) if found[0].isdigit() else swapped
            text = answer.text[: found.start()] + other + answer.text[found.end() :]
            total += 1
            wrong += KIND.grade(task, Answer(text)).passed is False
    assert total > 1000
    assert wrong >= 0.999 * total


def test_a_wrong_or_missing_or_unfinished_step_is_found() -> None:
    task = ask("Let f(x) = 2*x + 3*x - 1. What is f(z) - 2*f(3*z - 4*z)?")
    answer = solved(KIND, task)
    assert KIND.grade(task, answer).passed
    lines = answer.derivation
    for place, line in enumerate(lines):
        for found in re.finditer(r"\d+", line):
            changed = f"{line[: found.start()]}{int(found[0]) + 1}{line[found.end() :]}"
            broken = replace(answer, derivation=(*lines[:place], changed, *lines[place + 1 :]))
            assert KIND.grade(task, broken).passed is False, changed
    for broken in (
        replace(answer, derivation=lines[1:]),
        replace(answer, derivation=("f(z)", *lines[1:])),
        replace(answer, derivation=(*lines[:-1], "15*z + 1 + 1 - 1")),
        replace(answer, derivation=(*lines[:-1], "15*z + k where k = 1")),
        replace(answer, derivation=("x where", *lines[1:])),
        KIND.answer_from_actions(task, answer.actions[:-1]),
        KIND.answer_from_actions(task, ()),
    ):
        assert KIND.grade(task, broken).passed is False


def test_feedback_does_not_tell_the_answer() -> None:
    verdict = KIND.grade(VALUE, Answer("7"))
    assert verdict.passed is False
    assert "4/3" not in verdict.feedback


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("3*x**2 - 1/2*x - x*y - 1", "3*x**2 - 1/2*x - x*y - 1"),
        ("Answer: 3x^2 - x/2 - xy - 1", "3x^2 - x/2 - xy - 1"),
        ("So the result is 3x^2 - x/2 - xy - 1.", "3x^2 - x/2 - xy - 1"),
        (r"Thus \boxed{3x^2 - \frac{1}{2}x - xy - 1}", "3x^2 - ((1)/(2))x - xy - 1"),
        ("(3x-2)(x+1/2) - xy = 3x² - x/2 - 1 - xy = 3x² - x/2 - xy - 1", "3x^2 - x/2 - xy - 1"),
        ("First: 3x^2 + 1.5x - 2x - 1.\nThen:\n\n3x^2 - 0.5x - 1 - x*y", "3x^2 - 0.5x - 1 - x*y"),
        ("**3x² - x/2 - xy - 1**", "3x^2 - x/2 - xy - 1"),
    ],
)  # fmt: skip
def test_answers_are_found_in_prose(text: str, answer: str) -> None:
    found = KIND.answer_from_text(EXPAND, text)
    assert found == Answer(answer)
    assert KIND.grade(EXPAND, found).passed


@pytest.mark.parametrize("text", ["", "I cannot do that.", "It depends on the reader!", "???"])
def test_no_answer_is_invented(text: str) -> None:
    found = KIND.answer_from_text(EXPAND, text)
    assert found is None or not KIND.grade(EXPAND, found).passed


@settings(max_examples=200, deadline=2000)
@given(st.text(alphabet="xyf0123456789+-*/^()=. sqrtwhee,{}\\boxed\n'", max_size=150))
def test_no_answer_makes_the_grader_fail(text: str) -> None:
    for task in (EXPAND, VALUE, GIVEN):
        assert KIND.grade(task, Answer(text)).passed in (True, False)
        read = KIND.answer_from_text(task, text)
        if read is not None:
            KIND.grade(task, read)
        broken = Answer("0", (0,), (text,))
        assert KIND.grade(task, broken).passed is False


@pytest.mark.parametrize(
    "text",
    ["(" * 3000, "-" * 3000 + "x", "9" * 3900, "(x+1)**50*(y+1)**50*(z+1)**50", "x**2" * 900,
     "2**" * 300 + "2", "x^" * 300 + "1", "((x+y+z)**9999)**9999", "1/(x-x)", "(x+1)**(1/2)",
     "3" + "0" * 3990, "x" * 3000, "1 2", "f(f(f(x)))", "sqrt(x", "." * 500],
)  # fmt: skip
def test_monstrous_answers_fail_quickly(text: str) -> None:
    started = time.process_time()
    assert KIND.grade(EXPAND, Answer(text)).passed is False
    read = KIND.answer_from_text(EXPAND, text)
    assert read is None or KIND.grade(EXPAND, read).passed is False
    assert time.process_time() - started < 2


@settings(max_examples=150, deadline=2000)
@given(
    st.dictionaries(
        st.sampled_from(["text", "definitions", "form", "wanted", "positive", "more"]),
        st.one_of(
            st.none(), st.integers(), st.text(max_size=30),
            st.lists(st.text(max_size=12), max_size=3),
            st.sampled_from(["x + x", "(x+1)^99", ["f(x) = f(x)"], ["f(x) = x", "k = 2"]]),
        ),
    )
)  # fmt: skip
def test_payloads_of_any_shape_are_read_or_refused(data: dict[str, object]) -> None:
    whole = {"text": "f(2)", "definitions": ["f(x) = x"], "form": "", "wanted": "", "positive": ""}
    for candidate in (data, {**whole, **data}):
        try:
            payload = KIND.payload_from_json(candidate)
        except InvalidTaskError:
            continue
        payload.start()
        payload.monomial()
