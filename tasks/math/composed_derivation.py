"""Check the lines of a composed problem's derivation one by one, by evaluating them.

What a leaf kind does inside its own rules (calculus) is checked where its result is noted; a leaf
kind that computes shows nothing but the question with values put in, and the result.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from tasks.math.composed_polynomials import Poly, UnreadableError, added, number_in
from tasks.math.composed_values import Meaning, evaluate
from tasks.protocol import Answer


def wrong_line(payload: Any, known: Meaning, answer: Answer, computed: frozenset[str]) -> str:
    """Return what is wrong with a derivation; empty if nothing is.

    Args:
        payload: the problem.
        known: what its definitions say.
        answer: with the derivation.
        computed: labels of the statements in words that a leaf kind works out in one action.
    """
    if answer.actions and len(answer.derivation) != len(answer.actions):
        return f"{len(answer.actions)} steps were taken, {len(answer.derivation)} are written down"
    for place, line in enumerate(answer.derivation):
        if wrong := _wrong_in(line, payload, known, answer, computed):
            return f"step {place + 1}, {line[:100]!r}: {wrong}"
    if not answer.derivation[-1].endswith(answer.text):
        return f"the last step {answer.derivation[-1][:80]!r} does not say the answer"
    return ""


def read_number(text: str) -> Fraction | None:
    """Return the number that a short answer says: `7`, `-3/4`, `2.5`, `b = 7`."""
    text = re.sub(r"^[a-zA-Z]\s*=", "", text.strip().rstrip(".")).strip().replace("−", "-")
    match = re.fullmatch(r"([-+]?\s?\d{1,4000}(?:\.\d{1,4000})?)(?:\s?/\s?(\d{1,4000}))?", text)
    if match is None or not int(match[2] or "1"):
        return None
    return Fraction(match[1].replace(" ", "")) / int(match[2] or "1")


def gap_of(equation: str, known: Meaning, bound: frozenset[str]) -> Poly:
    """Return left side minus right side of an equation.

    Raises:
        UnreadableError: if it is none.
    """
    sides = equation.split("=")
    if len(sides) != 2:
        raise UnreadableError(f"{equation[:80]!r} is not one equation")
    return added(evaluate(sides[0], known, bound), evaluate(sides[1], known, bound), -1)


_FUNCTION = re.compile(r"([a-zA-Z])\(([a-zA-Z])\)")
_HANDED = re.compile(
    r"(?:Calculate|Expand|Factor|Find the \w+ derivative of) (.+?)(?: wrt [a-zA-Z])?\."
)
_LINE = re.compile(r"(?P<label>[^:=]{1,400}?)(?P<mark>: | = )(?P<said>.+)", re.S)


def _wrong_in(
    line: str, payload: Any, known: Meaning, answer: Answer, computed: frozenset[str]
) -> str:
    match = _LINE.fullmatch(line)
    if match is None:
        return "it is no line of such a derivation"
    label, said = match["label"], match["said"]
    try:
        if match["mark"] == " = ":
            return _wrong_values(line, known)
        if label in computed:
            statement = payload.question if label == "answer" else _statement(payload, label)
            return "" if said == answer.text else _wrong_words(statement, said, known)
        asked = re.fullmatch(r"Calculate (.+)\.", said, re.S)
        if label == "answer":
            return _wrong_in_question(said, asked[1] if asked else said, payload, known, answer)
        if re.search(r" \| (?:derivative|ask|root) \| ", _statement(payload, label)):
            return ""  # what leaf kinds do is checked where their result is noted
        if asked is None and ("Solve" in said or "=" in said):
            return _wrong_equations(said, known)
        return _wrong_value(label, asked[1] if asked else said, known)
    except UnreadableError as error:
        return str(error)


def _wrong_in_question(said: str, value: str, payload: Any, known: Meaning, answer: Answer) -> str:
    """Check a line of the question: values, equations, and what a leaf kind is asked."""
    head, verb, *parts = payload.question.split(" | ")
    handed = _HANDED.fullmatch(said)
    if handed is not None and verb in ("value", "factor", "derivative"):
        bound = frozenset(parts[1]) if verb == "derivative" else frozenset[str]()
        wanted, shown = (evaluate(one, known, bound) for one in (parts[0], handed[1]))
        return "the question is another one" if added(wanted, shown, -1) else ""
    if verb == "value":
        number = number_in(evaluate(parts[0], known))
        found = number_in(evaluate(value, known)) if number is not None else None
        return "" if found in (number, None) else "the question has another value"
    claimed = read_number(answer.text) if verb == "solve" and len(head) == 1 else None
    if claimed is None or len(parts) != 1 or re.search(r"[,;]| or ", said) or "=" not in said:
        return ""
    return _wrong_equations(said, Meaning({**known.numbers, head: claimed}, known.functions))


def words_of(statement: str) -> tuple[str, list[str]]:
    """Return a statement in words with holes, and what was typed in them."""
    _, verb, words, *typed = statement.split(" | ")
    return words, typed[1:] if verb == "choose" else typed


def _wrong_words(statement: str, said: str, known: Meaning) -> str:
    """Check a question in words: nothing but values may have been put in."""
    words, typed = words_of(statement)
    match = re.fullmatch("(.+?)".join(map(re.escape, words.split("{}"))), said)
    if match is None:
        return "it is neither the question nor the answer"
    for shown, one in zip(match.groups(), typed, strict=True):
        if added(evaluate(shown, known), evaluate(one, known), -1):
            return f"{one[:60]} has another value than {shown[:60]}"
    return ""


def _statement(payload: Any, label: str) -> str:
    return next((line for line in payload.definitions if line.startswith(f"{label} | ")), "")


def _wrong_values(line: str, known: Meaning) -> str:
    """Check `a = 3`, `x = 1, y = 2`, `f(x) = 2*x`, `h(20) = 7`."""
    for part in re.split(r", (?=[a-zA-Z] = )", line):
        label, _, said = part.partition(" = ")
        if (head := _FUNCTION.fullmatch(label)) and head[1] in known.functions:
            if _is_function(head[1], head[2], said, known):
                continue
            if head[2] not in known.numbers:  # else it may be the function's value there
                return f"{label} is another function"
        if _value(label, known) != number_in(evaluate(said, Meaning())):
            return f"{label} has another value"
    return ""


def _is_function(name: str, parameter: str, said: str, known: Meaning) -> bool:
    """Say whether a line such as `f(x) = 2*x` says what the function is."""
    wanted, body = known.functions[name]
    if parameter != wanted:
        return False
    return not added(body, evaluate(said, Meaning(), frozenset((parameter,))), -1)


def _wrong_equations(said: str, known: Meaning) -> str:
    """Check that the numbers found satisfy the equations of a line."""
    text = re.sub(r"^Solve | for [a-zA-Z](?: and [a-zA-Z])?\.$", "", said)
    for part in text.split(","):
        if number_in(gap_of(part, known, frozenset())) != 0:
            return f"{part.strip()[:60]} does not hold"
    return ""


def _wrong_value(label: str, said: str, known: Meaning) -> str:
    value = number_in(evaluate(said, known))
    expected = _value(label, known)
    if value is None:
        return ""  # not all of its names are put in yet, or words of a leaf kind
    return "" if value == expected else f"{label} has another value"


def _value(label: str, known: Meaning) -> Fraction | None:
    if label in known.numbers:
        return known.numbers[label]
    return number_in(evaluate(label, known))
