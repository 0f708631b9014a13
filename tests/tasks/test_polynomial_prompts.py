"""What is read as a polynomial task, what is left to other kinds, what is refused."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.math.polynomial_prompts import read_prompt
from tasks.math.polynomials import PolynomialsKind
from tasks.protocol import Answer, InvalidTaskError

KIND = PolynomialsKind()


@pytest.mark.parametrize(
    "text",
    [
        "expand (x+1)(x-2)",
        "Could you please expand the brackets in (x + 1)(x − 2)?",
        "multiply out $(x+1)(x-2)$ for me",
        r"Expand \left(x+1\right)\left(x-2\right)",
        "What is (x+1)(x-2) expanded?",
        "(x+1)(x-2) = ?",
        "what is (x+1)*(x-2)",
        "rewrite (x+1)(x-2) without brackets",
        "What is the product of x+1 and x-2?",
        "multiply x+1 by x-2",
        "Write (x+1)(x-2) as a polynomial in standard form",
        "simplify x² - 2x + x - 2",
        "Collect like terms: x^2 - 2x + x - 2",
        "combine the like terms of x^2 - 2x + x - 2, thanks",
        "subtract x + 2 from x^2",
        "add x^2 - 3x and 2x - 2",
        "If f(x) = x + 1 and g(x) = x - 2, what is f(x)*g(x)?",
        "f(x) = x+1, g(x) = x-2. Find (f*g)(x)",
        "Let p(t) = (t+1)(t-2). Find p(x).",
        "let f(t) = t^2 - t - 2\nfind f(x)",
        "Let a = x + 1. Let b = x - 2. Calculate a*b.",
    ],
)
def test_people_ask_for_the_same_thing_in_many_ways(text: str) -> None:
    task = KIND.parse(text)
    assert task is not None, text
    assert KIND.grade(task, Answer("x**2 - x - 2")).passed, task.payload


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("evaluate 3x^2 - 4 at x = -2", "8"),
        ("What is 3x^2 - 4 when x = -2?", "8"),
        ("f(x) = 3x² - 4, f(-2) = ?", "8"),
        ("Given f(x)=3x^2-4, find f(-2)", "8"),
        ("find f(-2) if f(x) = 3x^2 - 4", "8"),
        ("if x is -2, what is 3x^2 - 4?", "8"),
        ("substitute x = -2 into 3x^2 - 4", "8"),
        ("Let w(d) = 3*d**2 - 4. Let u(j) = j - 9. Calculate w(-2).", "8"),
        ("Let h(n) = 0,5*n**2 + 1,5*n. What is h(2)?", "5"),
        ("f(x)=x+1; g(x)=2x; f(g(3))", "7"),
        ("what is the coefficient of x^2 in (x+3)^3?", "9"),
        ("Expand (x+3)^3 and give the coefficient of x**2", "9"),
        ("constant term of (x+3)^3", "27"),
        ("Rearrange 4*p - 9 - 2*p to the form k*p + y and give k.", "2"),
        ("Express 4*p - 9 - 2*p in the form k*p + y + a*p**2 and give a.", "0"),
        ("Simplify (x**3/x)**(-1/2) assuming x is positive.", "x**(-1)"),
        ("simplify sqrt(16x^4) for x > 0", "4*x**2"),
        ("Let f(x) be 2x + 1. Let g be x^2. What is f(3)?", "7"),
        ("Let k = 2 - 5. Let f(x) = k*x. What is f(4)?", "-12"),
    ],
)
def test_values_coefficients_and_powers_are_read(text: str, answer: str) -> None:
    task = KIND.parse(text)
    assert task is not None, text
    assert KIND.grade(task, Answer(answer)).passed, task.payload


@pytest.mark.parametrize(
    "text",
    [
        "What is the derivative of x**2 + x?",
        "Let f(x) be the second derivative of x**3 + x. What is f(2)?",
        "Solve 3x + 2x = 5",
        "Solve x^2 + 3x for x = 2 and tell me a joke",
        "Factor x**2 - 1.",
        "d/dx (x^5 + 2x^2)",
        r"Find $\frac{d}{dx}(3x^2 - 8x)$",
        "d^2/dx^2 (x^5 + 2x^2)",
        "If f(x) = x^2 + x, what is f'(3)?",
        "∫ (x + x) dx",
        "Suppose 2*a = a + 3. Let f(x) = a*x. What is f(2)?",
        "Let i(f) = 3*f. Find j, given that i(j) = 0.",
        "What is 3 + 4*5?",
        "Simplify 2/4.",
        "simplify this",
        "expand",
        "please expand on point 3 of the plan",
        "What is x?",
        "what is (a) and what is (b)?",
        "Let me know if x = 2 works for you",
        "I paid 3x as much for the C++ book (2nd edition)",
        "Is 5x a monomial?",
        "Let g(y) = y**2. Let p = 2. Let f(x) = x**p. What is f(3)?",
        "a - b",
        "Let k(t) = 12*t**2. What is x(k(q))?",
        "Let g(s) = 5*s. What is g(q(w))?",
        "Let f(x) = x + 1. What is g(2)?",
        "simplify ln(x) + ln(x)",
        "what is tan(x) + tan(x)?",
        "What is 3 kg + 2 kg?",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert read_prompt(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("expand (x+1)^1000", "power"),
        ("expand (a+b+c+d+e)^8", "terms"),
        ("expand (x+1)(x+2", "bracket"),
        ("simplify 1/(x+1) + 1/(x-1)", "divides by a sum"),
        ("simplify (x^2)^(1/2)", "positive"),
        ("simplify x/0", "zero"),
        ("simplify 6x/2x", "two ways"),
        ("expand x^(9^9^9)", "exponent"),
        ("expand 1,000*(x+1)", "two ways"),
        ("simplify f(x) + f(x)", "not defined"),
        ("simplify 2^99999*x", "bits"),
        ("Rearrange 4*p - 9 to the form k*p + y and give z.", "asked for"),
    ],
)
def test_unsound_problems_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidTaskError, match=reason):
        read_prompt(text)


def test_definitions_that_multiply_are_refused_quickly() -> None:
    chain = ["f(x) = x + 1"]
    for before, name in zip("fghkmnpqrst", "ghkmnpqrstu", strict=True):
        chain.append(f"{name}(x) = {' + '.join([f'{before}(x)'] * 9)}")
    started = time.process_time()
    with pytest.raises(InvalidTaskError):
        read_prompt(". ".join(f"Let {text}" for text in chain) + ". What is u(2)?")
    assert time.process_time() - started < 2.0


def test_foreign_messages_are_left_quickly() -> None:
    texts = [
        "Can you write me a short poem about the sea, please?",
        "Order 3 pizzas for 7 people; 2 of them (Ann and Bob) eat no cheese.",
        "The meeting is on 2024-05-06 at 10:30, room B-12.",
        "Alice is taller than Bob. Bob is taller than Carl. Who is the tallest?",
    ]
    started = time.process_time()
    for _ in range(200):
        assert all(read_prompt(text) is None for text in texts)
    assert (time.process_time() - started) / 800 < 300e-6


@settings(max_examples=300, deadline=2000)
@given(st.text(alphabet="xyzfg0123456789+-*/^() =.,;expandsimplify√²", max_size=120))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for whole in (text, f"expand {text}", f"Let f(x) = {text}. What is f(2)?"):
        try:
            payload = read_prompt(whole)
        except InvalidTaskError:
            continue
        if payload is not None:
            payload.start()


@pytest.mark.parametrize("open_", ["(", "-", "x^", "sqrt(", "f(", "2*", "x - (", "{", "((x+1)"])
def test_deep_nesting_is_refused(open_: str) -> None:
    for count in (30, 300, 3000):
        for text in (open_ * count + "x", open_ * count + "x" + ")" * count):
            started = time.process_time()
            with contextlib.suppress(InvalidTaskError):
                read_prompt(f"expand {text}")
            assert time.process_time() - started < 2.0
