"""The kind `math/compare`: comparisons are read, answered, and graded by other means."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from answer_corruption import corruptions
from hypothesis import given
from hypothesis import strategies as st

from tasks.math.compare import CompareKind
from tasks.math.compare_problem import OPERATIONS
from tasks.protocol import Answer, InvalidTaskError, Task, task_to_json

KIND = CompareKind()
PHRASINGS = Path(__file__).parents[1] / "samples" / "phrasings" / "compare.jsonl"


def task_of(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None, text
    return task


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Which is bigger: 282885 or 282892?", "282892"),
        ("Which is smaller: 43990267 or 219951338/5?", "43990267"),
        ("Is 82911/721 at least 114?", "True"),
        ("Is -0.01 equal to -2666/23?", "False"),
        ("Are 7 and 7.0 non-equal?", "False"),
        ("Do 1/2 and 0.5 have the same value?", "True"),
        ("Is 3 greater than or equal to 3?", "True"),
        ("Is -5 < -3?", "True"),
        ("5 is less than 3", "False"),
        ("3 >= 2?", "True"),
        ("Sort -157/6, 2.6, -3, -3/7 in descending order.", "2.6, -3/7, -3, -157/6"),
        ("Put 87, -144, 17 in decreasing order.", "87, 17, -144"),
        ("Sort 4, 1/3, 0.23.", "0.23, 1/3, 4"),
        ("order from greatest to least: 3, 1, 2", "3, 2, 1"),
        ("What is the second biggest value in -1090, 2988, -4?", "-4"),
        ("Which is the fourth smallest value?  (a) -2/23  (b) 2/8939  (c) 0.5  (d) -1", "c"),
        ("largest of 3, 7, 5", "7"),
        ("What is the nearest to 3/2 in 2, -70.428, 3, 2/3, 3/2?", "3/2"),
        ("Which is the nearest to 0.7?  (a) 5/6  (b) 0.027  (c) -5689", "a"),
        ("which is bigger, sqrt(10) or 3.2?", "3.2"),
        ("sort −√2, -1.5, 1 ascending", "-1.5, -sqrt(2), 1"),
        ("Which is greater: 50% or 0.4", "50%"),
        ("which is largest?\n- 5\n- 7\n- 3", "7"),
        ("put these from biggest to smallest\n* -4\n* 2.5", "2.5, -4"),
        ("Would you say sqrt(50) is greater than 7?", "True"),
        ("which of the two numbers is lower: -1/3 or -0.3?", "-1/3"),
        ("I've got 3 numbers, 14, -6 and 9. whats the second largest?", "9"),
        ("Is 2^10 below 1000?", "False"),
        ("which of these is closest to 1 — 0.9, 8/9 or 1.12?", "0.9"),
        ("0.125 vs 1/8, are they equal?", "True"),
        ("my friend says 7/9 is smaller than 0.78. is my friend right?", "True"),
        ("the minimum of −2.5, 3, −7/2 and 4 is which one?", "-7/2"),
    ],
)
def test_comparisons_are_answered_and_pass(text: str, answer: str) -> None:
    task = task_of(text)
    assert KIND.compute(task).text == answer
    assert KIND.grade(task, Answer(answer)).passed


def test_twenty_planted_wrong_answers_are_all_refused() -> None:
    wrong = {
        "Which is bigger: 2/3 or 0.6?": ["0.6", "0.66", "1", "2", "", "both", "3/2", "2/3 or 0.6"],
        "Is 3 > 2?": ["False", "no", "3", "maybe"],
        "Sort 3, -1, 2": ["3, 2, -1", "-1, 2", "-1, 2, 3, 3", "-1 2 4", "1, 2, 3", "-1"],
        "Which is the nearest to 2?  (a) 5  (b) 1  (c) 9": ["a", "c", "d", "5", "2"],
        "What is the second smallest value in 3, 1, 2?": ["1", "3", "second"],
    }
    planted = [(task_of(text), answer) for text, answers in wrong.items() for answer in answers]
    assert len(planted) >= 20
    assert [a for task, a in planted if KIND.grade(task, Answer(a)).passed is not False] == []


def test_equal_answers_pass_however_they_are_written() -> None:
    right = {
        "Which is bigger: 2/3 or 0.6?": ["2/3", "4/6", " 2/3."],
        "Sort 3, -1/2, 2": ["-1/2, 2, 3", "−0.5, 2, 3", "[-1/2, 2, 3]", "-1/2 < 2 < 3",
                            "-1/2, 2 and 3"],
        "Which is the nearest to 2?  (a) 5  (b) 1  (c) 9": ["b", "(b)", "B", "1", "(b) 1", "b) 1"],
        "Is 3 > 2?": ["True", "yes", "Yes."],
        "What is the closest to 2 in 1, 3, 9?": ["1", "3"],
    }  # fmt: skip
    for text, answers in right.items():
        for answer in answers:
            assert KIND.grade(task_of(text), Answer(answer)).passed, (text, answer)


def test_a_right_answer_with_one_token_changed_is_graded_wrong() -> None:
    graded = passed = 0
    for seed in range(400):
        task = KIND.generate(seed, seed / 400, "test")
        answer = KIND.compute(task)
        assert KIND.grade(task, answer).passed, (task.prompt, answer)
        letters = [x for x in task.payload.letters if x != answer.text]
        for other in letters or corruptions(answer.text):
            graded += 1
            passed += KIND.grade(task, Answer(other)).passed is not False
    assert graded > 3000
    assert passed <= 0.001 * graded


@pytest.mark.parametrize(
    "text",
    ["hello", "Which is bigger: a dog or a cat?", "What is 3 + 4?", "3x > 5", "3 = x", "12",
     "Is 7 a factor of 21?", "sort the laundry into 3 piles", "which team is better, 1 or 2",
     "Let x be 4. Is x bigger than 3?", "the nearest station is 5 km away", "2/3",
     "5 less than 3", "what is 5 more than 3"],
)  # fmt: skip
def test_other_texts_are_left_alone(text: str) -> None:
    assert KIND.parse(text) is None


@pytest.mark.parametrize(
    "text",
    ["What is the fifth biggest value in 1, 2, 3?", "Is 1/0 bigger than 3?", "Is 1,000 > 999?",
     "Which is bigger: " + "9" * 400 + " or 1?"],
)  # fmt: skip
def test_comparisons_against_the_rules_are_refused(text: str) -> None:
    with pytest.raises(InvalidTaskError):
        KIND.parse(text)


def test_people_are_understood() -> None:
    lines = [json.loads(line) for line in PHRASINGS.read_text().splitlines()]
    right = 0
    for line in lines:
        task = KIND.parse(line["text"])
        if task is not None:
            assert KIND.grade(task, Answer(line["answer"])).passed
            right += KIND.grade(task, KIND.compute(task)).passed is True
    assert right >= 0.9 * len(lines)


def test_published_questions_are_solved(benchdata: Path) -> None:
    records = [
        record
        for path in sorted(benchdata.glob("math/mathematics_*.jsonl"))
        for record in map(json.loads, path.read_text().splitlines())
        if record["module"].startswith("comparison__") and "composed" not in record["module"]
    ]
    assert len(records) >= 100
    for record in records:
        task = task_of(record["question"])
        assert KIND.compute(task).text == record["answer"]
        assert KIND.grade(task, Answer(record["answer"])).passed


@pytest.mark.parametrize("difficulty", [0.0, 0.6])
def test_nearly_all_of_two_thousand_tasks_are_distinct(difficulty: float) -> None:
    tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000)]
    assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("Which is bigger: 2/3 or 0.6?", "2/3 is about 0.667. The answer is 2/3.", "2/3"),
        ("Which is the nearest to 2?  (a) 5  (b) 1  (c) 9", r"\boxed{b}", "b"),
        ("Is 3 > 2?", "Since 3 - 2 = 1 > 0, yes.", "yes"),
        ("Is 3 > 2?", "True, no doubt.", "True"),
        ("Sort 3, -1, 2", "Sorted: -1, 2, 3", "-1, 2, 3"),
        ("Sort 3, -1, 2", "Here it is.\n**-1, 2, 3**", "-1, 2, 3"),
    ],
)
def test_answers_are_found_in_prose(question: str, text: str, answer: str) -> None:
    assert KIND.answer_from_text(task_of(question), text) == Answer(answer)


def test_generated_comparisons_keep_to_their_golden_file(
    golden: Callable[[str, str], None],
) -> None:
    tasks = [KIND.generate(n, n / 11, "test") for n in range(12)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1, ensure_ascii=False)
    golden("math-compare.json", text + "\n")


_VALUES = st.one_of(
    st.fractions(-100, 100, max_denominator=20).map(str),
    st.sampled_from(["0", "1/0", "-.5", "50%", "sqrt(2)", "-sqrt(1/2)", "sqrt(-1)", "", "x"]),
    st.text(max_size=4),
)


@given(
    st.sampled_from([*OPERATIONS, "banana"]),
    st.lists(_VALUES, max_size=5),
    st.sampled_from([[], ["a", "b"], ["a", "a", "b"], ["", "b"]]),
    st.integers(-1, 5),
    st.sampled_from(["", "0", "1/3", "sqrt(2)", "x"]),
    st.text(max_size=20),
)
def test_no_payload_breaks_the_kind(
    operation: str, values: list[str], letters: list[str], rank: int, target: str, answer: str
) -> None:
    data = {"operation": operation, "values": values, "letters": letters, "rank": rank,
            "target": target}  # fmt: skip
    try:
        payload = KIND.payload_from_json(data)
    except InvalidTaskError:
        return
    task = Task("", KIND.name, "", payload, 0.0, 0, "test")
    assert KIND.grade(task, KIND.compute(task)).passed
    assert KIND.grade(task, Answer(answer)).passed in (True, False)
    KIND.answer_from_text(task, answer)


_PIECES = ["sort", "which", "is", "bigger", "1", "12", "(a)", "(b)", " ", ",", "or", "and",
           "closest",
           "to", "second", "biggest", "value", "in", "-", ".", "/", "order", "ascending", "from",
           "sqrt(", ")", "than", "equal", ">", "%", "of", "the"]  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=20), st.sampled_from([" ", ""]))
def test_no_text_breaks_the_reader(parts: list[str], between: str) -> None:
    with contextlib.suppress(InvalidTaskError):
        task = KIND.parse(between.join(parts))
        if task is not None:
            assert KIND.grade(task, KIND.compute(task)).passed


@pytest.mark.parametrize(
    "text",
    ["sort 1" + ", " * 1400, "sort " + "1, " * 900 + "1", "sort 1" + " and 1" * 400,
     "which is bigger (" + "abc" * 900 + " 1 or 2", "which is bigger: " + "(a) 1 " * 450,
     "sort 1" + " and" * 700 + " order", "1 or 2 (" + "((a) " * 500 + ")"],
)  # fmt: skip
def test_no_message_holds_the_server(text: str) -> None:
    started = time.thread_time()
    with contextlib.suppress(InvalidTaskError):
        KIND.parse(text)
    assert time.thread_time() - started < 2.0


@pytest.mark.parametrize("change", [{"operation": 3}, {"values": "12"}, {"values": [1, 2]},
                                    {"rank": 1.0}, {"rank": True}, {"more": 1}, {"target": "3"},
                                    {"letters": ["a"]}, {"letters": None}])  # fmt: skip
def test_broken_payloads_are_refused(change: dict[str, object]) -> None:
    good = {"operation": ">", "values": ["1", "2"], "letters": [], "rank": 1, "target": ""}
    assert KIND.payload_from_json(good).values == ("1", "2")
    with pytest.raises(InvalidTaskError):
        KIND.payload_from_json({**good, **change})
