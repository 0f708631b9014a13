"""Checks of a grader: what reaches the goal passes, whatever was corrupted fails.

Right answers come from the environment by plain search on the easiest tasks; wrong ones are made
of them by changing numbers, cutting the way short, breaking a step, and by texts that answer
nothing.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from tasks.conformance_tasks import sample
from tasks.finding import Finding, shown
from tasks.protocol import Answer, Environment, Task, TaskKind
from tasks.solving import optimises

NONSENSE = ("", "   ", "banana", "I do not know.", "?", "((((", "NaN", "9" * 5000)
MOST_STATES = 20_000  # expanded in search of a right answer to one task
_PLAYOUTS = 200
WRONG_THAT_MAY_PASS = 0.1  # of changed answers: some problems have several right answers


def check_answers(kind: TaskKind, tasks: int) -> Iterator[Finding]:
    """Yield what is wrong with the grader."""
    if not kind.has_grader:
        return
    easy = [kind.generate(seed, 0.0, "train") for seed in range(max(4, tasks // 3))]
    yield from _check_nonsense(kind, [*easy[:2], *sample(kind, 3)])
    environment = kind.environment
    if environment is None:
        return
    if environment.num_players == 2 or environment.max_steps == 1:
        yield from _check_moves(kind, environment, sample(kind, tasks))
    elif optimises(kind):
        yield from _check_scores(kind, environment, easy)
    else:
        yield from _check_solutions(kind, environment, easy)


def _check_nonsense(kind: TaskKind, tasks: list[Task]) -> Iterator[Finding]:
    for task in tasks:
        for text in NONSENSE:
            verdicts = [kind.grade(task, Answer(text))]
            read = kind.answer_from_text(task, text)
            verdicts += [kind.grade(task, read)] if read is not None else []
            for verdict in verdicts:
                if verdict.passed is not False or not 0 <= verdict.score <= 1:
                    yield Finding(
                        "nonsense fails",
                        f"passed False and a score in [0, 1] for {shown(text, 40)}",
                        f"{shown(verdict)} for {shown(task.prompt)}",
                        "pass only what was read and checked",
                    )
                    return


def _check_moves(
    kind: TaskKind, environment: Environment[Any], tasks: list[Task]
) -> Iterator[Finding]:
    """Some first move is right, and in some position some legal move is wrong.

    So it is in games, and where one choice is all (a label that the rules do not know).
    """
    any_wrong = False
    for task in tasks:
        legal = np.flatnonzero(environment.legal(environment.initial(task)))
        answers = [kind.answer_from_actions(task, (int(a),)) for a in legal]
        verdicts = [kind.grade(task, answer).passed for answer in answers]
        if None in verdicts:
            continue  # too hard to judge within the grader's budget
        passed = [bool(verdict) for verdict in verdicts]
        any_wrong |= not all(passed)
        if not any(passed):
            yield Finding(
                "some move is right",
                "a legal move that passes",
                f"none for {shown(task.prompt)}",
                "pass the moves that keep the value of the position",
            )
            return
        yield from _check_reading(kind, task, answers[passed.index(True)])
    if not any_wrong:
        yield Finding(
            "wrong moves fail",
            "a position in which some legal move fails",
            f"all legal moves pass in {len(tasks)} tasks",
            "fail moves that give away value",
        )


def _check_solutions(
    kind: TaskKind, environment: Environment[Any], tasks: list[Task]
) -> Iterator[Finding]:
    wrong: list[tuple[Task, Answer]] = []
    solved = 0
    for task in tasks:
        actions = _search(environment, task)
        if actions is None:
            continue
        solved += 1
        answer = kind.answer_from_actions(task, actions)
        verdict = kind.grade(task, answer)
        if not verdict.passed:
            yield Finding(
                "a solution passes",
                f"passed True for {shown(answer)}, whose end has a positive return",
                f"{shown(verdict)} for {shown(task.prompt)}",
                "let environment and grader agree on what solves a task",
            )
            return
        yield from _check_reading(kind, task, answer)
        wrong += [(task, a) for a in corrupted(kind, task, answer)]
    if not solved:
        yield Finding(
            "easiest tasks are solvable",
            f"a solution within {MOST_STATES} states for one of {len(tasks)} tasks of difficulty 0",
            "none",
            "make difficulty 0 easier, or look for a fault in the rules",
        )
    passing = [(t, a) for t, a in wrong if kind.grade(t, a).passed]
    if len(passing) > WRONG_THAT_MAY_PASS * len(wrong):
        task, answer = passing[0]
        yield Finding(
            "corrupted answers fail",
            f"at most {WRONG_THAT_MAY_PASS:.0%} of answers with a changed number or a broken step",
            f"{len(passing)} of {len(wrong)} pass; {shown(answer)} for {shown(task.prompt)}",
            "check the answer itself, and every step it shows",
        )


def _check_scores(
    kind: TaskKind, environment: Environment[Any], tasks: list[Task]
) -> Iterator[Finding]:
    """Where the best end is asked for: ends score as they return, and passing is the full score."""
    rng = random.Random("scores")
    solved = 0
    for task in tasks:
        ends = [e for e in (_playout(environment, task, rng) for _ in range(_PLAYOUTS)) if e]
        graded = []
        for actions, result in ends:
            answer = kind.answer_from_actions(task, actions)
            verdict = kind.grade(task, answer)
            graded.append((result, verdict, answer))
            if verdict.passed is not None and bool(verdict.passed) != (verdict.score >= 1.0):
                yield Finding(
                    "passed is the full score",
                    "passed True exactly where the score is 1",
                    f"{shown(verdict)} for {shown(answer.text)}",
                    "pass the best answers, and only they",
                )
                return
        solved += len(graded)
        judged = [g for g in graded if g[1].passed is not None]
        for better, worse in itertools.pairwise(judged):
            if (better[0] - worse[0]) * (better[1].score - worse[1].score) < 0:
                yield Finding(
                    "scores follow returns",
                    "the end with the higher return has no lower score",
                    f"returns {better[0]:.4f}, {worse[0]:.4f}; scores {better[1].score:.4f}, "
                    f"{worse[1].score:.4f} for {shown(task.prompt)}",
                    "let both grow with the quality of the solution",
                )
                return
        if graded:
            yield from _check_reading_of_score(kind, task, graded[0][2])
    if not solved:
        yield Finding(
            "easiest tasks are solvable",
            f"a solution in {_PLAYOUTS} random runs of one of {len(tasks)} tasks",
            "none",
            "make difficulty 0 easier, or look for a fault in the rules",
        )


def _playout(
    environment: Environment[Any], task: Task, rng: random.Random
) -> tuple[tuple[int, ...], float] | None:
    """Return the actions and the return of a random run that ends well; None for any other."""
    state = environment.initial(task)
    actions: list[int] = []
    while not environment.is_terminal(state) and len(actions) < environment.max_steps:
        actions.append(int(rng.choice(np.flatnonzero(environment.legal(state)))))
        state = environment.step(state, actions[-1])
    if not environment.is_terminal(state):
        return None
    result = float(environment.returns(state)[0])
    return (tuple(actions), result) if result > 0 else None


def _check_reading_of_score(kind: TaskKind, task: Task, answer: Answer) -> Iterator[Finding]:
    expected = kind.grade(task, answer).score
    read = kind.answer_from_text(task, f"Answer: {answer.text}")
    if read is None or kind.grade(task, read).score != expected:
        yield Finding(
            "answer_from_text reads right answers",
            f"an answer of score {expected:.4f}, from {shown(answer.text)}",
            shown(read),
            "read at least what answer_from_actions writes",
        )


def _check_reading(kind: TaskKind, task: Task, answer: Answer) -> Iterator[Finding]:
    for text in (answer.text, f"Answer: {answer.text}"):
        read = kind.answer_from_text(task, text)
        if read is None or not kind.grade(task, read).passed:
            yield Finding(
                "answer_from_text reads right answers",
                f"an answer that passes, from {shown(text)}",
                shown(read),
                "read at least what answer_from_actions writes",
            )
            return


def corrupted(kind: TaskKind, task: Task, answer: Answer) -> list[Answer]:
    """Return the answer with its numbers changed, its way cut short and a step broken."""
    texts = {_with_number(answer.text, match, change) for match in re.finditer(r"\d+", answer.text)
             for change in (1, 7)}  # fmt: skip
    changed = [Answer(text) for text in sorted(texts)]
    if answer.actions:
        changed.append(kind.answer_from_actions(task, answer.actions[:-1]))
    if answer.derivation:
        broken = ("banana", *answer.derivation[1:])
        changed.append(replace(answer, derivation=broken))
    return changed


def _with_number(text: str, match: re.Match[str], change: int) -> str:
    return f"{text[: match.start()]}{int(match[0]) + change}{text[match.end() :]}"


def _search(environment: Environment[Any], task: Task) -> tuple[int, ...] | None:
    """Return the actions to an end with a positive return, breadth first; None if too far."""
    start = environment.initial(task)
    frontier: list[tuple[Any, tuple[int, ...]]] = [(start, ())]
    seen = {start}
    for state, actions in frontier:  # grows while it is walked
        if environment.is_terminal(state):
            if environment.returns(state)[0] > 0:
                return actions
            continue
        if len(seen) > MOST_STATES or len(actions) >= environment.max_steps:
            continue
        for action in np.flatnonzero(environment.legal(state)):
            after = environment.step(state, int(action))
            if after not in seen:
                seen.add(after)
                frontier.append((after, (*actions, int(action))))
    return None
