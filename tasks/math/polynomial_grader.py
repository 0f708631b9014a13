"""Judge answers and derivations of polynomial tasks by a normal form of its own.

Independent of how expressions are read, rewritten and generated elsewhere: texts are brought into
Python's notation, parsed with `ast`, and added and multiplied out as mappings from exponents to
rational coefficients. What counts as expanded is `polynomial_form`.
"""

from __future__ import annotations

import ast
from typing import Any

from tasks.math.polynomial_form import UnreadableError, is_expanded, python_tree
from tasks.math.polynomial_values import Value, Values, Work, value_text
from tasks.protocol import Answer, Task, Verdict

MAX_CHARACTERS = 4000
MAX_STEPS = 2000


def grade(task: Task, answer: Answer) -> Verdict:
    """Pass an answer iff it equals what is asked, in expanded form, and no step is wrong."""
    payload = task.payload
    work = Work()
    try:
        values = Values(payload.definitions, work)
        truth = values.of_text(payload.text)
        wanted = _wanted(payload, truth, values)
    except UnreadableError as error:
        return Verdict(False, 0.0, f"the problem cannot be checked: {error}")
    try:
        claimed, tree = read_claim(payload, answer.text, values)
    except UnreadableError as error:
        return Verdict(False, 0.0, f"no answer found in {answer.text[:80]!r}: {error}")
    if claimed != wanted:
        return Verdict(False, 0.0, _objection(claimed, wanted))
    if not is_expanded(tree, len(wanted)):
        return Verdict(
            False,
            0.0,
            f"{answer.text[:80]!r} has the right value but is not expanded and collected",
        )
    if fault := _step_fault(answer, truth, values):
        return Verdict(False, 0.0, fault)
    return Verdict(True, 1.0, f"checked: {value_text(wanted)}")


def read_claim(payload: Any, text: str, values: Values) -> tuple[Value, ast.expr]:
    """Return what a short answer says, as a value and as it is written.

    `name = value` is read if the left side is the coefficient that is asked for, or equals what is
    asked for.

    Raises:
        UnreadableError: if it says nothing that can be checked.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(f"{len(text)} characters are too many")
    *left, right = text.split("=")
    if len(left) > 1:
        raise UnreadableError("more than one equals sign")
    plain = Values((), values.work)
    tree = python_tree(right, frozenset())
    claimed = plain.of_tree(tree)
    if left and left[0].strip() != payload.wanted:
        said = values.of_text(left[0])
        if said != claimed:
            raise UnreadableError(f"{left[0].strip()[:40]} is not {right.strip()[:40]}")
    return claimed, tree


def _wanted(payload: Any, truth: Value, values: Values) -> Value:
    """Return the value that is asked for: the expression's own, or one of its coefficients."""
    if not payload.wanted:
        return truth
    monomial = payload.wanted
    if payload.form:
        names = {name for key in truth for name, _ in key} | values.names_of(payload.text)
        places: dict[str, str] = {}
        for key in values.of_text(payload.form):
            letters = [name for name, _ in key if name not in names]
            if len(letters) != 1 or letters[0] in places:
                raise UnreadableError(f"{payload.form[:60]!r} is no form with one letter a term")
            rest = [f"{name}**({exponent})" for name, exponent in key if name in names]
            places[letters[0]] = "*".join(rest) or "1"
        monomial = places.get(payload.wanted, "")
    ((key, factor),) = values.of_text(monomial).items() or (((), 0),)
    if factor != 1:
        raise UnreadableError(f"{monomial[:40]!r} is no product of powers")
    found = truth.get(key, 0)
    return {(): found} if found else {}


def _step_fault(answer: Answer, truth: Value, values: Values) -> str:
    """Return what is wrong with the derivation, empty if nothing is."""
    lines = answer.derivation
    if answer.actions and len(lines) != len(answer.actions):
        return f"{len(answer.actions)} steps were taken, {len(lines)} are written down"
    if len(lines) > MAX_STEPS:
        return f"{len(lines)} steps are too many to check"
    checked = ""
    for place, line in enumerate(lines):
        said, _, where = line.partition(" where ")
        try:
            stated = Values(where.split(", "), values.work) if where else values
            if stated.of_text(said) != truth:
                return (
                    f"step {place + 1} is wrong: {line[:80]} does not equal what was there before"
                )
            if where != checked and (name := _redefined(stated, values)):
                return f"step {place + 1} is wrong: it changes the definition of {name}"
        except UnreadableError as error:
            return f"step {place + 1} cannot be read: {error}"
        checked = where or checked
    if lines and (" where " in lines[-1] or not _is_finished(lines[-1], len(truth))):
        return f"the last step {lines[-1][:80]} is not expanded and collected"
    return ""


def _redefined(stated: Values, given: Values) -> str:
    """Return a name whose definition is not the given one any more, empty if there is none."""
    for name in stated.defined:
        expected = given.function(name)
        if expected is not None and stated.function(name) != expected:
            return name
    return ""


def _is_finished(line: str, terms: int) -> bool:
    return is_expanded(python_tree(line, frozenset()), terms)


def _objection(claimed: Value, wanted: Value) -> str:
    """Say that the values differ, without the right one: at a point where they do."""
    names = sorted({name for key in (*claimed, *wanted) for name, _ in key})
    if not names:
        return f"{value_text(claimed)[:60]} is not the value"
    return f"{value_text(claimed)[:80]} differs from the expression in {', '.join(names)[:40]}"
