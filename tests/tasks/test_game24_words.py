"""Make 24 is asked for in any words; those that change the game are not read."""

from __future__ import annotations

import pytest

from tasks.math.game24 import Game24Kind, Game24Payload

KIND = Game24Kind()


@pytest.mark.parametrize(
    ("text", "numbers", "target"),
    [
        ("solve make-24 for 3 5 9 12", (3, 5, 9, 12), 24),
        (
            "We're playing 24 and I drew the cards 5, 5, 5 and 1. Any way to do it?",
            (5, 5, 5, 1),
            24,
        ),
        (
            "Use each of the numbers 2, 3, 7, 9 exactly once,"
            " together with + − × ÷ and brackets, so that the result is 24.",
            (2, 3, 7, 9),
            24,
        ),
        (
            "is 24 reachable from {1, 1, 1, 1} with the four basic operations, each number once?",
            (1, 1, 1, 1),
            24,
        ),
        (
            "numbers: 13, 12, 1, 1\ntarget: 24\nops: + - * /"
            "\neach number must be used exactly once",
            (13, 12, 1, 1),
            24,
        ),
        (
            "Put operators and parentheses between 3, 5, 7, 11 (any order) to obtain 24",
            (3, 5, 7, 11),
            24,
        ),
        (
            "Combine 9, 9, 1 and 2 into an expression equal to 24, or tell me it can't be done.",
            (9, 9, 1, 2),
            24,
        ),
        ("24 puzzle, the numbers are 7 · 7 · 7 · 7, is there a solution", (7, 7, 7, 7), 24),
        ("how would you reach twenty-four using 1, 5, 6 and 8?", (1, 5, 6, 8), 24),
        ("four fours wont do it?? get 24 out of 4 4 4 4", (4, 4, 4, 4), 24),
        ("I'm stuck on 3, 3, 8, 8 - how do I get to 24?", (3, 3, 8, 8), 24),
        ("What arithmetic expression with 2, 4, 6 and 8 evaluates to 24?", (2, 4, 6, 8), 24),
        ("Insert +, -, *, / and parentheses into 1 3 4 6 so it equals 24", (1, 3, 4, 6), 24),
        ("Given 4 cards with values 5, 8, 9, 10, form 24.", (5, 8, 9, 10), 24),
        ("cards: 3 4 6 9 → 24?", (3, 4, 6, 9), 24),
        ("My hand is 2, 2, 6, 9. Can it make 24?", (2, 2, 6, 9), 24),
        (
            "Which combination of 4, 7, 8 and 8 gives 24 if every number has to be used once?",
            (4, 7, 8, 8),
            24,
        ),
        ("Is there any way to turn 1, 2, 3, 4 into 24?", (1, 2, 3, 4), 24),
        ("Arrange 6, 6, 2, 1 with arithmetic signs to hit 24", (6, 6, 2, 1), 24),
        (
            "Find an expression using 3, 5, 7, 9, each exactly once, that results in 24.",
            (3, 5, 7, 9),
            24,
        ),
        ("Reach the target 24 with the numbers 8, 8, 4, 2 (each used once).", (8, 8, 4, 2), 24),
        ("The 24 game: can you solve 2 3 4 12?", (2, 3, 4, 12), 24),
        ("Countdown: numbers 25, 50, 3, 7; target 179", (25, 50, 3, 7), 179),
        ("Using the numbers 25, 4, 7 and 2, make 86.", (25, 4, 7, 2), 86),
        ("24 = ? using 3, 6, 6, 11", (3, 6, 6, 11), 24),
        ("4 cards 10 10 4 4, goal 24, allowed + - x /", (10, 10, 4, 4), 24),
        ("Suppose I have the digits 1, 4, 5, 6. How can they make 24?", (1, 4, 5, 6), 24),
        ("Try to get 24 by combining 12, 6, 3 and 1 with the usual operations.", (12, 6, 3, 1), 24),
        ("Is it doable to get 24 from 1, 1, 2, 7?", (1, 1, 2, 7), 24),
        ("Solve the 24 game for the hand [3, 8, 8, 9]", (3, 8, 8, 9), 24),
        ("Play the game of 24 using 2, 5, 5, 10 please", (2, 5, 5, 10), 24),
        ("can 24 be obtained by combining 3, 7, 7, 3", (3, 7, 7, 3), 24),
        ("8|3|8|3 make 24", (8, 3, 8, 3), 24),
        ("Show how to build 24 from 4, 4, 5 and 7, brackets are fine", (4, 4, 5, 7), 24),
        ("Write 24 using 5, 5, 6 and 8, each number one time only", (5, 5, 6, 8), 24),
        ("Please express 24 with the numbers 3, 9, 9 and 12, using each once", (3, 9, 9, 12), 24),
    ],
)
def test_people_s_words_are_read(text: str, numbers: tuple[int, ...], target: int) -> None:
    task = KIND.parse(text)
    assert task is not None
    assert task.payload == Game24Payload(numbers, target)


@pytest.mark.parametrize(
    "text",
    [
        "make 24 from 4 5 9 9 without using division",
        "make 24 from 4 5 9 9 without brackets",
        "use 4, 5, 9, 9 in this order to make 24",
        "keep the order 4 5 9 9 and make 24",
        "make 24 from 4 5 9 9, numbers may be reused",
        "make 24 from 4 5 9 9, you may use factorials",
        "make 24 from 4 5 9 9 using exponents",
        "make 24 using any three of 4 5 9 9",
        "make 24 from some of 4 5 9 9",
        "how many ways to make 24 from 4 5 9 9",
        "how many solutions does the 24 game 4 5 9 9 have",
        "which number from 4, 5, 9, 9 is missing to make 24",
        "what is the largest number from 4 5 9 9 below 24",
        "closest to 24 from 1 1 1 1",
        "make 24 from 4 5 9 9 with addition and subtraction only",
        "concatenate 4 5 9 9 to make 24",
        "make 24 from 4 5 9 9 with no multiplication",
        "make 24 twice from 4 5 9 9",
        "don't use division: make 24 from 4 5 9 9",
        "make every number up to 24 from 4 5 9 9",
        "I drew 4 cards 5 6 7 8 out of 24. probability?",
        "change for 24 dollars using coins 5, 5, 10, 1",
        "which two of 4, 8, 20, 5 sum to 24",
        "find the numbers in 3, 8, 24, 9 that multiply to 24",
        "what subset of 3, 5, 9, 10 adds up to 24",
        "make 24 from 4 5 9 9 using at most two operations",
        "make 24 from 4 5 9 9 modulo 7",
        "use each of 4 5 9 9 twice to make 24",
        "make 24 from 4 5 9 9 but 9 cannot be first",
        "24 divided by 3, 4, 6",
        "is 24 the sum of 3, 5, 7, 9",
        "the product of 2, 3, 4, 1 is 24",
        "total of 2, 3, 4, 15 is 24",
        "Make 24 from 4 5 9 9. each number at most once",
        "make 24 from 4 5 9 9, all numbers don't have to be used",
        "make 24 with exactly 3 of the numbers 4 5 9 9",
        "get the mean 24 from 4 5 9 9",
        "square roots allowed: make 24 from 4 4 9 9",
        "put 24 between 3, 5, 7, 11",
        "does 4 + 5 + 9 + 9 equal 24",
        "can 3, 4, 5, 6 not make 24 with only plus signs",
        "LCM of 3, 4, 8, 12 gives 24",
        "3, 6, 12, 24: what comes next",
        "1, 2, 6, 24 find next",
        "numbers: 4, 5, 9, 9. target: 24. ops: + -",
        "ops: + - *",
        "target: 24, numbers 4 5 9 9, ops + *",
        "combine 9, 9, 1, 2 sticks of length 24",
        "24 game: 4 5 9 9 without brackets",
        "24 game: 4 5 9 9 but you may use exponents",
        "24 game 4 5 9 9 how many solutions",
        "24 game with 4 5 9 9, show two different solutions",
        "what are the rules of the 24 game? is 4 5 9 9 legal",
        "I need 24 from each of 3, 4, 5, 6",
        "write 24 as 2, 2, 2, 3",
    ],
)
def test_words_that_change_the_game_are_not_read(text: str) -> None:
    assert KIND.parse(text) is None
