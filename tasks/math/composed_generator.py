"""Make composed problems from a seed and a difficulty.

With the difficulty grow the number of definitions on the way to the answer, their kinds (numbers,
then equations, functions, systems, derivatives), definitions that nobody needs, and disorder. All
values on the way are whole numbers.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tasks.math.composed_statement import Statement
from tasks.protocol import Split, split_seed
from tasks.splits import split_of

LETTERS = "abcdfghjkmnpqrtuvwyz"
LARGEST = 400  # of a value on the way


@dataclass(slots=True)
class _Draft:
    """A problem that is being made: statements with their sentences, and known values."""

    rng: random.Random
    letters: list[str]
    statements: list[tuple[tuple[Statement, str], ...]] = field(default_factory=list)
    values: dict[str, int] = field(default_factory=dict)
    last: str = ""

    def name(self) -> str:
        """Return a letter that nothing else uses."""
        return self.letters.pop()

    def number(self, size: int) -> int:
        """Return a whole number other than 0."""
        return self.rng.choice((-1, 1)) * self.rng.randint(1, size)

    def earlier(self) -> str:
        """Return a known name, most often the last one."""
        if self.rng.random() < 0.75:
            return self.last
        return self.rng.choice(sorted(self.values))


def make_problem(seed: int, difficulty: float, split: Split) -> tuple[tuple[str, ...], str, str]:
    """Return the definitions' lines, the question's line and the prompt of a task of the split."""
    rng = random.Random(f"composed {split_seed(split, seed)} {difficulty}")
    while True:
        draft = _drafted(rng, difficulty)
        question, asked = _question(draft, difficulty)
        groups = list(draft.statements)
        if rng.random() < difficulty - 0.4:
            rng.shuffle(groups)
        lines = [pair for group in groups for pair in group]
        prompt = " ".join([sentence for _, sentence in lines] + [asked])
        if split_of(prompt) == split:
            return tuple(s.line for s, _ in lines), question.line, prompt


def _drafted(rng: random.Random, difficulty: float) -> _Draft:
    letters = list(LETTERS)
    rng.shuffle(letters)
    draft = _Draft(rng, letters)
    _add_value(draft, difficulty)
    makers = [_add_value, _add_equation, _add_function, _add_system, _add_derivative]
    wanted = round(4.5 * difficulty + 0.7 * rng.random())
    for _ in range(wanted):
        most = 1 + sum(difficulty > limit for limit in (0.1, 0.3, 0.45, 0.7))
        rng.choice(makers[:most])(draft, difficulty)
    for _ in range(rng.randint(0, round(2 * difficulty))):
        kept = draft.last
        rng.choice(makers[:2])(draft, difficulty)  # nobody needs it
        draft.values.pop(draft.last)
        draft.last = kept
    return draft


def _note(draft: _Draft, name: str, value: int, *pairs: tuple[Statement, str]) -> None:
    draft.statements.append(pairs)
    draft.values[name] = value
    draft.last = name


def _add_value(draft: _Draft, difficulty: float) -> None:
    rng, name = draft.rng, draft.name()
    size = 9 + round(40 * difficulty)
    a, b = draft.number(size), draft.number(size)
    known = draft.earlier() if draft.values else ""
    if not known:
        text, value = rng.choice(
            ((f"{a} + {b}", a + b), (f"{a} - {b}", a - b), (f"{abs(a)}*{abs(b) % 9 + 1} - {abs(b)}",
              abs(a) * (abs(b) % 9 + 1) - abs(b)))
        )  # fmt: skip
    else:
        v = draft.values[known]
        k = rng.randint(2, 4)
        text, value = rng.choice(
            ((f"{known} + {a}", v + a), (f"{a} - {known}", a - v), (f"{k}*{known} - {abs(b)}",
              k * v - abs(b)), (f"({known} + {k - v})/{k}", 1))
        )  # fmt: skip
        if abs(value) > LARGEST:
            text, value = f"{known} - {v - a}", a
    sentence = f"Let {name} = {text}." if rng.random() < 0.6 else f"Let {name} be {text}."
    _note(draft, name, value, (Statement(name, "value", (text,)), sentence))


def _add_equation(draft: _Draft, difficulty: float) -> None:
    rng, name = draft.rng, draft.name()
    known = draft.earlier()
    value, k = draft.number(9 + round(20 * difficulty)), draft.number(6)
    rest = k * value - draft.values[known]
    if rng.random() < 0.5 and difficulty > 0.2:
        extra = draft.number(8)
        equation = f"{k + extra}*{name} = {extra}*{name} + {known}{_signed(rest)}"
    else:
        equation = f"{k}*{name}{_signed(-rest)} = {known}"
    _note(draft, name, value, (Statement("", "suppose", (equation,)), f"Suppose {equation}."))


def _add_system(draft: _Draft, difficulty: float) -> None:
    name, other = draft.name(), draft.name()
    known = draft.earlier()
    x, y = draft.number(9), draft.number(9)
    a, b, c = draft.number(5), draft.number(5), draft.number(5)
    d = draft.number(5)
    while a * d == b * c:
        d = draft.number(5)
    first = (
        f"{a}*{name}{_signed(b)}*{other} = {known}{_signed(a * x + b * y - draft.values[known])}"
    )
    second = f"{c}*{name}{_signed(d)}*{other} = {c * x + d * y}"
    draft.values[other] = y
    _note(draft, name, x, (Statement("", "suppose", (first, second)),
                           f"Suppose {first}, {second}."))  # fmt: skip


def _add_function(draft: _Draft, difficulty: float) -> None:
    rng, function, name = draft.rng, draft.name(), draft.name()
    letter = rng.choice([one for one in "lsxei" if one != function])
    known = draft.earlier()
    v = draft.values[known]
    a, b, c = draft.number(4), draft.number(9), draft.number(20)
    text = f"{a}*{letter}**2{_signed(b)}*{letter}{_signed(c)}"
    value = a * v * v + b * v + c
    if abs(value) > LARGEST:
        c -= value - rng.randint(-20, 20)
        text = f"{a}*{letter}**2{_signed(b)}*{letter}{_signed(c)}"
        value = a * v * v + b * v + c
    head = f"{function}({letter})"
    call = f"{function}({known})"
    _note(draft, name, value, (Statement(head, "formula", (text,)), f"Let {head} = {text}."),
          (Statement(name, "value", (call,)), f"Let {name} be {call}."))  # fmt: skip


def _add_derivative(draft: _Draft, difficulty: float) -> None:
    rng, function, name = draft.rng, draft.name(), draft.name()
    letter = rng.choice("lsxei")
    known = draft.earlier()
    v = draft.values[known]
    a, b, c = draft.number(5), draft.number(9), draft.number(20)
    text = f"{a}*{letter}**2{_signed(b)}*{letter}{_signed(c)}"
    value = 2 * a * v + b
    if abs(value) > 5 * LARGEST:
        _add_value(draft, difficulty)
        return
    head = f"{function}({letter})"
    call = f"{function}({known})"
    _note(draft, name, value,
          (Statement(head, "derivative", (text, letter, "first")),
           f"Let {head} be the first derivative of {text}."),
          (Statement(name, "value", (call,)), f"Let {name} be {call}."))  # fmt: skip


def _question(draft: _Draft, difficulty: float) -> tuple[Statement, str]:
    rng, last = draft.rng, draft.last
    v = draft.values[last]
    roll = rng.random() if difficulty > 0.15 else 0.0
    number = draft.number(9 + round(20 * difficulty))
    if roll < 0.3:
        text = rng.choice((f"{last}{_signed(number)}", f"{rng.randint(2, 5)}*{last}"))
        said = rng.choice((f"What is {text}?", f"Calculate {text}."))
        return Statement("", "value", (text,)), said
    if roll < 0.65:
        unknown = draft.name()
        k, x = draft.number(7), draft.number(12)
        equation = f"{k}*{unknown} - {last} = {k * x - v}"
        return Statement(unknown, "solve", (equation,)), f"Solve {equation} for {unknown}."
    if roll < 0.8:
        k = rng.randint(2, 12)
        words = "Is {} a multiple of {}?"
        return Statement("", "ask", (words, last, str(k))), words.format(last, k)
    options = [last, *map(str, rng.sample([n for n in range(-30, 31) if n != v], 3))]
    rng.shuffle(options)
    order = rng.choice(("ascending", "descending"))
    words = f"Sort {{}}, {{}}, {{}}, {{}} in {order} order"
    said = f"Sort {', '.join(options)} in {order} order."
    return Statement("", "choose", (f"{words}?", "0", *options)), said


def _signed(number: int) -> str:
    return f" - {-number}" if number < 0 else f" + {number}"
