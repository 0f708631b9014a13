"""The checks that every kind must pass, ours and a user's own (`tandem check-kind`).

The groups of checks are beside it: `conformance_tasks` (generator, reader, payload),
`conformance_environment` (rules, observations, compiled rules), `conformance_answers` (grader) and
`conformance_solving` (a kind's own means).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import get_args

from tasks.conformance_answers import check_answers
from tasks.conformance_environment import check_environment
from tasks.conformance_solving import check_solving
from tasks.conformance_tasks import check_tasks
from tasks.finding import FAULTS, Finding, shown
from tasks.protocol import SolvedBy, TaskKind

_TEXTS = ("name", "title", "instructions")


def check_kind(kind: TaskKind, tasks: int = 24) -> list[Finding]:
    """Return every way found in which the kind breaks the contract; empty for a sound kind.

    Takes seconds. Random choices come from fixed seeds: a finding comes back until it is mended.

    Args:
        kind: the kind, with or without environment and grader.
        tasks: generated tasks that each check looks at; at least 4.
    """
    findings = list(_guarded("attributes", _check_attributes, kind))
    if findings:
        return findings  # the other checks rely on them
    if not kind.has_grader and kind.environment is None:
        return [*_guarded("open kind", _check_open, kind)]
    findings += _guarded("tasks", lambda k: check_tasks(k, tasks), kind)
    if kind.environment is not None:
        findings += _guarded("environment", lambda k: check_environment(k, tasks), kind)
    if not findings:  # what a grader says about broken tasks tells nothing
        findings += _guarded("answers", lambda k: check_answers(k, tasks), kind)
        findings += _guarded("solving", lambda k: check_solving(k, tasks), kind)
    return findings


def _guarded(
    what: str, check: Callable[[TaskKind], Iterable[Finding]], kind: TaskKind
) -> Iterator[Finding]:
    """Pass findings on, and turn an error of the kind's own code into one."""
    try:
        yield from check(kind)
    except FAULTS as error:
        place = _innermost(error)
        yield Finding(
            what,
            "no error on inputs that the contract allows",
            f"{type(error).__name__}: {error} ({place})",
            "mend the code at that place; the checks after it have not run",
        )


def _innermost(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "no trace"
    code = trace.tb_frame.f_code
    return f"{code.co_filename}, line {trace.tb_lineno}, in {code.co_name}"


def _check_attributes(kind: TaskKind) -> Iterator[Finding]:
    needed = (*_TEXTS, "solved_by", "environment", "check_is_public", "has_grader", "examples")
    missing = [name for name in needed if not hasattr(kind, name)]
    if missing:
        yield Finding(
            "attributes",
            f"the attributes {', '.join(needed)}",
            f"no {', '.join(missing)}",
            "add them to the class; tasks/protocol.py, TaskKind, says what each means",
        )
        return
    for name in _TEXTS:
        text = getattr(kind, name)
        if not isinstance(text, str) or not text.strip():
            yield Finding("attributes", f"a text in {name}", shown(text), f"set {name}")
    if kind.name != "open" and not re.fullmatch(r"[a-z0-9_]+/[a-z0-9_]+", kind.name):
        yield Finding("name", "family/kind in lower case", shown(kind.name), "rename the kind")
    if kind.solved_by not in get_args(SolvedBy):
        known = ", ".join(get_args(SolvedBy))
        yield Finding("solved_by", f"one of {known}", shown(kind.solved_by), "choose one of them")
    if kind.solved_by == "learned" and kind.environment is None:
        yield Finding(
            "solved_by",
            "an environment in a learned kind",
            "None",
            "add an environment, or choose another solved_by",
        )
    if not kind.examples or isinstance(kind.examples, str):
        yield Finding("examples", "at least one prompt", shown(kind.examples), "add prompts")


def _check_open(kind: TaskKind) -> Iterator[Finding]:
    """Check a kind that can neither generate nor grade: it must say so, and read its examples."""
    for example in kind.examples:
        task = kind.parse(example)
        if task is None:
            yield Finding("examples", "a task", f"parse({shown(example)}) is None", "mend parse")
            continue
        answer = kind.answer_from_text(task, "some answer")
        if answer is not None and kind.grade(task, answer).passed is not None:
            yield Finding(
                "has_grader",
                "passed None from a kind without a grader",
                shown(kind.grade(task, answer)),
                "set has_grader = True, or return Verdict(None, 0.0)",
            )
