"""Malformed problems, every kind: a clear refusal in under two seconds, and nothing escapes."""

from __future__ import annotations

import random
import time
import tracemalloc
from contextlib import suppress
from dataclasses import asdict

import pytest

from graphs.best_first import best_first
from tasks.catalogue import default_catalogue
from tasks.protocol import Answer, InvalidTaskError, Task, TaskKind
from tasks.solving import ComputedKind, GuidedKind, TooHardError

KINDS = [kind for kind in default_catalogue() if kind.name != "open"]
SECONDS = 2.0
MOST_BYTES = 200_000_000
STATES = 300  # of a search: whether a task is solved is not the question here
HUGE = (
    "9**9**9**9", "10^1000000000", "9" * 5000, "1/0", "(" * 200 + "x" + ")" * 200, "-" * 300 + "1",
    "2^-999999999", "x^99999999", "0.000000000000000000000000000000001" * 20, "1e999999999",
    "sqrt(sqrt(sqrt(2)))", "((x+1)^500)^500", "\u221e", "\ud83d\ude00", "NaN", "\u0663\u0664",
    "1,000", "", " ", "\n\n", "\0", "=", "?", "{}", "\\frac{1}{\\frac{1}{0}}",
    "x = x = x", "a" * 3000,
)  # fmt: skip


def read(kind: TaskKind, text: str) -> Task | None:
    try:
        return kind.parse(text)
    except InvalidTaskError:
        return None


def attempt(kind: TaskKind, task: Task) -> None:
    """Solve what was read as far as it goes, and grade what comes of it."""
    answer: Answer | None = None
    if isinstance(kind, ComputedKind) and kind.solved_by == "computed":
        with suppress(TooHardError):
            answer = kind.compute(task)
    elif isinstance(kind, GuidedKind) and kind.environment is not None:
        root = kind.environment.initial(task)
        found = best_first(
            kind.environment,
            kind.guide,
            root,
            ends_wanted=kind.ends_wanted,
            improves=kind.improves,
            most_states=STATES,
        )
        answer = kind.conclude(task, found)
    if answer is not None:
        kind.grade(task, answer)


def mutations(kind: TaskKind, count: int) -> list[str]:
    rng = random.Random(f"malformed {kind.name}")
    texts = []
    for number in range(count):
        text = kind.examples[number % len(kind.examples)]
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text) + 1)
            upto = min(len(text), at + rng.randint(0, 6))
            change = rng.choice(("insert", "delete", "double", "swap"))
            if change == "insert":
                text = text[:at] + rng.choice(HUGE) + text[at:]
            elif change == "delete":
                text = text[:at] + text[upto:]
            elif change == "double":
                text = text[:upto] + text[at:]
            else:
                text = text[:at] + text[at:upto][::-1] + text[upto:]
        texts.append(text)
    return texts


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_mutilated_problems_are_refused_or_solved_in_time(kind: TaskKind) -> None:
    for text in kind.examples:  # compilation is paid once, by a server when it starts
        task = read(kind, text)
        if task is not None:
            attempt(kind, task)
    slowest, culprit = 0.0, ""
    for text in mutations(kind, 150):
        started = time.thread_time()
        task = read(kind, text)
        if task is not None:
            attempt(kind, task)
        seconds = time.thread_time() - started
        if seconds > slowest:
            slowest, culprit = seconds, text
    assert slowest < SECONDS, culprit[:300]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_huge_and_empty_answers_are_graded_wrong(kind: TaskKind) -> None:
    task = kind.generate(3, 0.3, "test")
    kind.grade(task, Answer("1"))  # whatever compiles does so before time is taken
    for text in HUGE:
        started = time.thread_time()
        read_answer = kind.answer_from_text(task, text)
        verdicts = [kind.grade(task, Answer(text))]
        verdicts += [kind.grade(task, read_answer)] if read_answer is not None else []
        assert time.thread_time() - started < SECONDS, text[:80]
        assert all(not verdict.passed for verdict in verdicts) or text.strip() in task.prompt


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_payloads_of_wrong_types_are_refused(kind: TaskKind) -> None:
    good = asdict(kind.generate(1, 0.2, "train").payload)
    for name in good:
        for wrong in (None, 7.5, [], {}, "x" * 100_000, [[[[1]]]], -1, True, [10**400] * 3):
            with suppress(InvalidTaskError):
                hash(kind.payload_from_json({**good, name: wrong}))


def test_no_mutilated_problem_takes_much_memory() -> None:
    tracemalloc.start()
    for kind in KINDS:
        for text in mutations(kind, 12):
            task = read(kind, text)
            if task is not None:
                attempt(kind, task)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_BYTES
