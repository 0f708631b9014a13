"""The kind as a whole: contract, generator, guide, payloads, and the published test questions."""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from graph_runs import solved
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.best_first import best_first
from tasks.math.polynomial_generator import canonical
from tasks.math.polynomials import PolynomialsKind
from tasks.protocol import Answer, InvalidTaskError, task_to_json
from tasks.splits import SPLITS

KIND = PolynomialsKind()
ENVIRONMENT = KIND.environment
PLAIN_MODULES = ("collect", "expand", "evaluate", "coefficient_named", "simplify_power")
LEVELS = ("train_easy", "train_medium", "train_hard", "interpolate")


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_the_guide_solves_what_is_generated_and_the_grader_checks_every_step(
    difficulty: float,
) -> None:
    for seed in range(60):
        task = KIND.generate(seed, difficulty, "test")
        verdict = KIND.grade(task, solved(KIND, task))
        assert verdict.passed, (task.prompt, verdict)


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_nearly_all_of_two_thousand_tasks_are_distinct(difficulty: float) -> None:
    started = time.process_time()
    tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000)]
    assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)
    assert time.process_time() - started < 2


def test_no_problem_is_in_two_splits_even_with_other_letters() -> None:
    problems = [
        {canonical(KIND.generate(seed, 0.0, split).payload) for seed in range(400)}
        for split in SPLITS
    ]
    assert not problems[0] & problems[1] | problems[0] & problems[2] | problems[1] & problems[2]


ATOMS = st.sampled_from(["x", "y", "2", "3", "0", "1/2", "x^2", "y^3", "1.5", "-4"])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " - ", "*"]), inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]})({two[1]})"),
        inner.map(lambda one: f"-({one})"),
        st.tuples(inner, st.sampled_from("0123")).map(lambda two: f"({two[0]})^{two[1]}"),
        st.tuples(inner, st.sampled_from(["3", "(-2)", "x", "(x*y)", "(2x)"])).map(
            lambda two: f"({two[0]})/{two[1]}"
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=2000)
@given(EXPRESSIONS, EXPRESSIONS)
def test_whatever_is_read_is_solved_right_or_given_up(text: str, body: str) -> None:
    """A dead end may only come of a division by 0, or of 0 to the power 0."""
    for prompt in (f"expand {text}", f"Let f(x) = {body}. Expand y*f({text})"):
        try:
            task = KIND.parse(prompt)
        except InvalidTaskError:
            continue
        if task is None:
            continue
        environment = KIND.environment
        assert environment is not None
        found = best_first(environment, KIND.guide, environment.initial(task), most_states=20_000)
        if found.ends:
            answer = KIND.conclude(task, found)
            assert answer is not None
            verdict = KIND.grade(task, answer)
            undefined = "0 is divided by" in verdict.feedback  # in what a function does not use
            assert verdict.passed or undefined, (prompt, answer)
        else:
            undefined = True
        assert not undefined or "/" in prompt or "^0" in prompt, prompt


def test_effort_rises_with_difficulty() -> None:
    def effort(difficulty: float) -> float:
        tasks = [KIND.generate(seed, difficulty, "test") for seed in range(60)]
        return statistics.mean(len(solved(KIND, task).actions) for task in tasks)

    means = [effort(d) for d in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all(later > earlier + 1 for earlier, later in pairwise(means)), means


def test_hard_problems_are_solved_with_few_states() -> None:
    for text in (
        "expand (x+1)^12",
        "expand (x+y+z)^5",
        "expand (2a - 3b)^7",
        "Let f(x)=x^2+x+1. What is f(f(f(x)))?",
        "expand (x+1)(x+2)(x+3)(x+4)(x+5)(x+6)(x+7)(x+8)",
    ):
        task = KIND.parse(text)
        assert task is not None
        answer = solved(KIND, task)
        assert KIND.grade(task, answer).passed


def test_payloads_are_checked_when_they_are_read_back() -> None:
    good = {"text": "f(2)", "definitions": ["f(x) = x^2"], "form": "", "wanted": "", "positive": ""}
    assert KIND.payload_from_json(good).definitions == ("f(x) = x^2",)
    for change in (
        {"text": "f("}, {"text": 3}, {"text": "(x+1)^99"}, {"text": "1/0"}, {"text": ""},
        {"definitions": "f(x) = x"}, {"definitions": ["x"]}, {"definitions": ["f(x) = f(x)"]},
        {"definitions": ["f(x) = x", "f(y) = y"]}, {"definitions": ["ff(x) = x"]},
        {"wanted": "x+1"}, {"form": "a*x + b", "wanted": "c"}, {"more": 1},
    ):  # fmt: skip
        with pytest.raises(InvalidTaskError):
            KIND.payload_from_json({**good, **change})


def test_generated_problems_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 9, "test") for n in range(10)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1, ensure_ascii=False)
    golden("math-polynomials.json", text + "\n")


def test_golden_questions_have_their_known_answers() -> None:
    known = {
        "Expand (3x - 2)(x + 5) - 4x^2.": "-x**2 + 13*x - 10",
        "Collect the terms in 8 + 482*c - 11 + 4.": "482*c + 1",
        "Let f(x) = 3*x**2 - 4. Let g(y) = 2*y + 1. What is f(g(z))?": "12*z**2 + 12*z - 1",
        "If f(x) = 2x^2 - 5x, what is f(-3)?": "33",
        "Rearrange 2*k**2 - 15*k + 15*k + 3 to v*k + l + j*k**2 and give j.": "2",
        "Simplify (u*u**(1/4))**(-3)/u assuming u is positive.": "u**(-19/4)",
    }
    for text, answer in known.items():
        task = KIND.parse(text)
        assert task is not None
        assert solved(KIND, task).text == answer


@pytest.mark.parametrize("level", LEVELS)
def test_published_questions_are_solved_right(benchdata: Path, level: str) -> None:
    """A fifth of each plain module here, all of it in `tandem bench tasks`."""
    counts: Counter[str] = Counter()
    lines = (benchdata / "math" / f"mathematics_{level}.dev.jsonl").read_text().splitlines()
    for number, line in enumerate(lines):
        record = json.loads(line)
        if (
            number % 5
            or record.get("module", "").removeprefix("polynomials__") not in PLAIN_MODULES
        ):
            continue
        task = KIND.parse(record["question"])
        assert task is not None, record["question"]
        answer = solved(KIND, task)
        right = KIND.grade(task, Answer(record["answer"])).passed
        counts["right" if right and KIND.grade(task, answer).passed else record["question"]] += 1
    assert counts["right"] == sum(counts.values()) >= 90, counts


def test_questions_with_derivatives_or_equations_are_left_to_others(benchdata: Path) -> None:
    path = benchdata / "math" / "mathematics_interpolate.dev.jsonl"
    for line in path.read_text().splitlines():
        record = json.loads(line)
        if "derivative" in record["question"] or record["module"].startswith("algebra"):
            assert KIND.parse(record["question"]) is None
