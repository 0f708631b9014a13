"""What people say around a problem is taken off, and nothing that could matter."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.catalogue import default_catalogue
from tasks.framing import LONGEST, MOST_VARIANTS, variants
from tasks.math.bullets import without_bullets

KINDS = default_catalogue()


@pytest.mark.parametrize(
    ("text", "core"),
    [
        (
            "for my homework I need the value of 48 / 6. thanks in advance!",
            "find the value of 48 / 6.",
        ),
        ("**Problem 4.** Evaluate $x^2$", "Evaluate $x^2$"),
        ("my calculator is broken lol, 1024/16/4 equals what", "1024/16/4 equals what"),
        ("Take 15% of 240 and tell me the result", "Take 15% of 240"),
        ("Ok so -2(m - 6) = 8. Determine m.", "-2(m - 6) = 8. Determine m."),
        ("I'm stuck on this: is 7 prime", "is 7 prime"),
        ("is 391 a prime number or not? asking for a friend", "is 391 a prime number or not?"),
        ("I need to multiply (3x + 2) by x, what's the result?", "multiply (3x + 2) by x"),
        ("divide x^3 - 1 by x - 1, it's for my algebra homework", "divide x^3 - 1 by x - 1"),
        ("simultaneous equations question: m + n = 5, m = 2n", "m + n = 5, m = 2n"),
        ("Solve this.\n```\n4w - 9 = 15\n```", "Solve this:\n4w - 9 = 15"),
        ("how do I differentiate x^2? just the answer", "how do I differentiate x^2?"),
        ("can u factor 6x^2 - x", "factor 6x^2 - x"),
        ("points = [(3, 7), (12, 4)]\noptimal tour", "points: [(3, 7), (12, 4)]\noptimal tour"),
        ("Not sure about this one, is 0.7 bigger than 2/3?", "is 0.7 bigger than 2/3?"),
        ("Compute the sum below.\n12 + 30", "Compute the sum below:\n12 + 30"),
        ("$$2^3$$\nwhat does this come out to?", "$$2^3$$"),
    ],
)
def test_idle_words_around_a_problem_go(text: str, core: str) -> None:
    assert core in {variant.rstrip() for variant in variants(text)}


@pytest.mark.parametrize(
    "text",
    [
        "is 24 reachable from 1, 1, 1, 1, or not",
        "use 3, 4 and 5, each at most twice",
        "every item once, except the vase, capacity 5",
        "3x + 5 = 17, without brackets",
        "a, b and c satisfy a + b = c",
        "find the sum of 3 and 4, only if it is even",
        "don't multiply: 3 + 4",
        "the opposite of this: 3 + 4",
        "twice this: 3 + 4",
        "is this wrong? 3 + 4",
        "3 + 4",
        "What is the capital of France?",
    ],
)
def test_words_that_may_matter_stay(text: str) -> None:
    assert all(variant.rstrip(" .?!") == text.rstrip(" .?!") for variant in variants(text))


@given(st.text(alphabet="3x=+-*()^.,:;!?\n `$iau", max_size=60),
       st.sampled_from(["hi, ", "for my homework ", "my calculator is broken, ", "ok so "]),
       st.sampled_from(["", " thanks", ". what's the result?", ", lol"]))  # fmt: skip
def test_no_number_sign_or_name_is_ever_dropped(core: str, before: str, after: str) -> None:
    for variant in variants(before + core + after):
        for mark in "3x=^*":
            assert variant.count(mark) == core.count(mark) + (mark == "x") * 0, variant


@pytest.mark.parametrize("text", ["hi, " * 400, "(" * 1900, "- 5\n" * 400, "a " * 900, "." * 1999])
def test_any_text_takes_little_time(text: str) -> None:
    started = time.process_time()
    assert len(list(variants(text))) <= MOST_VARIANTS
    assert time.process_time() - started < 2.0


def test_long_texts_have_no_variants() -> None:
    assert list(variants("hi, " + "3 + " * LONGEST)) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("gcd of:\n- 96\n- 144\n- 60", "gcd of:\n96, 144, 60"),
        ("which is largest?\n- 5\n- 7\n- 3", "which is largest?\n5, 7, 3"),
        ("* -4\n* 2.5\nwhich is smaller", "-4, 2.5.\nwhich is smaller"),
        ("sort\n1. 5\n2. 3", "sort\n5, 3"),
        ("need p, q:\n- p + q = 6\n- p - q = 1", "need p, q:\np + q = 6; p - q = 1"),
    ],
)
def test_bulleted_lines_become_a_list(text: str, line: str) -> None:
    assert without_bullets(text) == line


@pytest.mark.parametrize(
    "text",
    ["- 5 + 3", "what is 100\n- 5\n- 7", "12\n+ 5\n+ 7", "-5\n-7", "- 5\n+ 3\nwhat is it",
     "1. 3x+5=17\n2. 2y = x + 4", "- 5\n- 3"],
)  # fmt: skip
def test_signs_and_numbered_problems_stay(text: str) -> None:
    assert without_bullets(text) == text


@pytest.mark.parametrize(
    ("text", "kind", "operation"),
    [
        ("for my homework I need the value of 48 ÷ 6 + 7 × 2. thanks in advance!",
         "math/arithmetic", None),
        ("I need the highest common divisor of these numbers:\n- 96\n- 144\n- 60",
         "math/numbers", "gcd"),
        ("For my worksheet: which of these is closest to 1 — 0.9, 8/9 or 1.12?",
         "math/compare", "closest"),
    ],
)  # fmt: skip
def test_a_framed_text_is_read_and_stays_the_prompt(
    text: str, kind: str, operation: str | None
) -> None:
    task = KINDS.parse(text)
    assert task is not None
    assert (task.kind, task.prompt) == (kind, text)
    assert operation is None or task.payload.operation == operation


def test_prose_is_refused_quickly() -> None:
    text = "hey, could you tell me how much money is left on my card? thanks"
    started = time.process_time()
    assert all(KINDS.parse(text) is None for _ in range(50))
    assert (time.process_time() - started) / 50 < 0.002
    assert not any(re.search(r"\bhey\b", variant) for variant in list(variants(text))[:1])
