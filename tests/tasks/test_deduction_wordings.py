"""More wordings of deductions, and texts that look like one but say what the reader cannot hold."""

from __future__ import annotations

import contextlib
import random
import time

import pytest

from graphs.best_first import best_first
from tasks.protocol import InvalidTaskError
from tasks.reasoning.deduction import DeductionKind

KIND = DeductionKind()
READ = [
    ("Some facts: Fido is a dog. All dogs bark. Does Fido bark?", "yes"),
    ("All humans are mortal.\nSocrates is human.\nIs Socrates mortal?", "yes"),
    ("Socrates is human, humans are mortal => is Socrates mortal?", "yes"),
    ("Premise 1: All cats are animals. Premise 2: Tom is a cat. Is Tom an animal?", "yes"),
    ("1) Every cat is an animal. 2) Tom is a cat. Q: is Tom an animal?", "yes"),
    ("cats are mammals; mammals are vertebrates; is a cat a vertebrate?", "yes"),
    ("If every A is a B and every B is a C, is every A a C?", "yes"),
    ("If no A is a B and x is an A, is x a B?", "no"),
    ("Given that no snakes are mammals and Kaa is a snake, is Kaa a mammal?", "no"),
    ("Everyone who is kind is not cruel. Ann is kind. Is Ann cruel?", "no"),
    (
        "No animals that are small are dangerous. Rex is an animal. Rex is small. Is Rex "
        "dangerous?",
        "no",
    ),
    ("If someone is kind then they are not cruel. Ann is kind. Is Ann cruel?", "no"),
    ("Ann is kind and not cruel. Is Ann cruel?", "no"),
    ("Every cat is neither green nor blue. Tom is a cat. Is Tom blue?", "no"),
    ("Jane is a doctor. Doctors are not lawyers. True or false: Jane is a lawyer", "false"),
    ("Is it the case that Rex is an animal, given that Rex is a dog and dogs are animals?", "yes"),
    ("Rex is a dog and dogs are animals. Rex is an animal. True/False?", "true"),
    ("Birds lay eggs. Tweety is a bird. Does Tweety lay eggs?", "yes"),
    ("Every bird lays eggs. Tweety is a bird. Does Tweety lay eggs?", "yes"),
    ("Tweety is a bird. All birds can fly. Penguins can not fly. Can Tweety fly?", "yes"),
    ("A whale is a mammal. A mammal is an animal. Moby is a whale. Is Moby an animal?", "yes"),
    ("Anyone who is a teacher is patient. Ms. Lee is a teacher. Is Ms. Lee patient?", "yes"),
    ("John is taller than Mary and Mary is taller than Sue, so who is tallest?", "John"),
    ("Peter is older than Paul but younger than Mary. Who is the youngest?", "Paul"),
    (
        "Peter is older than Paul but younger than Mary. Order them from youngest to oldest.",
        "Paul, Peter, Mary",
    ),
    ("Blue is left of red, green is right of red. What's in the middle?", "red"),
    (
        "Four runners: Al, Bo, Cy, Di. Al finished before Bo. Cy finished after Di. Bo "
        "finished before Di. What was the finishing order?",
        "Al, Bo, Di, Cy",
    ),
    (
        "Ann, Ben and Cat are in a queue. Ben is in front of Ann. Cat is behind Ann. Who is first?",
        "Ben",
    ),
    (
        "In a family, Liam is older than Noah, Emma is younger than Noah, and Ava is older "
        "than Liam. Who is the second oldest?",
        "Liam",
    ),
    (
        "Which is the most expensive if a pear costs more than an apple and a plum costs "
        "less than an apple?",
        "pear",
    ),
    (
        "A pear costs more than an apple. A plum costs less than an apple. Which fruit is "
        "the cheapest?",
        "plum",
    ),
    (
        "The blue car is parked between the red car and the white car. The red car is "
        "parked on the far left. Which car is on the far right?",
        "white car",
    ),
    (
        "Tim lives two floors above Sam. Joe lives one floor below Tim. Who lives on the "
        "lowest floor?",
        "Sam",
    ),
    ("Anna ran faster than Bella. Cleo ran slower than Bella. Who ran the fastest?", "Anna"),
    ("Anna arrived earlier than Bella. Cleo arrived later than Bella. Who arrived last?", "Cleo"),
    ("Anna arrived before Bella. Cleo arrived after Bella. Did Anna arrive before Cleo?", "yes"),
    ("Max scored higher than Tim. Tim scored higher than Joe. Who scored the lowest?", "Joe"),
    (
        "Max has more marbles than Tim. Tim has more marbles than Joe. Who has the fewest marbles?",
        "Joe",
    ),
    ("Monday is before Tuesday. Is Tuesday after Monday?", "yes"),
    (
        "Lara is not the tallest. Mona is taller than Nina. There are three girls: Lara, "
        "Mona and Nina. Who is the tallest?",
        "Mona",
    ),
    (
        "There are three girls: Lara, Mona and Nina. Lara is neither the tallest nor the "
        "shortest. Mona is shorter than Nina. Who is the tallest?",
        "Nina",
    ),
    (
        "A, B, C and D sit in a row. B is second from the left. D is immediately left of "
        "B. C is not the rightmost. Who is rightmost?",
        "A",
    ),
    ("Rank: gold is heavier than silver, silver is heavier than tin. Which is lightest?", "tin"),
    ("Sally is faster than Tom who is faster than Uma. Who is the slowest?", "Uma"),
    (
        "the dog is bigger than the cat, the cat is bigger than the mouse. whats the "
        "smallest animal?",
        "mouse",
    ),
    (
        "Is the dog bigger than the mouse if the dog is bigger than the cat and the cat is "
        "bigger than the mouse?",
        "yes",
    ),
    ("Tom was older than Sue. Sue was older than Ann. Who was the oldest of them?", "Tom"),
    (
        "Every jompus is a zumpus. Zumpuses are not luminous. Wren is a jompus. Prove or "
        "disprove: Wren is luminous.",
        "false",
    ),
    (
        "Every jompus is a zumpus. Wren is a jompus. Is the following statement true or "
        "false? Wren is a zumpus.",
        "true",
    ),
    (
        'Every jompus is a zumpus. Wren is a jompus. Is the statement "Wren is a zumpus" '
        "true or false?",
        "true",
    ),
    (
        "Every jompus is a zumpus. Wren is a jompus.\nStatement: Wren is a zumpus.\nIs it true?",
        "true",
    ),
    ("Every jompus is a zumpus. Wren is a jompus. Wren is a zumpus. Is this correct?", "true"),
    ("Jompuses are zumpuses. Zumpuses are never shy. Wren is a jompus. Is Wren shy?", "no"),
    ("Everything red is hot. The stove is red. Is the stove hot?", "yes"),
]
LEFT = [
    "Everyone in the club is rich. Tom is in the club. Is Tom rich?",
    "John > Mary > Sue in height. Who is the tallest?",
    "Amy is heavier than Beth, Beth is as heavy as Cara. Who is the heaviest?",
    "X is north of Y. Y is north of Z. Is X north of Z?",
    "Bob is the father of Tim. Is Tim the son of Bob?",
    "Either Tom or Sue is guilty. Tom is not guilty. Who is guilty?",
    "All cats are black. Some dogs are black. Is Tom black?",
    "Most birds fly. Tweety is a bird. Does Tweety fly?",
    "All ripe fruit is sweet. This apple is ripe. Is it sweet?",
    (
        "The blue house is next to the red house. The red house is the leftmost of three "
        "houses: red, blue, green. Which house is the rightmost?"
    ),
]


@pytest.mark.parametrize(("text", "answer"), READ)
def test_wordings_are_read(text: str, answer: str) -> None:
    task = KIND.parse(text)
    assert task is not None
    assert KIND.environment is not None
    found = best_first(KIND.environment, KIND.guide, KIND.environment.initial(task))
    concluded = KIND.conclude(task, found)
    assert concluded is not None
    assert concluded.text == answer
    assert KIND.grade(task, concluded).passed


FRAGMENTS = (
    "Ann is older than Bob", "Bob is not older than Cid", "every cat is a feline", "Tom is a cat",
    "and", "but", "or", ", ", "who is", "that is", "neither first nor last", "neither", "nor", "a",
    "is the second oldest", "between Ann and Bob", "than", "not", "a cat and a dog and furry",
    "all cats that are black are", "if something is a cat then it is", "in a race", "can", "beat",
    "there are five books: a, b, c, d and e", "Ann, Bob and Cid ran", "is it true that", "left of",
    "two places to the left of", "are", "1:", "-", "?", "is", "to",
)  # fmt: skip
QUESTIONS = (
    "Who is oldest?", "Is Tom a cat?", "What is the order from oldest to youngest?",
    "Which of these is correct?\n(A) Ann is older than Bob", "True or false: Tom is a cat.",
)  # fmt: skip


def test_no_mixture_of_its_own_phrases_takes_long() -> None:
    rng = random.Random("mixtures")
    slowest = 0.0
    for _ in range(400):
        words = rng.sample(FRAGMENTS, rng.choice((2, 3, 5, 9)))
        sentences = []
        for _ in range(rng.choice((1, 3, 30))):
            joint = rng.choice((" ", ", ", " and "))
            count = rng.choice((3, 10, 40, 400))
            sentences.append(joint.join(rng.choice(words) for _ in range(count))[:1490])
        text = ". ".join(sentences)[:7900] + ". " + rng.choice(QUESTIONS)
        start = time.process_time()
        with contextlib.suppress(InvalidTaskError):
            KIND.parse(text)
        slowest = max(slowest, time.process_time() - start)
    assert slowest < 1.0  # 0.02 measured


@pytest.mark.parametrize("text", LEFT)
def test_what_cannot_be_held_is_left_alone(text: str) -> None:
    assert KIND.parse(text) is None
