"""Generating deductions, solving them with the guide, and the published test questions."""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.best_first import best_first
from tasks.protocol import Answer, InvalidTaskError, Task, task_to_json
from tasks.reasoning.deduction import DeductionKind
from tasks.solving import Findings, TooHardError
from tasks.splits import SPLITS

KIND = DeductionKind()
GUIDE = KIND.guide


def solved(task: Task) -> Answer:
    """Solve a task as the agent does."""
    environment = KIND.environment
    assert environment is not None
    found = best_first(environment, GUIDE, environment.initial(task), most_states=KIND.most_states)
    answer = KIND.conclude(task, found)
    assert answer is not None
    return answer


def records(benchdata: Path) -> Iterator[tuple[str, str, str]]:
    """Return (set, prompt, reference) of the published questions."""
    for path in sorted(benchdata.rglob("*.jsonl")):
        if not path.name.startswith(("prontoqa", "prosqa", "logical_deduction")):
            continue
        for record in map(json.loads, path.read_text().splitlines()):
            if record["task"] == "prontoqa":
                prompt = f"{record['context']}\n{record['query']}"
                yield "prontoqa", prompt, str(record["answer"]).lower()
            else:
                yield record["task"], record["question"], record["answer"]


@pytest.mark.parametrize("difficulty", [0.0, 1.0])
def test_nearly_all_of_two_thousand_tasks_are_distinct(difficulty: float) -> None:
    tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000)]
    assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)


def test_two_thousand_tasks_take_a_second() -> None:
    start = time.process_time()
    for seed in range(1000):
        KIND.generate(seed, seed / 1000, "train")
    assert time.process_time() - start < 1.0  # 0.25 measured


def test_generated_tasks_are_read_back_solved_and_right() -> None:
    for seed in range(150):
        task = KIND.generate(seed, seed % 11 / 10, "calibration")
        read = KIND.parse(task.prompt)
        assert read is not None, task.prompt
        assert read.payload == task.payload, task.prompt
        assert KIND.grade(task, solved(task)).passed, task.prompt


def test_answers_of_generated_tasks_are_of_all_sorts() -> None:
    answers = [solved(KIND.generate(seed, 0.4, "test")).text for seed in range(300)]
    yes = sum(a in ("true", "yes") for a in answers)
    no = sum(a in ("false", "no") for a in answers)
    assert min(yes, no) > 0.6 * max(yes, no)
    assert 5 <= answers.count("unknown") <= 40
    assert sum(a.startswith("(") for a in answers) > 30


def test_inferences_rise_with_difficulty() -> None:
    means = []
    for difficulty in (0.0, 0.25, 0.5, 0.75, 1.0):
        tasks = [KIND.generate(seed, difficulty, "test") for seed in range(100)]
        means.append(sum(len(solved(task).actions) for task in tasks) / len(tasks))
    assert all(later > earlier * 1.1 for earlier, later in pairwise(means))


def test_generated_deductions_keep_to_their_golden_file(
    golden: Callable[[str, str], None],
) -> None:
    tasks = [KIND.generate(n, n / 7, "test") for n in range(8)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1, ensure_ascii=False)
    golden("reasoning-deduction.json", text + "\n")


def test_published_questions_are_answered_as_published(benchdata: Path) -> None:
    counts: dict[str, list[int]] = {}
    for name, prompt, reference in records(benchdata):
        count = counts.setdefault(name, [0, 0, 0])
        count[0] += 1
        task = KIND.parse(prompt)
        if task is None:
            continue
        answer = solved(task)
        read = KIND.answer_from_text(task, reference)
        right = read is not None and read.text == answer.text
        count[1 if right else 2] += 1
        assert KIND.grade(task, answer).passed
        assert KIND.grade(task, Answer(reference)).passed
    assert len(counts) == 3
    for total, solved_ones, wrong in counts.values():
        assert solved_ones >= 0.98 * total
        assert wrong <= 0.005 * total


def test_right_answers_with_a_changed_token_fail(benchdata: Path) -> None:
    tried = passed = 0
    for number, (_, prompt, _) in enumerate(records(benchdata)):
        task = KIND.parse(prompt)
        if task is None or number % 5:
            continue
        answer = solved(task)
        others = {*task.payload.labels, "unknown", "contradiction", "banana", ""} - {answer.text}
        for other in sorted(others):
            tried += 1
            passed += KIND.grade(task, Answer(other)).passed is not False
    assert tried > 500
    assert passed <= 0.001 * tried


def test_steps_with_a_changed_token_fail() -> None:
    rng = random.Random("tokens")
    tried = passed = 0
    for seed in range(60):
        task = KIND.generate(seed, 0.5, "test")
        answer = solved(task)
        for _ in range(5 if answer.derivation else 0):
            place = rng.randrange(len(answer.derivation))
            tokens = answer.derivation[place].split(" ")
            at = rng.randrange(len(tokens))
            tokens[at] = "banana" if tokens[at] != "banana" else "cherry"
            if "because" in answer.derivation[place].split(" ")[: at + 1] and (
                task.payload.form != "classes"
            ):
                continue  # reasons in orders are for people: the step itself is checked
            lines = list(answer.derivation)
            lines[place] = " ".join(tokens)
            broken = Answer(answer.text, answer.actions, tuple(lines))
            tried += 1
            passed += KIND.grade(task, broken).passed is not False
    assert tried > 150
    assert passed == 0


WORDS = st.sampled_from((
    "every", "each", "all", "no", "if", "then", "is", "are", "not", "a", "an", "the", "cat",
    "cats", "mammal", "older", "than", "left", "of", "book", "Polly", "Rex", "7", "true", "or",
    "false", ":", "?", ".", ",", ";", "(A)", "(B)", "first", "last", "second", "and", "between",
    "furry", ">", "<", "who", "which", "finished", "\n", "unless", "some", "most", "that",
    "999999999999999999",
))  # fmt: skip


@given(st.lists(WORDS, max_size=60).map(" ".join) | st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    start = time.process_time()
    try:
        task = KIND.parse(text)
    except InvalidTaskError:
        return
    if task is not None:
        assert KIND.grade(task, solved(task)).passed
        assert KIND.grade(task, Answer(text)).passed is not None
        KIND.answer_from_text(task, text)
    assert time.process_time() - start < 2.0


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.floats(allow_nan=True),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
SENTENCES = st.lists(
    st.sampled_from(
        ["Rex is a cat", "each cat is furry", "each furry and cat is not a dog", "Rex is not furry",
         "each cat is not furry", "a < b", "b == 3", "a == b + 1", "abs(a - c) == 1", "not (a < c)",
         "each is is is", "a < a", "c < a < b or b < a < c", "", "each  is x"]
    ),
    max_size=6,
)  # fmt: skip


@given(
    st.fixed_dictionaries(
        {
            "form": st.sampled_from(["classes", "order", "sequence", "x", 3]),
            "names": st.lists(st.sampled_from(["x", "y", "z", "", "x is y"]), max_size=4) | JSON,
            "premises": SENTENCES | JSON,
            "claims": SENTENCES | JSON,
            "labels": st.lists(st.sampled_from(["true", "false", "(A)", "x"]), max_size=6) | JSON,
        }
    )
    | st.dictionaries(st.text(max_size=8), JSON)
)
def test_any_payload_is_solved_or_refused(data: dict[str, Any]) -> None:
    try:
        payload = KIND.payload_from_json(data)
    except InvalidTaskError:
        return
    task = Task("t", KIND.name, "", payload, 0.5, 0, "test")
    try:
        answer = solved(task)
    except TooHardError:
        return
    assert KIND.grade(task, answer).passed
    for text in ("", "true", "(A)", "x, y", "9" * 5000):
        assert KIND.grade(task, Answer(text)).passed is not None


@pytest.mark.parametrize(
    "text",
    [
        "Every " * 2000 + "?",
        "a is a " * 1000 + "?",
        "Is " + "x or " * 1500 + "y?",
        "if " * 2500 + "?",
        "Rex is a cat. " * 550 + "Is Rex a cat?",
        "A > " * 1900 + "B. Is A > B?",
        "who is " + "taller, " * 900 + "?",
        "x and " * 1300 + "y are older than z. Who is oldest?",
        "who and " * 1000 + "?",
        "Every cat that is " + "black and " * 700 + "x is y. Is z y?",
    ],
)
def test_long_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    with contextlib.suppress(InvalidTaskError):
        KIND.parse(text)
    assert time.process_time() - start < 2.0


def test_no_problem_is_in_two_splits() -> None:
    payloads = [
        {KIND.generate(seed, 0.1, split).payload for seed in range(300)} for split in SPLITS
    ]
    assert not payloads[0] & payloads[1] | payloads[0] & payloads[2] | payloads[1] & payloads[2]


def test_nothing_is_concluded_from_an_unfinished_search() -> None:
    task = KIND.parse(KIND.examples[0])
    assert task is not None
    assert KIND.conclude(task, Findings((), (), False, False, 3)) is None
