"""Reading knapsack problems as people put them, and leaving everything else alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.protocol import InvalidTaskError
from tasks.search.knapsack_parser import read_knapsack

VALUES, WEIGHTS = (60, 100, 120), (10, 20, 30)


@pytest.mark.parametrize(
    "text",
    [
        "Solve the 0/1 knapsack problem: values = [60, 100, 120], weights = [10, 20, 30], "
        "capacity = 50.",
        "knapsack: weights 10 20 30, values 60 100 120, capacity 50",
        "W = 50, w = [10,20,30], v = [60,100,120]. knapsack",
        "0-1 knapsack with capacity 50 and items (value, weight): (60, 10), (100, 20), (120, 30)",
        "capacity=50, items: [(10, 60), (20, 100), (30, 120)] (weight, value), solve knapsack",
        "Knapsack problem. Capacity: 50\nItem 1: weight 10, value 60\nItem 2: weight 20, value 100"
        "\nItem 3: weight 30, value 120",
        "Knapsack, max weight 50:\nitem value weight\n1 60 10\n2 100 20\n3 120 30",
        '{"capacity": 50, "weights": [10, 20, 30], "values": [60, 100, 120]} solve the knapsack',
        "Which items maximise value without exceeding a total weight of 50?\n1: w=10 v=60\n"
        "2: w=20 v=100\n3: w=30 v=120",
        "choose for maximum value, capacity 50:\n1) weight 10, value 60\n2) weight 20, value 100\n"
        "3) weight 30, value 120",
        "knapsack, weight/value: 10/60, 20/100, 30/120; capacity 50. Items cannot be split.",
        "Our lorry has capacity 50, crates with weights 10, 20 and 30 and values 60, 100 and 120. "
        "What is the greatest total?",
        "Maximize the total value for a knapsack of capacity 50 with 3 items: item 1 has weight 10 "
        "and value 60, item 2 has weight 20 and value 100, item 3 has weight 30 and value 120.",
    ],
)
def test_numbered_items_are_read_as_people_list_them(text: str) -> None:
    assert read_knapsack(text) == (("1", "2", "3"), VALUES, WEIGHTS, 50)


@pytest.mark.parametrize(
    "text",
    [
        "I have a knapsack with capacity 50. Items: tent (10 kg, $60), stove (20 kg, $100), rope "
        "(30 kg, $120). Which items maximize the value?",
        "A hiker can carry at most 50 kg. A tent weighs 10 kg and is worth 60, a stove weighs 20 kg"
        " and is worth 100, a rope weighs 30 kg and is worth 120. What should he take?",
        "Knapsack, max weight 50:\n| item | weight | value |\n|---|---|---|\n| tent | 10 | 60 |\n"
        "| stove | 20 | 100 |\n| rope | 30 | 120 |",
        "what's the best value i can get in a 50 kg bag from: tent 10kg $60, stove 20kg $100, "
        "rope 30kg $120",
        "Pick items with max total value, weight limit 50: tent w=10 v=60, stove w=20 v=100, rope "
        "w=30 v=120",
        "I've got a bag that holds 50kg. tent 10 kg value 60, stove 20 kg value 100, rope 30 kg "
        "value 120. what do I pack?",
        "Capacity 50. Items as (weight, value): tent (10, 60), stove (20, 100), rope (30, 120). "
        "Best selection for the knapsack?",
    ],
)
def test_named_items_are_read_as_people_list_them(text: str) -> None:
    assert read_knapsack(text) == (("tent", "stove", "rope"), VALUES, WEIGHTS, 50)


@pytest.mark.parametrize(
    "text",
    [
        "I can carry 50 kg. Items (weight in kg / price in \u20ac): tent 10 / 60, stove 20 / 100, "
        "rope 30 / 120. Which do I take so the total price is as high as possible?",
        "My budget is 50 dollars. A tent costs 10 and gives 60 points of fun, a stove costs 20 and "
        "gives 100 points, a rope costs 30 and gives 120 points. How do I get the most fun?",
        "Which of tent (10 kg, 60), stove (20 kg, 100), rope (30 kg, 120) should I bring if my bag "
        "holds 50 kg and I want the most value?",
        "How should I spend $50 for most points: tent costs $10, 60 points; stove costs $20, 100 "
        "points; rope costs $30, 120 points, each at most once",
        "I've 50 hours. Job A takes 10 hours and pays 60, job B takes 20 hours and pays 100, job C "
        "takes 30 hours and pays 120. Which jobs do I do to earn the most?",
    ],
)
def test_units_and_words_tell_weights_from_values(text: str) -> None:
    found = read_knapsack(text)
    assert found is not None
    assert found[0] in (("tent", "stove", "rope"), ("Job A", "job B", "job C"))
    assert found[1:] == (VALUES, WEIGHTS, 50)


@pytest.mark.parametrize(
    "text",
    [
        "Knapsack homework.\n\n- item 1: w = 10, v = 60\n- item 2: w = 20, v = 100\n- item 3: "
        "w = 30, v = 120\n\nKnapsack size 50. Optimal value?",
        "Knapsack of size 50, items as weight:value - 10:60, 20:100, 30:120. max value?",
        "max total value for W=50 given wt = {10,20,30} and val = {60,100,120}",
        "items: 10kg $60, 20kg $100, 30kg $120. bag: 50kg. max $?",
    ],
)
def test_the_capacity_is_no_weight_of_an_item(text: str) -> None:
    assert read_knapsack(text) == (("1", "2", "3"), VALUES, WEIGHTS, 50)


@pytest.mark.parametrize(
    "text",
    [
        "knapsack capacity 9, at most 2 items: tent (value 6, weight 5), rope (value 3, weight 3). "
        "Best?",
        "bag of 10 kg: a 5 kg $10 volume 3, b 4 kg $40 volume 2. best?",
        "bag holds 10 kg and 5 liters: a 5 kg $10, b 4 kg $40. best value?",
        "bag holds 10 kg: a 500 g $10, b 4 kg $40. best value?",
        "I have 24 hours and 50 dollars. Task A takes 8 hours and pays 100, task B takes 10 hours "
        "and pays 130. most money?",
        "Bag: 10 kg. 3 tents 5 kg $10 each, 2 ropes 4 kg $40 each. best value?",
        "budget 100: ticket costs 60 and gives 9 points, book costs 20 and gives 3. Cheapest way?",
        "Which items maximise value?\nA: w=5 v=12\nB: w=7 v=15\nC: w=4 v=9",
    ],
)
def test_numbers_without_a_role_leave_a_text_alone(text: str) -> None:
    assert read_knapsack(text) is None


def test_decimal_weights_are_counted_in_smaller_units() -> None:
    text = "Knapsack: weights 1.5, 2.25, 3; values 10, 20, 25; capacity 4.5"
    assert read_knapsack(text) == (("1", "2", "3"), (10, 20, 25), (150, 225, 300), 450)


@pytest.mark.parametrize(
    "text",
    [
        "The capacity of the hall is 500, with values 3, 4 and 5",
        "I carry 3 bags of 4 kg and 5 kg, how heavy?",
        "What is the value of 5 + 6?",
        "knapsack",
        "fractional knapsack: values = [60, 100, 120], weights = [10, 20, 30], capacity = 50",
        "unbounded knapsack: values = [60, 100, 120], weights = [10, 20, 30], capacity = 50",
        "knapsack: values = [60, 100, 120], weights = [10, 20, 30], capacity = 50. Solve 3x = 5",
        "knapsack, items may be taken more than once: values 6, 9, weights 1, 2, capacity 5",
        "knapsack capacity 9: tent (value 6, weight 5), rope (value 3, weight 3). The tent "
        "must be taken.",
        "knapsack capacity 9: tent (value 6, weight 5), rope (value 3, weight 3). How heavy "
        "are they?",
        "knapsack capacity 9: tent (value 6, weight 5), rope (value 3, weight 3). Don't take the "
        "rope.",
        "Write a story about a knapsack of capacity 50 with values 1, 2 and weights 3, 4",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert read_knapsack(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"knapsack: values {'5, ' * 120}5, weights {'3, ' * 120}3, capacity 50", "121 items"),
        ("knapsack: values 1.5, 2, weights 3, 4, capacity 50", "values must be whole"),
        ("knapsack: values 0, 2, weights 3, 4, capacity 50", "value 0"),
        ("knapsack: values 1, 2, weights 0, 4, capacity 50", "weight 0"),
    ],
)
def test_problems_that_break_the_rules_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidTaskError, match=reason):
        read_knapsack(text)


@given(st.text(alphabet="knapsck vlueswight=[](),;:0123456789.$\n|-", max_size=300))
def test_fuzzed_texts_are_read_or_refused(text: str) -> None:
    for prompt in (
        text,
        f"knapsack capacity 9: {text}",
        f"values 1, 2 weights 3, 4 capacity {text}",
    ):
        try:
            read_knapsack(prompt)
        except InvalidTaskError:
            continue


def test_long_and_foreign_texts_are_let_go_in_a_moment() -> None:
    started = time.process_time()
    for text in ("knapsack " + "value 1 " * 990, "knapsack " + "1, " * 2600, "bag " + "a" * 7900,
                 "knapsack capacity 5 " + "weight " * 1100, "capacity 1 " * 700,
                 "knapsack max weight 5\nitem value weight\n" + "1 2 3\n" * 1200,
                 "knapsack (value, weight) capacity 3 " + "(1, " * 1900,
                 "knapsack capacity 5 " + "with has and " * 600):  # fmt: skip
        try:
            read_knapsack(text)
        except InvalidTaskError:
            continue
    assert time.process_time() - started < 2
    started = time.process_time()
    for _ in range(300):
        read_knapsack("What is the capital of France?")
        read_knapsack("Solve 3x + 5 = 17 for x.")
    assert (time.process_time() - started) / 600 < 100e-6
