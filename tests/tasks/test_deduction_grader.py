"""The grader of deductions: planted wrong answers and broken proofs are refused, prose is read."""

from __future__ import annotations

import pytest

from graphs.best_first import best_first
from tasks.protocol import Answer, Task
from tasks.reasoning.deduction import DeductionKind
from tasks.reasoning.deduction_grader import orders

KIND = DeductionKind()
TRUTH = "Every cat is a feline. Felines are not shy. Rex is a cat. True or false: Rex is shy."
CHOICE = (
    "Every wumpus is a yimpus. Max is a wumpus. Every zumpus is a lempus. "
    "Is Max a lempus or yimpus?"
)
OPTIONS = (
    "There are three books: a red book, a green book and a blue book. The red book is to the left "
    "of the green book. The blue book is the rightmost.\nWhich is correct?\n(A) The red book is "
    "the second from the left.\n(B) The green book is the rightmost.\n(C) The red book is the "
    "leftmost."
)
WHO = "Ann is taller than Bob. Bob is taller than Cid. Who is the tallest?"
ORDER = (
    "Ann is taller than Bob. Bob is taller than Cid. What is the order from tallest to shortest?"
)
OPEN = "Ann is taller than Bob. Cid is taller than Bob. Who is the tallest?"
TORN = "Every cat is black. No cat is black. Rex is a cat. Is Rex black?"


def task(text: str) -> Task:
    found = KIND.parse(text)
    assert found is not None
    return found


def solved(of: Task) -> Answer:
    assert KIND.environment is not None
    found = best_first(KIND.environment, KIND.guide, KIND.environment.initial(of))
    answer = KIND.conclude(of, found)
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (TRUTH, "false"), (TRUTH, "False."), (TRUTH, "no"), (TRUTH, "Rex is not shy"),
        (CHOICE, "yimpus"), (CHOICE, "a yimpus"), (CHOICE, "Max is a yimpus."),
        (OPTIONS, "(C)"), (OPTIONS, "C"), (OPTIONS, "c)"), (WHO, "Ann"), (WHO, "ann."),
        (ORDER, "Ann, Bob, Cid"), (ORDER, "Ann > Bob > Cid"), (OPEN, "unknown"),
        (OPEN, "cannot be determined"), (TORN, "contradiction"), (TORN, "inconsistent"),
    ],
)  # fmt: skip
def test_right_answers_pass(text: str, answer: str) -> None:
    assert KIND.grade(task(text), Answer(answer)).passed


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (TRUTH, "true"), (TRUTH, "yes"), (TRUTH, "Rex is shy"), (TRUTH, "unknown"),
        (TRUTH, "contradiction"), (TRUTH, "true and false"), (TRUTH, "not shy maybe"),
        (CHOICE, "lempus"), (CHOICE, "wumpus"), (CHOICE, "lempus and yimpus"),
        (CHOICE, "Rex is a yimpus"), (CHOICE, "Max is not a yimpus"), (CHOICE, "neither"),
        (OPTIONS, "(A)"), (OPTIONS, "B"), (OPTIONS, "(D)"), (OPTIONS, "(A) and (C)"),
        (OPTIONS, "C or A"), (WHO, "Bob"), (WHO, "Ann and Bob"), (WHO, "nobody"),
        (ORDER, "Cid, Bob, Ann"), (ORDER, "Ann, Bob"), (ORDER, "Ann, Bob, Bob"),
        (ORDER, "Ann, Bob, Cid, Dan"), (OPEN, "Ann"), (OPEN, "Ann and Cid"), (TORN, "yes"),
        (TORN, "no"), (TORN, "unknown"),
    ],
)  # fmt: skip
def test_planted_wrong_answers_fail(text: str, answer: str) -> None:
    assert KIND.grade(task(text), Answer(answer)).passed is False


@pytest.mark.parametrize("text", [TRUTH, CHOICE, OPTIONS, WHO, ORDER, OPEN, TORN])
def test_a_proof_that_is_cut_short_fails(text: str) -> None:
    of = task(text)
    answer = solved(of)
    assert KIND.grade(of, answer).passed
    assert not KIND.grade(of, Answer(answer.text, answer.actions, answer.derivation[:-1])).passed
    if len(answer.actions) > 1:
        cut = Answer(answer.text, answer.actions[:-1], answer.derivation[:-1])
        assert not KIND.grade(of, cut).passed
        backwards = Answer(answer.text, answer.actions, answer.derivation[::-1])
        assert text == TORN or not KIND.grade(of, backwards).passed  # either half may come first


@pytest.mark.parametrize(
    ("text", "answer", "lines"),
    [
        (TRUTH, "false", ["Rex is not shy, because each feline is not shy"]),
        (TRUTH, "false", ["Rex is not shy, because each cat is not shy"]),
        (TRUTH, "false", ["Rex is a feline, because each cat is a feline"]),
        (TRUTH, "false", ["suppose Rex is shy; a contradiction, so Rex is not shy"]),
        (TRUTH, "false", ["suppose Rex is shy; nothing more follows"]),
        (TRUTH, "false", ["nonsense"]),
        (WHO, "Ann", ["Bob is not at 1, because a < b; an order that fits: Ann, Bob, Cid"]),
        (WHO, "Ann", ["Ann is not at 1, because a < b"]),
        (WHO, "Ann", ["suppose Ann is at 1; an order that fits: Ann, Bob, Cid; the same answer",
                      "Bob is not at 1, because a < b"]),
        (OPEN, "unknown", ["suppose Ann is at 1; a contradiction; a contradiction"]),
        (OPEN, "unknown", ["suppose Ann is at 1; an order that fits: Ann, Cid, Bob"]),
        (OPEN, "unknown", ["suppose Ann is at 1; the same answer; the same answer"]),
        (WHO, "Ann", ["suppose Zed is at 1; a contradiction"]),
    ],
)  # fmt: skip
def test_planted_faults_in_proofs_are_found(text: str, answer: str, lines: list[str]) -> None:
    actions = tuple(range(len(lines)))
    assert not KIND.grade(task(text), Answer(answer, actions, tuple(lines))).passed


@pytest.mark.parametrize(
    ("text", "prose", "answer"),
    [
        (TRUTH, "Rex is a cat, so a feline. Felines are not shy.\nThe answer is: false.", "false"),
        (TRUTH, r"Hence \boxed{\text{False}}", "false"),
        (TRUTH, "**Answer:** False", "false"),
        (CHOICE, "Max is a wumpus; wumpuses are yimpuses. So Max is a yimpus.", "yimpus"),
        (OPTIONS, "Red is left of green, blue is last.\nAnswer: (C)", "(C)"),
        (OPTIONS, "The correct option is (C) The red book is the leftmost.", "(C)"),
        (WHO, "Order: Ann, Bob, Cid. The answer is Ann.", "Ann"),
        (ORDER, "The order is Ann, Bob, Cid", "Ann, Bob, Cid"),
        (OPEN, "It cannot be determined from this.", "unknown"),
        (TORN, "The premises contradict each other.\nAnswer: contradiction", "contradiction"),
    ],
)
def test_answers_are_found_in_prose(text: str, prose: str, answer: str) -> None:
    found = KIND.answer_from_text(task(text), prose)
    assert found is not None
    assert found.text == answer


@pytest.mark.parametrize(
    "prose", ["", "I do not know.", "true or false", "?", "maybe true, maybe false"]
)
def test_no_answer_is_invented(prose: str) -> None:
    assert KIND.answer_from_text(task(TRUTH), prose) is None


def test_all_orders_are_looked_at() -> None:
    for count, all_of_them in ((2, 2), (4, 24), (7, 5040)):
        table = orders(count)
        assert table.shape == (all_of_them, count)
        assert len({tuple(row) for row in table.tolist()}) == all_of_them
        assert all(sorted(row) == list(range(1, count + 1)) for row in table[:50].tolist())
