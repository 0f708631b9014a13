"""The kind `math/arithmetic`: its rules keep the value, its grader is not fooled."""

from __future__ import annotations

import contextlib
import json
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from answer_corruption import corruptions
from hypothesis import given
from hypothesis import strategies as st

from tasks.math.arithmetic import ArithmeticKind
from tasks.math.arithmetic_grader import UnreadableError, read_answer, value_of
from tasks.math.arithmetic_rules import VERBS, K, result
from tasks.protocol import Answer, IllegalActionError, InvalidTaskError, Task, task_to_json
from tasks.solving import Findings

KIND = ArithmeticKind()
ENVIRONMENT = KIND.environment
assert ENVIRONMENT is not None
PHRASINGS = Path(__file__).parents[1] / "samples" / "phrasings" / "arithmetic.jsonl"


def task_of(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None, text
    return task


def actions_of(task: Task, rng: random.Random | None = None) -> tuple[int, ...]:
    """Follow the guide's first action, or any that is legal, to the end."""
    assert ENVIRONMENT is not None
    state, actions = ENVIRONMENT.initial(task), []
    while not ENVIRONMENT.is_terminal(state) and len(actions) < ENVIRONMENT.max_steps:
        legal = KIND.guide.actions(state)
        actions.append(rng.choice(legal) if rng else legal[0])
        state = ENVIRONMENT.step(state, actions[-1])
    return tuple(actions)


def solved(task: Task) -> Answer | None:
    """Return what the kind concludes from the one way that commuting rules need."""
    assert ENVIRONMENT is not None
    actions = actions_of(task)
    state = ENVIRONMENT.initial(task)
    for action in actions:
        state = ENVIRONMENT.step(state, action)
    won = ENVIRONMENT.is_terminal(state) and ENVIRONMENT.returns(state)[0] > 0
    ends = (actions,) if won else ()
    return KIND.conclude(task, Findings(ends, (0.0,) * len(ends), True, won, len(actions)))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What is (2 + 3*4)/(7 - 9)?", "-7"),
        ("-3 - -5", "2"),
        ("What is 0.25 less than 3?", "2.75"),
        ("2.5 * 4", "10"),
        ("1/3 + 1/6", "1/2"),
        ("0.5/3", "1/6"),
        ("-2^2", "-4"),
        ("2^3^2", "512"),
        ("2^-3", "1/8"),
        ("8^(2/3)", "4"),
        ("3/7 divided by 2/5", "15/14"),
        ("2/3 squared", "4/9"),
        ("20% of 50 + 3", "13"),
        ("half of 3 + 4", "11/2"),
        ("one half plus one third of 6", "5/2"),
        ("3 x -2", "-6"),
        ("3 plus 4 multiplied by 5", "23"),
        ("5 less than 3 times 4", "7"),
        ("what is the sum of 2*3 and 4*5", "26"),
        ("divide 7.2 by 0.9 then add 1.5", "9.5"),
        ("(-1)^100001 + 1^(10^9)", "0"),
        ("Simplify (sqrt(12) + sqrt(27))/sqrt(2).", "5*sqrt(6)/2"),
        ("Simplify 1/(1 + sqrt(2) + sqrt(3)).", "1/2 + sqrt(2)/4 - sqrt(6)/4"),
        ("Simplify (1 + sqrt(2))^3.", "7 + 5*sqrt(2)"),
        ("simplify sqrt(4)*sqrt(9)", "6"),
        ("sqrt(2)*sqrt(2) - 2", "0"),
        ("sqrt(2 + 2)", "2"),
        ("sqrt(1/2)", "sqrt(2)/2"),
        ("What is the distance between -4 and 2.5?", "6.5"),
        ("5/(3 - 3)", "undefined"),
        ("1/(sqrt(8) - 2*sqrt(2))", "undefined"),
    ],
)
def test_results_are_exact_and_pass(text: str, answer: str) -> None:
    task = task_of(text)
    found = solved(task)
    assert found is not None
    assert found.text == answer
    assert KIND.grade(task, found).passed


@pytest.mark.parametrize(
    "text", ["9^(9^9 + 1)", "0^0", "(2^999*3)^4000", "sqrt(-4)", "2^sqrt(2)", "2^(1/3)"]
)
def test_what_has_no_value_within_the_limits_is_left_open(text: str) -> None:
    task = task_of(text)
    assert solved(task) is None
    assert KIND.grade(task, Answer("1")).passed is not True


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_every_step_keeps_the_value_and_any_order_ends_in_the_same_result(
    difficulty: float,
) -> None:
    assert ENVIRONMENT is not None
    rng = random.Random(1)
    for seed in range(40):
        task = KIND.generate(seed, difficulty, "test")
        truth = value_of(task.payload.text)
        answers = set()
        for order in (None, rng):
            answer = KIND.answer_from_actions(task, actions_of(task, order))
            assert all(value_of(step) == truth for step in answer.derivation)
            assert KIND.grade(task, answer).passed
            answers.add(answer.text)
        assert len(answers) == 1


def test_no_action_works_out_more_than_one_operation() -> None:
    assert ENVIRONMENT is not None
    for seed in range(60):
        state = ENVIRONMENT.initial(KIND.generate(seed, 0.7, "test"))
        while not ENVIRONMENT.is_terminal(state):
            legal = np.flatnonzero(ENVIRONMENT.legal(state))
            for action in legal:
                after = ENVIRONMENT.step(state, int(action))
                assert KIND.guide.estimate(state) - KIND.guide.estimate(after) <= 1
            state = ENVIRONMENT.step(state, int(legal[-1]))


def test_exactly_the_legal_actions_can_be_taken() -> None:
    assert ENVIRONMENT is not None
    for seed in range(20):
        state = ENVIRONMENT.initial(KIND.generate(seed, 0.5, "test"))
        mask = ENVIRONMENT.legal(state)
        assert mask.shape == (K * VERBS,)
        for action in np.flatnonzero(~mask):
            with pytest.raises(IllegalActionError):
                ENVIRONMENT.step(state, int(action))
        view = ENVIRONMENT.observe(state)
        assert np.abs(view).max() <= 1
        assert not view[np.flatnonzero(~mask.reshape(K, VERBS).any(axis=1))].any()


def test_an_expression_that_cannot_go_on_is_lost() -> None:
    assert ENVIRONMENT is not None
    state = ENVIRONMENT.initial(task_of("1/(2 - 2)"))
    state = ENVIRONMENT.step(state, KIND.guide.actions(state)[0])
    assert ENVIRONMENT.is_terminal(state)
    assert result(state) is None
    assert ENVIRONMENT.returns(state) == [-1.0]


def test_nearly_all_of_two_thousand_tasks_are_distinct() -> None:
    for difficulty in (0.0, 0.8):
        tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000)]
        assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)


def test_effort_rises_with_difficulty() -> None:
    means = [
        statistics.mean(len(actions_of(KIND.generate(s, d, "test"))) for s in range(40))
        for d in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert all(later > earlier + 1 for earlier, later in pairwise(means))


def test_twenty_planted_wrong_answers_are_all_refused() -> None:
    wrong = {
        "1/3 + 1/6": ["1/3", "0.3", "2", "1/2 + 0", "1/3 + 1/6", "-1/2", "1/0", "", "half"],
        "2 * 0.35": ["0.07", "7", "0.700001", "0.7*1", "7/100"],
        "simplify sqrt(12)": ["sqrt(12)", "3.4641016151377544", "2*sqrt(2)", "4*sqrt(3)",
                              "-2*sqrt(3)",
                              "sqrt(3) + sqrt(3)", "2*sqrt(3) + 0", "sqrt(3)*2*1"],
        "5/(3 - 3)": ["0", "5", "infinity", "5/0"],
    }  # fmt: skip
    planted = [(task_of(text), answer) for text, answers in wrong.items() for answer in answers]
    assert len(planted) >= 20
    assert [a for task, a in planted if KIND.grade(task, Answer(a)).passed is not False] == []


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("1/3 + 1/6", ["1/2", "0.5", " 1/2.", "= 1/2", "2/4", "(1)/2", "\u22120.5/-1"]),
        ("-1 - 2", ["-3", "\u22123", "-3.0"]),
        ("simplify sqrt(12) + 1", ["1 + 2*sqrt(3)", "2*sqrt(3) + 1", "2sqrt(3)+1", "2√3 + 1"]),
        ("simplify 3*sqrt(2)/4", ["3*sqrt(2)/4", "(3/4)*sqrt(2)", "3/4*sqrt(2)", "0.75sqrt(2)"]),
        ("(1 + sqrt(5))/2", ["(1 + sqrt(5))/2", "1/2 + sqrt(5)/2"]),
    ],
)
def test_right_answers_pass_however_they_are_written(text: str, answers: list[str]) -> None:
    task = task_of(text)
    for answer in answers:
        assert KIND.grade(task, Answer(answer)).passed, answer


def test_a_right_answer_with_one_token_changed_is_graded_wrong() -> None:
    graded = passed = 0
    for seed in range(150):
        task = KIND.generate(seed, seed / 150, "test")
        answer = solved(task)
        assert answer is not None
        for other in corruptions(answer.text):
            graded += 1
            passed += KIND.grade(task, Answer(other)).passed is not False
    assert graded > 700
    assert passed <= 0.001 * graded


def test_a_single_wrong_step_fails_a_right_answer() -> None:
    task = KIND.generate(3, 0.5, "test")
    answer = KIND.answer_from_actions(task, actions_of(task))
    for place, step in enumerate(answer.derivation):
        for broken in (step + " + 1", "banana", "", "1/0"):
            steps = (*answer.derivation[:place], broken, *answer.derivation[place + 1 :])
            assert KIND.grade(task, replace(answer, derivation=steps)).passed is False
    assert KIND.grade(task, replace(answer, derivation=answer.derivation[:-1])).passed is False


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("7", "7"),
        ("The answer is -7/2.", "-7/2"),
        ("First 2*3 = 6, then 6 + 1 = 7.", "7"),
        (r"Thus \boxed{\frac{7}{2}}", "7/2"),
        (r"so it is $2\sqrt{3}$" + "\n" + r"\boxed{2\sqrt{3}}", "2sqrt(3)"),
        ("Adding up gives:\n**12.5**", "12.5"),
        ("Division by zero, so it is undefined.", "undefined"),
    ],
)
def test_answers_are_found_in_prose(text: str, answer: str) -> None:
    assert KIND.answer_from_text(task_of("1 + 1"), text) == Answer(answer)


@pytest.mark.parametrize("text", ["", "I cannot say.", "seven", "3 + 4"])
def test_no_answer_is_invented(text: str) -> None:
    assert KIND.answer_from_text(task_of("1 + 1"), text) is None


@pytest.mark.parametrize(
    "text",
    ["hello", "7", "x + 1", "3x + 5 = 17", "2 apples + 3 apples", "call 555 1234", "05-12-2024",
     "What is the sum of the angles in a triangle?", "Is 3 + 4 = 7?", "(1, 2) + (3, 4)",
     "0x10 + 1", "+", "1 +",
     "simplify -(3x-2)", "2x(3+1)", "Use 4 4 6 8 to make 24",
     "the difference between cats and dogs", "5 of 7",
     "whats the difference between 10 and 3 (I have 4 apples)"],
)  # fmt: skip
def test_other_texts_are_left_alone(text: str) -> None:
    assert KIND.parse(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "1,000 + 5",
        "-3 squared",
        "the sum of 3 and 4 times 5",
        "divide 10 by 2 plus 3",
        "the difference between 10 and 3 + 2",
        "2^100000000",
        "9^9^9^9",
        "(2^4000)^4000",
        "1" * 80 + " + 1",
        "(" * 60 + "1 + 1" + ")" * 60,
        "1+" * 900 + "1",
    ],
)
def test_unclear_and_too_large_expressions_are_refused(text: str) -> None:
    with pytest.raises(InvalidTaskError):
        KIND.parse(text)


def test_people_are_understood() -> None:
    lines = [json.loads(line) for line in PHRASINGS.read_text().splitlines()]
    right = 0
    for line in lines:
        task = KIND.parse(line["text"])
        if task is not None:
            answer = solved(task)
            assert answer is not None
            assert KIND.grade(task, Answer(line["answer"])).passed
            right += KIND.grade(task, answer).passed is True
    assert right >= 0.9 * len(lines)


def test_published_questions_are_solved(benchdata: Path) -> None:
    records = [
        record
        for path in sorted(benchdata.glob("math/*.jsonl"))
        for record in map(json.loads, path.read_text().splitlines()[::7])
        if record["task"] == "multistep_arithmetic"
        or (record.get("module", "").startswith("arithmetic__")
            and not record["module"].endswith(("in_base", "integer_root")))
    ]  # fmt: skip
    assert len(records) >= 100
    for record in records:
        task = task_of(record["question"])
        answer = solved(task)
        assert answer is not None
        assert KIND.grade(task, answer).passed
        assert KIND.grade(task, Answer(record["answer"])).passed


def test_generated_expressions_keep_to_their_golden_file(
    golden: Callable[[str, str], None],
) -> None:
    tasks = [KIND.generate(n, n / 5, "test") for n in range(6)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1, ensure_ascii=False)
    golden("math-arithmetic.json", text + "\n")


@pytest.mark.parametrize("data", [{}, {"text": 3}, {"text": "x + 1"}, {"text": "1 +"},
                                  {"text": "1 + 1", "more": 1}, {"text": "abs(1, 2)"}])  # fmt: skip
def test_broken_payloads_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(InvalidTaskError):
        KIND.payload_from_json(data)


@given(st.text(alphabet="0123456789+-*/()^.,√²½ sqrtabof%=?x\n$\\{}", max_size=50))
def test_no_text_breaks_the_kind(text: str) -> None:
    started = time.thread_time()
    try:
        task = KIND.parse(text)
    except InvalidTaskError:
        return
    if task is not None:
        answer = solved(task)
        verdict = KIND.grade(task, answer or Answer(text))
        assert answer is None or verdict.passed is not False
    assert time.thread_time() - started < 2


@given(st.text(max_size=80), st.text(alphabet="0123456789+-*/().sqrt√ ", max_size=60))
def test_no_answer_breaks_the_grader(prose: str, text: str) -> None:
    task = task_of("simplify sqrt(12) + 1/2")
    for answer in (prose, text):
        assert KIND.grade(task, Answer(answer, derivation=(answer,))).passed in (True, False)
        found = KIND.answer_from_text(task, answer)
        assert found is None or read_answer(found.text) is not None or found.text == "undefined"


@given(
    st.lists(
        st.sampled_from(["1", "20", "(", ")", "+", "-", "*", "/", "^", "9", "sqrt("]), max_size=40
    )
)
def test_towers_and_nests_are_refused_quickly(parts: list[str]) -> None:
    started = time.thread_time()
    with contextlib.suppress(UnreadableError):
        value_of("".join(parts))
    assert time.thread_time() - started < 2


@pytest.mark.parametrize(
    "text",
    ["1 + 1" + "? " * 1000 + "1", "what is " + "of " * 700 + "1 + 1",
     "sum of " + "1 and " * 300 + "1",
     "1" + " less than 1" * 150, "1" + "^2" * 300, "-" * 2000 + "1",
     "1 + " * 500, ", " * 1000 + "1+1",
     "sqrt(" * 300 + "2" + ")" * 300],
)  # fmt: skip
def test_no_message_holds_the_server(text: str) -> None:
    started = time.thread_time()
    try:
        task = KIND.parse(text)
        if task is not None:
            KIND.grade(task, solved(task) or Answer("1"))
    except InvalidTaskError:
        pass
    assert time.thread_time() - started < 2.0


def test_sums_of_many_large_fractions_stay_within_bounds() -> None:
    text = " + ".join(f"1/{10**50 + 2 * n + 1}" for n in range(30))
    started = time.thread_time()
    task = KIND.parse(text[:1900])
    assert (
        task is None or solved(task) is None or KIND.grade(task, solved(task) or Answer("")).passed
    )
    assert time.thread_time() - started < 2
    assert read_answer("9" * 5000) is None
    assert value_of("1/3") == {1: Fraction(1, 3)}
