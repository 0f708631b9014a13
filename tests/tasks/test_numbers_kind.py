"""The kind `math/numbers`: questions are read, answered, and graded by other means."""

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

from tasks.math.numbers import NumbersKind
from tasks.math.numbers_grader import prime
from tasks.math.numbers_primes import factors, is_prime
from tasks.math.numbers_problem import FORMS
from tasks.protocol import Answer, InvalidTaskError, Task, task_to_json
from tasks.solving import TooHardError

KIND = NumbersKind()
PHRASINGS = Path(__file__).parents[1] / "samples" / "phrasings" / "numbers.jsonl"


def task_of(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None, text
    return task


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What is the greatest common divisor of 48 and 18?", "6"),
        ("gcd(48, 18, 15)", "3"),
        ("lcm of 4, 6 and 10", "60"),
        ("Calculate the common denominator of 107/570 and -56/9861.", "98610"),
        ("What are the prime factors of 528933?", "3, 157, 1123"),
        ("prime factorization of 360", "2^3 * 3^2 * 5"),
        ("what are the factors of 12?", "1, 2, 3, 4, 6, 12"),
        ("How many divisors does 36 have?", "9"),
        ("Is 20890268915 composite?", "True"),
        ("is 1 prime", "False"),
        ("Does 9 divide 957065?", "False"),
        ("Is 3277 a multiple of 29?", "True"),
        ("is 12 odd?", "False"),
        ("is 17 odd or even", "odd"),
        ("is 51 prime or composite?", "composite"),
        ("is 1 prime or composite?", "neither"),
        ("What is the remainder when 23153 is divided by 22842?", "311"),
        ("-7 mod 3", "2"),
        ("2^20 mod 7", "4"),
        ("last digit of 7^100", "1"),
        ("What is the ten millions digit of 98270322095?", "7"),
        ("What is the tenths digit of 3.14?", "1"),
        ("Round 5404.00372 to 0 dps.", "5404"),
        ("What is 0.000022038612 rounded to six decimal places?", "0.000022"),
        ("Round -2.5 to the nearest integer.", "-3"),
        ("Round 2272724238 to the nearest one hundred thousand.", "2272700000"),
        ("round 0.004567 to 2 significant figures", "0.0046"),
        ("round 7.3 to the nearest half", "7.5"),
        ("Convert -188a5 (base 12) to base 14.", "-d0bb"),
        ("0xff in decimal", "255"),
        ("convert 255 to binary", "11111111"),
        ("In base 14, what is -c045 - -b?", "-c038"),
        ("What is the cube root of 320677888 to the nearest integer?", "684"),
        ("What is 11270 to the power of 1/2, to the nearest integer?", "106"),
        ("square root of 2 to 3 decimal places", "1.414"),
        ("Round 1,234,567 to the nearest thousand", "1235000"),
        ("what is the smallest prime greater than 200", "211"),
        ("next prime after 13", "17"),
        ("largest prime below 100", "97"),
        ("smallest prime factor of 91", "7"),
        ("What is the largest prime factor of 13195?", "29"),
        ("which digit stands in the hundreds place of 58231?", "2"),
        (r"Determine $\gcd(1071, 462)$.", "21"),
        ("gcd of:\n- 96\n- 144\n- 60", "12"),
        ("12, 18 and 24: what is their greatest common divisor?", "6"),
        ("how many divisors does (42) have", "8"),
    ],
)
def test_questions_are_answered_and_pass(text: str, answer: str) -> None:
    task = task_of(text)
    assert KIND.compute(task).text == answer
    assert KIND.grade(task, Answer(answer)).passed


def test_twenty_planted_wrong_answers_are_all_refused() -> None:
    wrong = {
        "gcd(48, 18)": ["3", "12", "-6", "6.5", "0", "", "six", "48, 18"],
        "lcm(4, 6)": ["24", "2", "-12", "6"],
        "List the prime factors of 60.": ["2, 3", "2, 2, 3, 5", "3, 4, 5", "2, 3, 5, 7", "60", "1"],
        "prime factorization of 60": ["2^2 * 15", "2 * 3 * 5", "60", "4 * 3 * 5", "1 * 60"],
        "is 91 prime": ["True", "yes", "91"],
        "Round 3.14159 to 2 decimal places": ["3.15", "3.141", "3.1", "-3.14"],
        "convert 10 to binary": ["10", "1011", "2", "-1010"],
        "is 17 odd or even": ["even", "yes", "17"],
        "is 1 prime or composite": ["prime", "composite"],
        "17 mod 5": ["-3", "7", "3.4"],
        "next prime after 13": ["13", "19", "15", "11", "-17"],
        "largest prime below 100": ["89", "99", "101", "98"],
        "smallest prime factor of 91": ["13", "91", "1", "3"],
        "largest prime factor of 13195": ["13", "13195", "2639", "5"],
    }
    planted = [(task_of(text), answer) for text, answers in wrong.items() for answer in answers]
    assert len(planted) >= 20
    assert [a for task, a in planted if KIND.grade(task, Answer(a)).passed is not False] == []


def test_a_right_answer_with_one_token_changed_is_graded_wrong() -> None:
    graded = passed = 0
    for seed in range(400):
        task = KIND.generate(seed, seed / 400, "test")
        answer = KIND.compute(task)
        assert KIND.grade(task, answer).passed, (task.prompt, answer)
        for other in corruptions(answer.text):
            graded += 1
            passed += KIND.grade(task, Answer(other)).passed is not False
    assert graded > 1000
    assert passed <= 0.001 * graded


def test_solver_and_grader_know_the_same_primes() -> None:
    numbers = [*range(-5, 3000), *range(10**12, 10**12 + 200), *range(2**61 - 40, 2**61 + 40)]
    numbers += [561, 1105, 3215031751, 3825123056546413051, 318665857834031151167461, 5459, 5777]
    for number in numbers:
        assert is_prime(number) == prime(number), number
    assert prime(2**61 - 1)
    assert prime(2**89 - 1)
    assert not prime(2**83 - 1)


@given(st.integers(1, 10**15))
def test_factors_multiply_back(number: int) -> None:
    product = 1
    for factor, times in factors(number).items():
        assert prime(factor)
        product *= factor**times
    assert product == number


@pytest.mark.parametrize(
    "text",
    [
        f"List the prime factors of {(10**30 + 57) * (10**31 + 33)}.",
        f"Is {2**521 - 1} prime?",
        f"List the prime factors of {10**40 + 121}.",
        "factors of 1" + "0" * 290,
    ],
)
def test_what_is_too_hard_is_said_so_quickly(text: str) -> None:
    started = time.thread_time()
    with pytest.raises(TooHardError):
        KIND.compute(task_of(text))
    assert time.thread_time() - started < 2


@pytest.mark.parametrize(
    "text",
    ["hello", "What is the capital of France?", "The root of the problem is 3", "is 3 a crowd?",
     "factor x^2 - 4", "What is 3 + 4?", "sort 3, 1, 2", "around 7 to 9", "Is 7 bigger than 5?",
     "base camp 2 to base camp 3", "Let x be 4. What is the remainder when x is divided by 3?"],
)  # fmt: skip
def test_other_texts_are_left_alone(text: str) -> None:
    assert KIND.parse(text) is None


@pytest.mark.parametrize(
    "text",
    ["Convert 129 (base 8) to base 2.", "convert 12 (base 1) to base 3", "17 mod 0",
     "What is the square root of -4 to the nearest integer?", "Is " + "9" * 400 + " prime?",
     "Round 1,234 to the nearest ten.", "In base 2, what is 3 + 4?", "convert 1101 to decimal"],
)  # fmt: skip
def test_questions_against_the_rules_are_refused(text: str) -> None:
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
        for record in map(json.loads, path.read_text().splitlines()[::4])
        if (record["module"].startswith("numbers__") and "composed" not in record["module"])
        or record["module"].endswith(("in_base", "integer_root"))
    ]
    assert len(records) >= 100
    for record in records:
        task = task_of(record["question"])
        assert KIND.compute(task).text == record["answer"]
        assert KIND.grade(task, Answer(record["answer"])).passed


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_nearly_all_of_two_thousand_tasks_are_distinct(difficulty: float) -> None:
    tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000)]
    assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("gcd(48, 18)", "The greatest common divisor is 6.", "6"),
        ("gcd(48, 18)", "48 = 2^4*3, 18 = 2*3^2.\nAnswer: 6", "6"),
        ("is 91 prime", "91 = 7*13, so no.", "no"),
        ("is 97 prime", "Yes, it is prime.", "Yes, it is prime"),
        ("List the prime factors of 60.", r"\boxed{2, 3, 5}", "2, 3, 5"),
        ("convert 10 to binary", "The answer is 1010", "1010"),
        ("prime factorization of 60", "60 = 2^2 * 3 * 5", "2^2 * 3 * 5"),
    ],
)
def test_answers_are_found_in_prose(question: str, text: str, answer: str) -> None:
    task = task_of(question)
    assert KIND.answer_from_text(task, text) == Answer(answer)


def test_generated_questions_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 11, "test") for n in range(12)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1, ensure_ascii=False)
    golden("math-numbers.json", text + "\n")


@given(
    st.sampled_from([*FORMS, "banana"]),
    st.lists(
        st.one_of(
            st.integers(-(10**20), 10**20).map(str),
            st.sampled_from(
                ["0", "1", "2", "36", "-1", "1/0", "1/2", "0.5", "zz", "+", "", "9" * 400]
            ),
            st.text(max_size=5),
        ),
        max_size=5,
    ),
    st.text(max_size=20),
)
def test_no_payload_breaks_the_kind(operation: str, values: list[str], answer: str) -> None:
    try:
        payload = KIND.payload_from_json({"operation": operation, "values": values})
    except InvalidTaskError:
        return
    task = Task("", KIND.name, "", payload, 0.0, 0, "test")
    started = time.thread_time()
    with contextlib.suppress(TooHardError):
        assert KIND.grade(task, KIND.compute(task)).passed is not False
    assert KIND.grade(task, Answer(answer)).passed in (True, False)
    KIND.answer_from_text(task, answer)
    assert time.thread_time() - started < 2


_PIECES = ["gcd", "round", "1", "12", "(", ")", " ", ",", "of", "and", "to the nearest", "base",
           "digit", "prime", "is", "mod", "-", ".", "/", "^", "convert", "in", "hundreds", "root",
           "decimal places", "what is", "the", "7f"]  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=20), st.sampled_from([" ", ""]))
def test_no_text_breaks_the_reader(parts: list[str], between: str) -> None:
    with contextlib.suppress(InvalidTaskError, TooHardError):
        task = KIND.parse(between.join(parts))
        if task is not None:
            assert KIND.grade(task, KIND.compute(task)).passed is not False


@pytest.mark.parametrize(
    "text",
    ["round 1" + ", " * 1400, "gcd of " + "1, " * 900 + "1", "gcd of 1" + " and 1" * 400,
     "list the factors of 1" + "0 " * 1400, "digit " * 450 + "1", "1" * 2990 + " mod 7",
     "in base 2, what is 1" + " + 1" * 600],
)  # fmt: skip
def test_no_message_holds_the_server(text: str) -> None:
    started = time.thread_time()
    with contextlib.suppress(InvalidTaskError, TooHardError):
        task = KIND.parse(text)
        if task is not None:
            KIND.compute(task)
    assert time.thread_time() - started < 2.0


@pytest.mark.parametrize("data", [{}, {"operation": "gcd"},
                                  {"operation": 3, "values": ["1", "2"]},
                                  {"operation": "gcd", "values": "12"},
                                  {"operation": "gcd", "values": [1, 2]},
                                  {"operation": "gcd", "values": ["1", "2"],
                                   "more": 1}])  # fmt: skip
def test_broken_payloads_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(InvalidTaskError):
        KIND.payload_from_json(data)
