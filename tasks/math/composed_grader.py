"""Judge answers and derivations of composed problems by other means than the rules.

The definitions are evaluated by `composed_values`. What is left of the question is one problem of a
leaf kind, whose own grader judges the answer. Lines of a derivation are evaluated one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from tasks.math.composed_derivation import gap_of, read_number, words_of, wrong_line
from tasks.math.composed_polynomials import (
    UnreadableError,
    added,
    letters_in,
    number_in,
    poly_text,
)
from tasks.math.composed_values import Meaning, evaluate, meaning_of
from tasks.protocol import Answer, Task, Verdict

LONGEST_ANSWER = 2000
_REWRITTEN = ("expand", "derivative", "factor")  # each line of these questions is worth the same


class Judges(Protocol):
    """The kinds that judge what is left of a question."""

    def opened(self, verb: str, text: str) -> Task | None:
        """Return a question as a task of the first kind that reads it."""
        ...

    def __getitem__(self, name: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a question when everything known is put in.

    Attributes:
        verb: of the question.
        number: the value that a question for a number asks for.
        text: the leaf's question, where it is none for a number.
        choices: the choices as typed, with their values.
    """

    verb: str
    number: Fraction | None
    text: str
    choices: tuple[tuple[str, Fraction], ...] = ()


def grade(payload: Any, answer: Answer, judges: Judges) -> Verdict:
    """Pass an answer iff it is right, and its derivation, if any, has no wrong line."""
    if len(answer.text) > LONGEST_ANSWER or not answer.text.strip():
        return Verdict(False, 0.0, "no answer found")
    known = _meaning(payload.definitions, answer, judges)
    try:
        left = left_of(payload.question, known, mentioned(payload.definitions))
    except UnreadableError as error:
        return Verdict(None, 0.0, f"the grader cannot work out the definitions: {error}")
    verdict = _judged(left, answer, judges)
    if verdict.passed and answer.derivation:
        wrong = wrong_line(payload, known, answer, _computed(payload, known, judges))
        if wrong:
            return Verdict(False, 0.0, wrong)
    return verdict


def _meaning(lines: Sequence[str], answer: Answer, judges: Judges) -> Meaning:
    """Return what the definitions say.

    Where one in words is beyond this grader, but a derivation says its value, the leaf kind that
    reads the words judges that value.
    """
    known = meaning_of(lines)
    for line in lines:
        head, verb, words, *parts = line.split(" | ")
        if verb != "ask" or parts or head in known.numbers:
            continue
        claim = next((said for said in answer.derivation if said.startswith(f"{head} = ")), "")
        value = read_number(claim)
        text = _with_known(words, known)
        task = judges.opened("ask", text) if value is not None else None
        if task is None or value is None:
            continue
        if judges[task.kind].kind.grade(task, Answer(str(value))).passed:
            known = meaning_of(lines, {**known.numbers, head: value})
    return known


def _computed(payload: Any, known: Meaning, judges: Judges) -> frozenset[str]:
    """Return the labels of the statements in words whose leaf kind takes a single action."""
    found = set()
    for line, label in [*((line, line.split(" | ")[0]) for line in payload.definitions),
                        (payload.question, "answer")]:  # fmt: skip
        verb = line.split(" | ")[1]
        if verb not in ("ask", "choose") or "{}" not in line:
            continue
        words, typed = words_of(line)
        try:
            for one in typed:
                words = words.replace("{}", str(_number(one, known)), 1)
        except UnreadableError:
            continue
        task = judges.opened(verb, words)
        if task is not None and judges[task.kind].guide is None:
            found.add(label)
    return frozenset(found)


def _with_known(words: str, known: Meaning) -> str:
    numbers = known.numbers
    names = re.compile(r"(?<![\w'])[b-zB-Z](?![\w'(])")
    return names.sub(lambda m: str(numbers.get(m[0], m[0])), words)


def mentioned(lines: Sequence[str]) -> frozenset[str]:
    """Return the letters that definitions are about, whether or not they can be worked out."""
    found: set[str] = set()
    for line in lines:
        head, verb, *parts = line.split(" | ")
        found.update(head[:1])
        if verb == "suppose":
            found.update(c for part in parts for c in part if c.isalpha())
    return frozenset(found)


def left_of(question: str, known: Meaning, about: frozenset[str]) -> Left:
    """Return what is left of a question.

    Args:
        question: its line.
        known: what the definitions say.
        about: letters that must be known, since definitions are about them.

    Raises:
        UnreadableError: if something that it needs is not known.
    """
    head, verb, *parts = question.split(" | ")
    if verb in ("ask", "choose"):
        typed = parts[2:] if verb == "choose" else parts[1:]
        values = [_number(one, known) for one in typed]
        text = parts[0]
        for number in values:
            text = text.replace("{}", str(number), 1)
        skip = int(parts[1]) if verb == "choose" else 0
        choices = tuple(zip(typed, values, strict=True))[skip:] if verb == "choose" else ()
        return Left(verb, None, text, choices)
    if verb == "solve":
        gaps = [gap_of(part, known, frozenset(head)) for part in parts]
        if set().union(*map(letters_in, gaps)) & (about - {head}):
            raise UnreadableError("a name in the equation is not known")
        names = head or " and ".join(sorted(set().union(*map(letters_in, gaps))))
        equations = ", ".join(f"{poly_text(gap)} = 0" for gap in gaps)
        return Left(verb, None, f"Solve {equations} for {names}.")
    value = evaluate(parts[0], known, frozenset(parts[1]) if verb == "derivative" else frozenset())
    if letters_in(value) & (about - ({parts[1]} if verb == "derivative" else set())):
        raise UnreadableError("a name in the question is not known")
    text = poly_text(value)
    if verb == "derivative":
        return Left(verb, None, f"Find the {parts[2]} derivative of {text} wrt {parts[1]}.")
    if verb == "coefficient":
        return Left(verb, None, f"Rearrange {text} to {parts[1]} and give {parts[2]}.")
    if verb == "factor":
        return Left(verb, None, f"Factor {text}.")
    only = number_in(value)
    return Left("value" if only is not None else "expand", only, f"Expand {text}.")


def with_values(left: Left, text: str) -> str:
    """Return an answer to a choice with the values of names that it chooses."""
    values = dict(left.choices)
    parts = [part.strip() for part in text.split(",")]
    if re.search(r"\(?[a-h]\) ", left.text):
        return text  # letters of choices are answers as they are
    return ", ".join(str(values[part]) if part in values else part for part in parts)


def _judged(left: Left, answer: Answer, judges: Judges) -> Verdict:
    if left.number is not None:
        said = read_number(answer.text)
        if said is None:
            return Verdict(False, 0.0, f"no number found in {answer.text[:80]!r}")
        if said != left.number:
            return Verdict(False, 0.0, "the definitions give another number")
        return Verdict(True, 1.0, "checked by evaluating the definitions")
    task = judges.opened(left.verb, left.text)
    if task is None and left.verb == "expand":
        return _same(left.text, answer.text)
    if task is None:
        return Verdict(None, 0.0, f"no grader reads what is left of the question: {left.text[:80]}")
    said_text = with_values(left, answer.text) if left.verb == "choose" else answer.text
    steps = _leaf_steps(answer) if left.verb in _REWRITTEN else ()
    stepwise = Answer(said_text, tuple(range(len(steps))), steps)
    verdict: Verdict = judges[task.kind].kind.grade(task, stepwise)
    return verdict


def _leaf_steps(answer: Answer) -> tuple[str, ...]:
    """Return what the leaf kind of the question wrote, for its own grader."""
    lines = (one.removeprefix("answer: ") for one in answer.derivation if one.startswith("answer:"))
    return tuple(one for one in lines if not one.endswith((".", "?")))


def _same(question: str, text: str) -> Verdict:
    """Judge an answer that is to be the same polynomial as the one to expand."""
    try:
        wanted = evaluate(question.removeprefix("Expand ").removesuffix("."), Meaning())
        passed = not added(wanted, evaluate(text.strip(), Meaning()), -1)
    except UnreadableError as error:
        return Verdict(False, 0.0, str(error))
    return Verdict(passed, float(passed), "" if passed else "the definitions give another result")


def _number(text: str, known: Meaning) -> Fraction:
    value = number_in(evaluate(text, known))
    if value is None:
        raise UnreadableError(f"{text[:60]} is not known")
    return value
