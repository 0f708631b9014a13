"""Judge derivatives and integrals by an exact normal form: powers of the letters and their factors.

Independent of how problems are read, derived and generated elsewhere. Every line of a derivation
must have the value of the problem.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from tasks.math.calculus_normal_form import (
    Normal,
    UnreadableError,
    differentiated,
    inserted,
    integrated,
    normal_form,
)
from tasks.protocol import Answer, Task, Verdict

_CONSTANT = re.compile(r"(?:^|\+) ?(?:C|c|K|k|const(?:ant)?\.?)(?= ?$)")


def grade(task: Task, answer: Answer) -> Verdict:
    """Pass an answer iff it has the right value and its derivation, if any, no wrong step."""
    problem = task.payload
    try:
        truth = true_value(problem)
    except UnreadableError as error:
        return Verdict(None, 0.0, f"too large to check: {error}")
    text, with_constant = without_constant(answer.text, problem)
    try:
        claimed = normal_form(text)
    except UnreadableError as error:
        return Verdict(False, 0.0, f"no expression found in {answer.text[:80]!r}: {error}")
    if re.search(r"\b(?:diff|integral|insert)\b", text):
        return Verdict(False, 0.0, f"{answer.text[:80]!r} is not worked out")
    if with_constant:
        claimed = {m: c for m, c in claimed.items() if dict(m).get(problem.unknown)}
    if claimed != truth:
        return Verdict(False, 0.0, _objection(problem, claimed))
    if wrong := check_derivation(answer, truth):
        return Verdict(False, 0.0, wrong)
    return Verdict(True, 1.0, f"checked: {problem.operation} of {problem.text[:80]}")


def true_value(problem: Any) -> Normal:
    """Return the value of a problem (a `CalculusProblem`) by its normal form.

    Raises:
        UnreadableError: if it has none, or is too large.
    """
    value = normal_form(problem.text)
    if problem.operation != "derivative":
        value = integrated(value, problem.unknown)
    else:
        for _ in range(problem.order):
            value = differentiated(value, problem.unknown)
    if problem.upper:
        bounds = [Fraction(bound) for bound in (problem.lower, problem.upper) if bound]
        value = inserted(value, problem.unknown, bounds)
    return value


def check_derivation(answer: Answer, truth: Normal) -> str:
    """Return what is wrong: the first line of another value; empty if there is none."""
    if answer.actions and len(answer.derivation) != len(answer.actions):
        return f"{len(answer.actions)} steps were taken, {len(answer.derivation)} are written down"
    known: dict[str, Normal] = {}
    for place, line in enumerate(answer.derivation):
        try:
            if normal_form(line, known) != truth:
                return f"step {place + 1} is wrong: {line[:80]} has another value"
        except UnreadableError as error:
            return f"step {place + 1} cannot be read: {error}"
    if answer.derivation and not _is_worked_out(answer.derivation[-1], truth):
        return f"the last step {answer.derivation[-1][:80]} is not worked out"
    return ""


def _is_worked_out(line: str, truth: Normal) -> bool:
    """Say whether a line has no operator, and where no bracket is left, one number a power."""
    if re.search(r"[a-z]{3}", line):
        return False
    plain = re.sub(r"\*\*(?:\d+|\([-\d/]+\))", "", line)  # without exponents
    if "(" in plain.replace("(1/", "1/"):
        return True
    terms = re.split(r" [-+] ", plain)
    factors = max(len(re.findall(r"(?<![\d/])\d+", term)) for term in terms)
    return len(terms) == max(1, len(truth)) and factors <= 1


def without_constant(text: str, problem: Any) -> tuple[str, bool]:
    """Take `+ C` off the answer to an indefinite integral; say whether it was there."""
    found = _CONSTANT.search(text)
    if problem.operation != "integral" or problem.upper or not found:
        return text, False
    return text[: found.start()] or "0", True


def _objection(problem: Any, claimed: Normal) -> str:
    """Say what the claim fails by, without the right answer."""
    operation, name = problem.operation, problem.unknown
    if operation != "derivative" and not problem.upper:
        return f"differentiating the answer with respect to {name} does not give the integrand back"
    return f"{len(claimed)} terms, but not the value of the {operation} with respect to {name}"
