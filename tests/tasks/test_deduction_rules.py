"""Inference is complete: on any premises it derives the grader's answer, and proves it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from graphs.best_first import best_first
from tasks.protocol import Answer, IllegalActionError, Task
from tasks.reasoning import deduction_orders as orders
from tasks.reasoning.deduction import DeductionKind
from tasks.reasoning.deduction_problem import LETTERS, DeductionPayload
from tasks.reasoning.deduction_rules import DeductionEnvironment

KIND = DeductionKind()
ENVIRONMENT = DeductionEnvironment()


def task_of(payload: DeductionPayload) -> Task:
    return Task("t", KIND.name, "", payload, 0.5, 0, "test")


def solved(payload: DeductionPayload) -> Answer:
    task = task_of(payload)
    found = best_first(ENVIRONMENT, KIND.guide, ENVIRONMENT.initial(task))
    answer = KIND.conclude(task, found)
    assert answer is not None
    return answer


def truth(*premises: str, asks: str = "Rex is x") -> DeductionPayload:
    opposite = asks.replace(" is ", " is not ")
    return DeductionPayload("classes", (), premises, (asks, opposite), ("true", "false"))


@pytest.mark.parametrize(
    ("premises", "answer"),
    [
        (("Rex is a cat", "each cat is x"), "true"),
        (("Rex is a cat", "each cat is not x"), "false"),
        (("Rex is not a cat", "each x is a cat"), "false"),  # backwards
        (("Rex is not a cat", "each cat is x"), "unknown"),
        (("Rex is a dog", "each cat is x"), "unknown"),
        (("each x is a cat", "each x is not a cat"), "false"),  # nothing can be x
        (("Rex is a cat", "each cat and black is x"), "unknown"),
        (("Rex is a cat", "Rex is black", "each cat and black is x"), "true"),
        (("Rex is a cat", "each cat and x is a dog", "Rex is not a dog"), "false"),
        (("Rex is a cat", "each cat is a dog", "each cat is not a dog"), "contradiction"),
        (("Tom is a cat", "Tom is not a cat", "Rex is x"), "contradiction"),
        (("each cat is a dog", "each dog is a cat", "Rex is a cat"), "unknown"),
        (("Rex is x",), "true"),
        (("REX is X",), "true"),
    ],
)
def test_known_truths_of_classes(premises: tuple[str, ...], answer: str) -> None:
    found = solved(truth(*premises))
    assert found.text == answer
    assert KIND.grade(task_of(truth(*premises)), found).passed


def test_any_premises_about_classes_give_the_graders_answer() -> None:
    rng = random.Random("classes")
    words = ["a cat", "a dog", "shy", "x", "big", "a bird"]
    answers = []
    for _ in range(400):
        premises = []
        for _ in range(rng.randrange(1, 9)):
            say = f"{'not ' if rng.random() < 0.35 else ''}{rng.choice(words)}"
            conditions = rng.sample(words, 1 if rng.random() < 0.8 else 2)
            each = " and ".join(word.removeprefix("a ") for word in conditions)
            premises.append(
                f"{rng.choice(('Rex', 'Tom', f'each {each}', f'each {each}'))} is {say}"
            )
        payload = truth(*premises)
        answer = solved(payload)
        answers.append(answer.text)
        assert KIND.grade(task_of(payload), answer).passed, (payload, answer)
    assert {*answers} == {"true", "false", "unknown", "contradiction"}
    assert min(answers.count(a) for a in {*answers}) > 30


def test_any_premises_about_orders_give_the_graders_answer() -> None:
    rng = random.Random("orders")
    answers = []
    for _ in range(250):
        count = rng.randrange(2, 7)
        premises = tuple(_relation(rng, count) for _ in range(rng.randrange(6)))
        if rng.random() < 0.3:
            cells = [(f"{LETTERS[n]} == {p}", f"n{n}") for p in range(1, count + 1)
                     for n in range(count)]  # fmt: skip
            claims, labels = zip(*cells, strict=True)
            form = "sequence"
        else:
            claims = tuple(_relation(rng, count) for _ in range(rng.randrange(1, 5)))
            labels = tuple(f"({chr(65 + n)})" for n in range(len(claims)))
            form = "order"
        names = tuple(f"n{n}" for n in range(count))
        payload = DeductionPayload(form, names, premises, claims, labels)
        answer = solved(payload)
        answers.append(answer.text)
        assert KIND.grade(task_of(payload), answer).passed, (payload, answer)
    assert answers.count("unknown") > 30
    assert answers.count("contradiction") > 20
    assert len({*answers}) > 10


def _relation(rng: random.Random, count: int) -> str:
    a, b, *rest = rng.sample(LETTERS[:count], min(3, count))
    place = rng.randrange(1, count + 1)
    forms = [f"{a} < {b}", f"{a} == {place}", f"{a} != {place}", f"{a} == {b} + 1",
             f"abs({a} - {b}) == 1", f"abs({a} - {b}) != 1", f"not ({a} == {b} + 2)",
             f"{a} < {place}", f"{a} > {place}", f"{a} == 1 or {a} == {count}"]  # fmt: skip
    if rest:
        forms += [f"{b} < {a} < {rest[0]} or {rest[0]} < {a} < {b}"]
    return rng.choice(forms)


def test_random_inferences_end_in_the_same_answer() -> None:
    # What `commutes` promises: facts grow and cases shrink, whatever is inferred first.
    rng = random.Random("walk")
    for seed in range(40):
        task = KIND.generate(seed, 0.3, "train")
        state, steps = ENVIRONMENT.initial(task), 0
        while not ENVIRONMENT.is_terminal(state):
            legal = np.flatnonzero(ENVIRONMENT.legal(state))
            state = ENVIRONMENT.step(state, int(rng.choice(legal)))
            steps += 1
        assert steps <= ENVIRONMENT.max_steps
        assert ENVIRONMENT.answer(state) == solved(task.payload).text


def test_an_inference_that_is_not_there_is_refused() -> None:
    state = ENVIRONMENT.initial(task_of(truth("Rex is a cat", "each dog is x")))
    with pytest.raises(IllegalActionError, match="not possible"):
        ENVIRONMENT.step(state, 0)


def test_one_action_rules_out_one_place() -> None:
    payload = DeductionPayload("order", ("p", "q", "r"), ("a < b", "b < c"), ("a == 1",), ("(A)",))
    state = ENVIRONMENT.initial(task_of(payload))
    assert isinstance(state, orders.Cases)
    before = sum(bits.bit_count() for bits in state.cases[-1].places)
    after = ENVIRONMENT.step(state, KIND.guide.actions(state)[0])
    assert isinstance(after, orders.Cases)
    assert sum(bits.bit_count() for bits in after.cases[-1].places) == before - 1


def test_views_lie_between_minus_one_and_one() -> None:
    for seed in range(20):
        state = ENVIRONMENT.initial(KIND.generate(seed, 0.8, "train"))
        while not ENVIRONMENT.is_terminal(state):
            view = ENVIRONMENT.observe(state)
            assert np.abs(view).max() <= 1.0
            state = ENVIRONMENT.step(state, KIND.guide.actions(state)[0])
