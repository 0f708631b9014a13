"""Judge answers to deductions by closing facts under rules, and by looking at every order.

Shares nothing with how deductions are read, derived and generated elsewhere: sentences are taken
apart again, comparisons are evaluated node by node with `ast` over all permutations. A derivation
is checked by `deduction_proofs`.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.protocol import Answer, Task, Verdict

Said = tuple[str, bool]  # a property, and whether it is affirmed
Facts = dict[str, set[Said]]
Rules = list[tuple[tuple[str, ...], Said]]
_UNKNOWN = re.compile(
    r"(?:it )?(?:is )?(?:unknown|undecided|undetermined|uncertain|indeterminate|"
    r"can(?:not|'t| not) be (?:decided|determined|known|concluded|inferred)|not (?:decidable|"
    r"determinable|enough information)|"
    r"neither|none(?: of (?:them|these|the above))?)",
    re.I,
)
_TORN = re.compile(r"(?:a |the premises are )?(?:contradiction|contradictory|inconsistent)", re.I)
_SAME = {"yes": "true", "no": "false", "correct": "true", "incorrect": "false", "wrong": "false"}


def grade(task: Task, answer: Answer) -> Verdict:
    """Pass an answer iff it names what follows, and its derivation, if any, is a proof of it."""
    from_text = claimed(task.payload, answer.text)
    if from_text is None:
        labels = ", ".join(dict.fromkeys(task.payload.labels[:9]))
        return Verdict(
            False, 0.0, f"no answer in {answer.text[:80]!r}; expected one of {labels}, unknown"
        )
    truth = solution(task.payload)
    if not _agrees(task.payload, from_text, truth):
        return Verdict(False, 0.0, f"{answer.text[:80]!r} does not follow from what is given")
    if len(answer.derivation) != len(answer.actions):
        written = f"{len(answer.derivation)} written down"
        return Verdict(False, 0.0, f"{len(answer.actions)} steps were taken, {written}")
    return Verdict(True, 1.0, "checked: it follows from what is given")


def claimed(payload: Any, text: str) -> frozenset[int] | str | None:
    """Return the numbers of the claims that a short answer affirms; or `unknown`, `contradiction`.

    None where it is no answer.
    """
    if len(text) > 1000:
        return None
    text = text.strip().strip(".!*\"'` ").casefold()
    if _UNKNOWN.fullmatch(text):
        return "unknown"
    if _TORN.fullmatch(text):
        return "contradiction"
    if payload.form == "sequence":
        return _sequence(payload, text)
    numbers: set[int] = set()
    for part in text.split(" and ") if text not in _keys(payload, whole=True) else [text]:
        number = _keys(payload).get(_SAME.get(part, part))
        if number is None:
            return None
        numbers.add(number)
    return frozenset(numbers)


def solution(payload: Any) -> frozenset[int] | str:
    """Return the numbers of the claims that follow; `unknown` for none, or `contradiction`."""
    found = _classes(payload) if payload.form == "classes" else _orders(payload)
    if isinstance(found, str):
        return found
    if payload.form == "sequence" and len(found) < len(payload.names):
        return "unknown"
    return found or "unknown"


def facts_and_rules(payload: Any) -> tuple[Facts, Rules]:
    """Return what is said of each individual, and the rules."""
    facts: Facts = {}
    rules: Rules = []
    for premise in payload.premises:
        subject, said = take_apart(premise)
        if subject.startswith("each "):
            rules.append((tuple(subject[5:].split(" and ")), said))
        else:
            facts.setdefault(subject, set()).add(said)
    return facts, rules


def take_apart(sentence: str) -> tuple[str, Said]:
    """Return the subject, and what is said of it, in lower case."""
    subject, _, rest = sentence.casefold().partition(" is ")
    affirmed = not rest.startswith("not ")
    words = rest.removeprefix("not ").split(" ")
    return subject, (" ".join(words[1:] if words[0] in ("a", "an") else words), affirmed)


def contradicts_itself(said: set[Said], rules: Rules) -> bool:
    """Say whether facts about one individual and the rules cannot all be true."""
    known = set(said)
    while True:
        new = {
            head for conditions, head in rules
            if head not in known and all((c, True) in known for c in conditions)
        }  # fmt: skip
        if not new:
            return any((what, not affirmed) in known for what, affirmed in known)
        known |= new


@lru_cache(maxsize=8)
def orders(count: int) -> NDArray[np.int8]:
    """Return `[count!, count]`: the place of each name in every order."""
    table = np.ones((1, 1), dtype=np.int8)
    for size in range(2, count + 1):
        grown = []
        for place in range(1, size + 1):
            moved = table + (table >= place)
            grown.append(np.concatenate([moved, np.full((len(table), 1), place)], axis=1))
        table = np.concatenate(grown).astype(np.int8)
    return table


def holding(expression: str, table: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Return in which orders (rows) a comparison of places holds."""
    value = _value(ast.parse(expression, mode="eval").body, table)
    return np.broadcast_to(np.asarray(value, dtype=np.bool_), (len(table),))


def fitting(payload: Any) -> NDArray[np.int8]:
    """Return the orders that fit the premises."""
    table = orders(len(payload.names))
    for premise in payload.premises:
        table = table[holding(premise, table)]
    return table


def _classes(payload: Any) -> frozenset[int] | str:
    facts, rules = facts_and_rules(payload)
    if any(contradicts_itself(said, rules) for said in facts.values()):
        return "contradiction"
    follows = []
    for number, claim in enumerate(payload.claims):
        subject, (what, affirmed) = take_apart(claim)
        if contradicts_itself(facts.get(subject, set()) | {(what, not affirmed)}, rules):
            follows.append(number)
    return frozenset(follows)


def _orders(payload: Any) -> frozenset[int] | str:
    table = fitting(payload)
    if not len(table):
        return "contradiction"
    claims = enumerate(payload.claims)
    return frozenset(number for number, claim in claims if holding(claim, table).all())


def _agrees(payload: Any, said: frozenset[int] | str, truth: frozenset[int] | str) -> bool:
    if isinstance(said, str) or isinstance(truth, str):
        return said == truth
    # a choice between classes asks for one of them
    return said == truth or (payload.form == "classes" and bool(said) and said <= truth)


def _keys(payload: Any, whole: bool = False) -> dict[str, int]:
    """Return the ways to name each claim: its label, its letter without brackets, its words."""
    found: dict[str, int] = {}
    for number, label in enumerate(payload.labels):
        label = label.casefold()
        found.setdefault(label, number)
        if whole:
            continue
        found.setdefault(_SAME.get(label, label), number)
        if re.fullmatch(r"\([a-j]\)", label):
            found.setdefault(label.strip("()"), number)
            found.setdefault(f"{label.strip('()')})", number)
        elif payload.form == "classes":
            who, _, what = payload.claims[number].casefold().partition(" is ")
            bare = re.sub(r"^(not )?an? ", r"\1", what)
            for article in ("", "a ", "an "):
                found.setdefault(f"{article}{label}", number)
                spelled = f"not {article}{bare[4:]}" if bare.startswith("not ") else article + bare
                found.setdefault(f"{who} is {spelled}", number)
    return found


def _sequence(payload: Any, text: str) -> frozenset[int] | None:
    names = [name.casefold() for name in payload.names]
    said = [
        re.sub(r"^(?:the|and) ", "", part)
        for part in re.split(r", and |, |\s*(?:>|<|->|→)\s*", text)
    ]
    if sorted(said) != sorted(names):
        return None
    first = payload.claims[0].rpartition(" ")[2]
    places = range(1, len(names) + 1) if first == "1" else range(len(names), 0, -1)
    cells = {
        f"{chr(97 + names.index(name))} == {place}"
        for name, place in zip(said, places, strict=True)
    }
    return frozenset(n for n, claim in enumerate(payload.claims) if claim in cells)


def _value(node: ast.expr, table: NDArray[np.int8]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Name):
        return table[:, ord(node.id) - 97]
    if isinstance(node, ast.BinOp):
        a, b = _value(node.left, table), _value(node.right, table)
        return a + b if isinstance(node.op, ast.Add) else a - b
    if isinstance(node, ast.Call):
        return np.abs(_value(node.args[0], table))
    if isinstance(node, ast.UnaryOp):
        return ~_value(node.operand, table)
    if isinstance(node, ast.BoolOp):
        return np.logical_or(*(_value(part, table) for part in node.values))
    assert isinstance(node, ast.Compare)
    sides = [_value(side, table) for side in (node.left, *node.comparators)]
    result: Any = np.ones(len(table), dtype=np.bool_)
    for op, a, b in zip(node.ops, sides, sides[1:], strict=False):
        if isinstance(op, ast.Lt):
            result = result & (a < b)
        elif isinstance(op, ast.Gt):
            result = result & (a > b)
        else:
            result = result & ((a == b) if isinstance(op, ast.Eq) else (a != b))
    return result
