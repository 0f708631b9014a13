"""Make deductions with a known answer, from a seed and a difficulty.

Classes: a chain of rules from what is told of somebody to what is asked, more links and more rules
beside the chain as difficulty grows. Orders are in `ordering_generator`.
"""

from __future__ import annotations

import random

from tasks.protocol import Split, split_seed
from tasks.reasoning.deduction_problem import DeductionPayload
from tasks.reasoning.ordering_generator import make_order
from tasks.splits import split_of

UNKNOWN_SHARE = 0.12  # of true-or-false questions cannot be decided
_HEADS = [
    "b", "br", "d", "f", "g", "gl", "gr", "h", "j", "k", "l", "m", "n", "p", "r", "s", "sh",
    "st", "t", "tr", "v", "w", "y", "z", "zh",
]  # fmt: skip
_MIDDLES = ["a", "e", "er", "i", "im", "in", "om", "o", "or", "u", "um", "el", "il", "ar", "on"]
_ADJECTIVES = [
    "bright", "dull", "loud", "quiet", "sweet", "sour", "red", "blue", "green", "brown", "large",
    "small", "hot", "cold", "wooden", "metallic", "opaque", "transparent", "floral", "fruity",
    "earthy", "spicy", "shy", "bold", "kind", "mean", "angry", "happy", "nervous", "calm",
    "luminous", "liquid", "feisty", "aggressive", "amenable", "discordant", "melodic",
    "temperate", "bitter", "salty", "fast", "slow",
]  # fmt: skip
_PEOPLE = [
    "Alex", "Max", "Sam", "Polly", "Fae", "Rex", "Stella", "Wren", "Sally", "Jack", "Eva",
    "Oliver", "Carol", "Tom", "Bob", "Davis",
]  # fmt: skip

Rule = tuple[int, bool, str]  # from class number; affirmed; `c5` a class or `p2` a property


def make_deduction(seed: int, difficulty: float, split: Split) -> tuple[DeductionPayload, str]:
    """Return a payload of the split, and a prompt that asks for its answer."""
    rng = random.Random(f"deduction {split_seed(split, seed)} {difficulty}")
    while True:
        draw = rng.random()
        if draw < 0.4:
            shape, payload, prompt = _true_or_false(rng, difficulty)
        elif draw < 0.6:
            shape, payload, prompt = _choice(rng, difficulty)
        else:
            shape, payload, prompt = make_order(rng, difficulty)
        if split_of(shape) == split:
            return payload, prompt


def _true_or_false(rng: random.Random, difficulty: float) -> tuple[str, DeductionPayload, str]:
    links = 1 + round(rng.uniform(0.5, 1.0) * 8 * difficulty)
    beside = 2 + rng.randrange(3) + round(14 * difficulty)
    rules: list[Rule] = [(n, True, f"c{n + 1}") for n in range(links)]
    affirmed = rng.random() < 0.5
    unknown = rng.random() < UNKNOWN_SHARE
    stranger = links + 1
    rules.append((stranger if unknown else links, affirmed, "p0"))
    if not unknown and rng.random() < 0.7:
        rules.append((stranger, not affirmed, "p0"))
    classes = links + 2
    for number in range(beside):
        if rng.random() < 0.5:
            rules.append((rng.randrange(classes), rng.random() < 0.5, f"p{number + 1}"))
        else:  # a new class above or below an old one; nobody is in one below
            old = rng.randrange(classes)
            up = rng.random() < 0.6
            rules.append((old, True, f"c{classes}") if up else (classes, True, f"c{old}"))
            classes += 1
    asked = rng.random() < 0.5
    shape = f"truth {links} {sorted(rules)} {asked}"
    names = _words(rng, classes)
    adjectives = rng.sample(_ADJECTIVES, beside + 1)
    who = rng.choice(_PEOPLE)
    facts = [(f"{who} is {_an(names[0])}", f"{who} is {_an(names[0])}.")]
    written = [_rule(rng, rule, names, adjectives) for rule in rules]
    rng.shuffle(written)
    said = f"{who} is {'' if asked else 'not '}{adjectives[0]}"
    opposite = f"{who} is {'not ' if asked else ''}{adjectives[0]}"
    question = rng.choice((f"True or false: {said}.", f"Is it true that {said}?"))
    labels = ("true", "false") if question.startswith("True") else ("yes", "no")
    payload = DeductionPayload(
        "classes", (), tuple(p for p, _ in (*written, *facts)), (said, opposite), labels
    )
    return shape, payload, f"{' '.join(s for _, s in (*written, *facts))}\n{question}"


def _choice(rng: random.Random, difficulty: float) -> tuple[str, DeductionPayload, str]:
    """Ask which of two classes somebody is in: one at the end of a chain, one out of reach."""
    links = 1 + round(rng.uniform(0.5, 1.0) * 8 * difficulty)
    reached = links + 1
    rules: list[Rule] = [(n, True, f"c{n + 1}") for n in range(links)]
    strangers = 2 + round(4 * difficulty)
    total = reached + strangers + 2
    for _ in range(2 + rng.randrange(3) + round(16 * difficulty)):
        below, above = sorted(rng.sample(range(total - 1), 2))
        rule = (below, True, f"c{above}")
        if (rule not in rules and above >= reached) or below >= reached:
            rules.append(rule)
    far = total - 1  # reached from strangers alone, whom nobody is among
    stranger = rng.randrange(reached, reached + strangers)
    rules = [r for r in dict.fromkeys(rules) if not (r[0] < reached <= int(r[2][1:]) < total - 2)]
    rules.append((stranger, True, f"c{far}"))
    shape = f"choice {links} {sorted(rules)}"
    names = _words(rng, total)
    who = rng.choice(_PEOPLE)
    facts = [(f"{who} is {_an(names[0])}",) * 2]
    if rng.random() < difficulty:
        other = rng.choice([name for name in _PEOPLE if name != who])
        facts.append((f"{other} is {_an(names[stranger])}",) * 2)
    written = [_rule(rng, rule, names, [], every=True) for rule in rules] + facts
    rng.shuffle(written)
    both = [names[links], names[far]]
    rng.shuffle(both)
    prompt = ". ".join(s.rstrip(".") for _, s in written)
    payload = DeductionPayload(
        "classes",
        (),
        tuple(p for p, _ in written),
        tuple(f"{who} is {_an(one)}" for one in both),
        tuple(both),
    )
    return shape, payload, f"{prompt}. Is {who} {_an(both[0])} or {both[1]}?"


def _rule(
    rng: random.Random, rule: Rule, names: list[str], adjectives: list[str], every: bool = False
) -> tuple[str, str]:
    """Return a rule in the payload's language, and as a sentence."""
    start, affirmed, end = rule
    subject = names[start]
    is_class = end[0] == "c"
    word = names[int(end[1:])] if is_class else adjectives[int(end[1:])]
    one = _an(word) if is_class else word
    premise = f"each {subject} is {'' if affirmed else 'not '}{one}"
    style = 0 if every else rng.randrange(4)
    if style == 1:
        return premise, f"Each {premise[5:]}."
    if style >= 2:
        many = f"{word}es" if is_class else word
        if not affirmed and style == 3:
            return premise, f"No {subject}es are {many}."
        start_word = f"All {subject}es" if style == 3 else f"{subject.capitalize()}es"
        return premise, f"{start_word} are {'' if affirmed else 'not '}{many}."
    return premise, f"Every {premise[5:]}."


def _words(rng: random.Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[f"{rng.choice(_HEADS)}{rng.choice(_MIDDLES)}pus"] = None
    return list(found)


def _an(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
