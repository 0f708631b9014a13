"""What people type about classes and orders is read to the answer that they would expect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphs.best_first import best_first
from tasks.protocol import InvalidTaskError
from tasks.reasoning.deduction import DeductionKind
from tasks.reasoning.deduction_words import singular, singulars

KIND = DeductionKind()
PHRASINGS = Path(__file__).parents[1] / "samples" / "phrasings" / "deduction.jsonl"


def answered(text: str) -> str | None:
    """Return the agent's answer to a message, None if it is not read."""
    task = KIND.parse(text)
    if task is None:
        return None
    environment = KIND.environment
    assert environment is not None
    answer = KIND.conclude(task, best_first(environment, KIND.guide, environment.initial(task)))
    assert answer is not None
    assert KIND.grade(task, answer).passed
    return answer.text


CLASSES = [
    ("All cats are mammals. Tom is a cat. Is Tom a mammal?", "yes"),
    ("all cats are mammals, tom is a cat. is tom a mammal?", "yes"),
    ("If all cats are mammals and Tom is a cat, is Tom a mammal?", "yes"),
    ("Every bird can fly. Tweety is a bird. Can Tweety fly?", "yes"),
    (
        "No reptiles are warm-blooded. All snakes are reptiles. Sid is a snake. Is Sid "
        "warm-blooded?",
        "no",
    ),
    ("Socrates is a man. All men are mortal. Is Socrates mortal?", "yes"),
    (
        "Socrates is a man. All men are mortal. Therefore Socrates is mortal. True or false?",
        "true",
    ),
    (
        "Premises:\n1. All dogs are animals.\n2. Rex is a dog.\nConclusion: Rex is an "
        "animal.\nTrue or false?",
        "true",
    ),
    (
        "Given: every wumpus is a rompus; every rompus is shy; Max is a wumpus. Is Max "
        "shy? Answer yes or no.",
        "yes",
    ),
    ("Tom is a cat. All cats are felines. Is Tom a dog?", "unknown"),
    (
        "Wolves are canines. Canines are mammals. Fang is a wolf. Is Fang a mammal or a reptile?",
        "mammal",
    ),
    ("Every mouse is a rodent. Mice are small. Jerry is a mouse. Is Jerry small?", "yes"),
    ("If something is a cat then it is a mammal. Tom is a cat. Is Tom a mammal?", "yes"),
    (
        "If someone is kind and smart, they are popular. Ann is kind. Ann is smart. Is Ann "
        "popular?",
        "yes",
    ),
    ("All squares are rectangles. All rectangles are polygons. Are all squares polygons?", "yes"),
    ("Each bloop is a razzy. Each razzy is a lazzy. Are bloops lazzies?", "yes"),
    ("Are all bloops lazzies if all bloops are razzies and all razzies are lazzies?", "yes"),
    (
        "All bloops are razzies and all razzies are lazzies. Are all bloops definitely lazzies?",
        "yes",
    ),
    ("Rex is a dog. Dogs are not cats. Is it true that Rex is a cat?", "no"),
    (
        "Whales are mammals. No mammal is a fish. Moby is a whale. Does it follow that "
        "Moby is a fish?",
        "no",
    ),
    (
        "Facts: Every zumpus is a yumpus. Yumpuses are not bright. Sam is a zumpus. Query: "
        "is Sam bright?",
        "no",
    ),
    (
        "Polly is a cat. Every cat is a feline. Every feline is furry. Polly is furry: "
        "true or false?",
        "true",
    ),
    ("Please tell me whether Polly is furry. Polly is a cat. Cats are furry.", "yes"),
    ("Every cat is black. No cat is black. Tom is a cat. Is Tom black?", "contradiction"),
    (
        "hi, quick logic question: every lion is a cat. every cat is an animal. leo is a "
        "lion. is leo an animal? thanks!",
        "yes",
    ),
    (
        "True or false? If all roses are flowers and all flowers are plants, then all "
        "roses are plants.",
        "true",
    ),
    ("Everything that is a cat is a mammal. Tom is a cat. Is Tom a mammal?", "yes"),
    ("Anything furry is warm. Tom is furry. Is Tom warm?", "yes"),
    ("Dogs and cats are mammals. Mammals are animals. Rex is a dog. Is Rex an animal?", "yes"),
    ("Only birds are penguins. Pingu is a penguin. Is Pingu a bird?", "yes"),
    ("Rex is not a mammal. All dogs are mammals. Is Rex a dog?", "no"),
    ("Bob isn't an animal. Every cat is an animal. True or false: Bob is a cat.", "false"),
    (
        "Every grumpus is a lorpus. Every lorpus is a vumpus. Alex is a "
        "grumpus.\n\nQuestion: Which is true?\nA) Alex is a vumpus\nB) Alex is not a vumpus",
        "(A)",
    ),
    (
        "Every dog is a mammal. Every mammal is an animal. Rex is a dog. Is Rex a plant or "
        "an animal?",
        "animal",
    ),
    (
        "Every dog is a mammal, every mammal is an animal, Rex is a dog. So Rex is an "
        "animal, true or false?",
        "true",
    ),
    (
        "Lions are cats. Cats are animals. Leo is a lion. Can we conclude that Leo is an animal?",
        "yes",
    ),
    ("Lions are cats. Cats are animals. Therefore lions are animals. True or false?", "true"),
    ("All A are B. All B are C. Are all A C?", "yes"),
    ("All A are B. All B are C. x is an A. Is x a C?", "yes"),
    ("No fish are mammals. All trout are fish. Bubbles is a trout. Is Bubbles a mammal?", "no"),
    ("No A is a B. x is an A. Is x a B?", "no"),
    ("Every student is smart. John is a student. John is smart, right?", "yes"),
    ("Knights are honest. Sir Bob is a knight. Is Sir Bob honest?", "yes"),
    ("What is Max: a lorpus or a dumpus? Every wumpus is a dumpus. Max is a wumpus.", "dumpus"),
    (
        "Every wumpus is a dumpus. Max is a wumpus. Which one is Max, a lorpus or a dumpus?",
        "dumpus",
    ),
    ("Penguins are birds. Birds have wings. Pip is a penguin. Does Pip have wings?", "yes"),
    ("Penguins are birds. No penguin can fly. Pip is a penguin. Can Pip fly?", "no"),
    (
        "Each integer is a rational number. Rational numbers are real numbers. 7 is an "
        "integer. True or false: 7 is a real number.",
        "true",
    ),
    (
        "Each integer is a rational number. Rational numbers are real numbers. 7 is an "
        "integer. True or false: 7 is not a real number.",
        "false",
    ),
    ("All cats like milk. Tom is a cat. Does Tom like milk?", "yes"),
    ("Everyone who is rich is happy. Bob is rich. Is Bob happy?", "yes"),
    (
        "Could you check this: every poet is a writer, every writer is an artist, Dana is "
        "a poet. Is Dana an artist?",
        "yes",
    ),
    ("Sam is a poet. Every poet is a writer. I want to know if Sam is a writer.", "yes"),
]
ORDERS = [
    ("Ann is taller than Bob. Bob is taller than Cid. Who is the tallest?", "Ann"),
    ("Ann is taller than Bob, and Bob is taller than Cid. Who is shortest?", "Cid"),
    ("Ann is taller than Bob but shorter than Cid. Who is the tallest?", "Cid"),
    ("Tom is older than Sue. Sue is older than Jim. Is Tom older than Jim?", "yes"),
    ("If Tom is older than Sue and Sue is older than Jim, who is the youngest?", "Jim"),
    ("Alice finished before Bob. Carol finished after Bob. Who finished first?", "Alice"),
    ("Alice finished before Bob. Carol finished after Bob. Who came last?", "Carol"),
    ("Alice, Bob and Carol ran a race. Alice beat Bob. Carol beat Alice. Who won?", "Carol"),
    (
        "There are three books: red, green, and blue. Red is left of green. Blue is right "
        "of green. What is the order from left to right?",
        "red, green, blue",
    ),
    (
        "Five people stand in a line: A, B, C, D and E. A is first. B is last. C is right "
        "behind A. D is before E. What is the order?",
        "A, C, D, E, B",
    ),
    (
        "The red car is faster than the blue car. The green car is slower than the blue "
        "car. Which car is the fastest?",
        "red car",
    ),
    (
        "Mia is younger than Leo. Leo is younger than Zoe. Order them from oldest to youngest.",
        "Zoe, Leo, Mia",
    ),
    (
        "The apples are cheaper than the pears. The pears are cheaper than the kiwis. "
        "Which fruit is the most expensive?",
        "kiwis",
    ),
    ("A > B, B > C. Is A > C?", "yes"),
    (
        "Jim is heavier than Tim. Tim is heavier than Kim. Which of them is the lightest: "
        "Jim, Tim or Kim?",
        "Kim",
    ),
    ("Sam sits between Ann and Joe. Ann is on the far left. Who is on the right?", "Joe"),
    (
        "Three friends, Ann, Ben and Cal, sit in a row. Ben sits to the left of Cal. Ann "
        "sits to the right of Cal. Who sits in the middle?",
        "Cal",
    ),
    (
        "On a shelf there are 3 books: a red book, a blue book and a green book. The red "
        "book is the leftmost. The blue book is not the rightmost. Which book is the "
        "rightmost?",
        "green book",
    ),
    ("Ann is taller than Bob. Cid is taller than Bob. Who is the tallest?", "unknown"),
    ("Ann is taller than Bob. Bob is taller than Ann. Who is tallest?", "contradiction"),
    (
        "In a race, Tom finished ahead of Ann, Ann finished ahead of Joe and Joe finished "
        "ahead of Kim. Who finished third?",
        "Joe",
    ),
    ("Who is older, Tom or Jim, if Tom is older than Sue and Sue is older than Jim?", "Tom"),
    ("Tom is older than Sue. Sue is older than Jim. Who is older, Tom or Jim?", "Tom"),
    ("Tom is older than Sue, who is older than Jim. Who is the oldest?", "Tom"),
    (
        "The hawk is to the left of the owl. The owl is to the left of the wren. Which "
        "bird is second from the right?",
        "owl",
    ),
    (
        "Rank these from cheapest to most expensive: tea is cheaper than coffee, coffee is "
        "cheaper than wine.",
        "tea, coffee, wine",
    ),
    (
        "I have 5 books: red, blue, green, black and white. The red one is to the left of "
        "the blue one. The green one is the leftmost. The white one is second from the "
        "right. The black one is rightmost. Which book is third from the left?",
        "blue",
    ),
    (
        "In a race, Amy came in third, Ben came in first and Cal came in second. Who came last?",
        "Amy",
    ),
    (
        "Tom finished two places ahead of Ann. Joe finished last. There were three "
        "runners: Tom, Ann, Joe. Who won?",
        "contradiction",
    ),
    ("Which is heavier, the cat or the dog? The cat is lighter than the dog.", "dog"),
    ("The cat is lighter than the dog. Is the dog heavier than the cat?", "yes"),
    ("Given that A is older than B and B is older than C, is C older than A?", "no"),
    ("Anna is not older than Ben. Anna is older than Cal. Who is the oldest?", "Ben"),
    (
        "Three children are sitting on a bench. Lea sits left of Max. Max sits left of "
        "Tim. Who sits in the middle?",
        "Max",
    ),
    ("Paul lives above Quinn. Quinn lives above Rita. Who lives on the top?", "Paul"),
    (
        "Order these people from youngest to oldest: Sue is older than Tim. Tim is older than Jo.",
        "Jo, Tim, Sue",
    ),
    (
        "Sue is older than Tim; Tim is older than Jo. List them from oldest to youngest",
        "Sue, Tim, Jo",
    ),
    ("Sue is older than Tim, Tim is older than Jo. who's the oldest?", "Sue"),
    ("x is taller than y. y is taller than z. is z taller than x?", "no"),
    (
        "The bus is older than the van. The van is older than the jeep. Which vehicle is "
        "the newest?",
        "jeep",
    ),
    (
        "The bus is older than the van. The van is older than the jeep. Which is the "
        "second-oldest vehicle?",
        "van",
    ),
    (
        "The bus is older than the van. The van is older than the jeep.\nOptions:\nA. The "
        "bus is the newest\nB. The jeep is the newest\nWhich option is correct?",
        "(B)",
    ),
    (
        "Anna is older than Bea. Carl is younger than Bea. True or false: Anna is older than Carl.",
        "true",
    ),
    (
        "Bob is faster than Al. Al is faster than Cy. Bob is slower than Dan. Who is fastest?",
        "Dan",
    ),
]


@pytest.mark.parametrize(("text", "answer"), CLASSES)
def test_questions_about_classes_are_read(text: str, answer: str) -> None:
    assert answered(text) == answer


@pytest.mark.parametrize(("text", "answer"), ORDERS)
def test_questions_about_orders_are_read(text: str, answer: str) -> None:
    assert answered(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "What is the capital of France?",
        "Is Paris a city?",
        "Tom is a nice guy. Is he a doctor?",
        "My cat is black. Is your cat white?",
        "I am taller than you. Who is the tallest?",
        "All roses are flowers. Some flowers fade quickly. Do some roses fade quickly?",
        "Most cats are black. Tom is a cat. Is Tom black?",
        "Every cat is black or white. Tom is a cat. Is Tom black?",
        "Tom is older than Sue and taller than Jim. Who is the tallest?",
        "Is 7 greater than 5?",
        "Which is larger: 0.5 or 2/3?",
        "Ann has 5 apples. Bob has 3 more apples than Ann. Who has more?",
        "Every cat is black. Tom is a cat. Tell me a joke about Tom?",
        "Every cat is black. Tom is a cat. What is the weather like?",
        "Write a story in which every cat is black and Tom is a cat.",
        "All cats are mammals. Is Tom a mammal?",
        "There are five books: a red book and a blue book. Which book is the leftmost?",
    ],
)
def test_other_texts_are_left_to_others(text: str) -> None:
    assert KIND.parse(text) is None


def test_a_dropped_negation_would_change_the_answer() -> None:
    said = "There are three cars: a van, a bus and a jeep. The van is {}the newest. The bus is {}."
    asked = " Which car is the newest?"
    assert answered(said.format("", "the oldest") + asked) == "van"
    assert answered(said.format("not ", "the oldest") + asked) == "jeep"
    assert answered(said.format("not ", "not the newest") + asked) == "jeep"


def test_as_many_names_as_are_counted() -> None:
    with pytest.raises(InvalidTaskError, match="names to put in order"):
        KIND.parse(" ".join(f"N{n} is older than N{n + 1}." for n in range(12)) + " Who is oldest?")


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("cats", "cat"), ("wumpuses", "wumpus"), ("painted ladies", "painted lady"),
        ("mice", "mouse"), ("wolves", "wolf"), ("sheep", "sheep"), ("real numbers", "real number"),
        ("foxes", "fox"), ("classes", "class"), ("women", "woman"), ("firemen", "fireman"),
        ("houses", "house"), ("cacti", "cactus"), ("roses", "rose"), ("heroes", "hero"),
    ],
)  # fmt: skip
def test_plurals_have_their_singulars(plural: str, one: str) -> None:
    assert singular(plural, ()) == one
    assert singulars("furry") == []


def test_the_problem_itself_decides_between_singulars() -> None:
    assert singular("axes", {"axe"}) == "axis"  # irregular ones are known
    assert singular("zorves", {"zorf"}) == "zorf"
    assert singular("bruses", {"bruse"}) == "bruse"
    assert answered("Every zorf is a plib. Zorves are shy. Max is a zorf. Is Max shy?") == "yes"


def test_phrasings_written_before_the_parser_are_read() -> None:
    # First contact: 18 solved, 3 wrong, 9 not read; the file was then used to widen the parser.
    records = [json.loads(line) for line in PHRASINGS.read_text().splitlines()]
    solved = wrong = 0
    for record in records:
        found = answered(record["text"])
        expected = record["answer"]
        if isinstance(expected, bool):
            right = found in (("true", "yes") if expected else ("false", "no"))
        else:
            right = found is not None and found.casefold() == str(expected).casefold()
        solved += right
        wrong += found is not None and not right
    assert solved >= 0.9 * len(records)
    assert wrong == 0
