"""Checks of an environment by playing random legal actions, and of compiled rules against it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from tasks.conformance_tasks import sample
from tasks.finding import FAULTS, Finding, shown
from tasks.protocol import (
    DRAW,
    GOING_ON,
    LOSS_FOR_MOVER,
    WIN_FOR_MOVER,
    Environment,
    IllegalActionError,
    TaskKind,
)

_MOST_STATES = 2000  # looked at in one run


def check_environment(kind: TaskKind, tasks: int) -> Iterator[Finding]:
    """Yield what is wrong with the rules, each check at the first state that shows it."""
    environment = kind.environment
    assert environment is not None
    yield from _check_numbers(environment)
    rng = random.Random("conformance")
    seen: dict[str, Any] = {}  # description -> state
    reported: set[str] = set()
    left = _MOST_STATES
    for task in sample(kind, tasks):
        state = environment.initial(task)
        if environment.initial(task) != state:
            yield Finding("initial", "the same state", shown(task), "make initial a pure function")
            return
        for _ in range(environment.max_steps + 1):
            for finding in _check_state(environment, state, seen, rng):
                if finding.check not in reported:
                    reported.add(finding.check)
                    yield finding
            left -= 1
            if reported or environment.is_terminal(state) or left < 0:
                break
            state = environment.step(state, rng.choice(_legal_actions(environment, state)))
        if environment.num_players == 2 and not reported and not environment.is_terminal(state):
            yield Finding(
                "games end",
                f"an end within max_steps = {environment.max_steps} moves",
                environment.describe(state),
                "raise max_steps, or end the game by a rule",
            )
            return
        if reported or left < 0:
            return


def _check_numbers(environment: Environment[Any]) -> Iterator[Finding]:
    facts = {
        "version": isinstance(environment.version, str) and bool(environment.version),
        "num_actions": isinstance(environment.num_actions, int) and environment.num_actions > 0,
        "observation_shape": all(
            isinstance(n, int) and n > 0 for n in environment.observation_shape
        ),
        "num_players": environment.num_players in (1, 2),
        "max_steps": isinstance(environment.max_steps, int) and environment.max_steps > 0,
        "discount": 0 < environment.discount <= 1,
    }
    for name, holds in facts.items():
        if not holds:
            yield Finding(
                f"environment.{name}",
                "a value as tasks/protocol.py, Environment, says",
                shown(getattr(environment, name)),
                f"set {name}",
            )


def _check_state(
    environment: Environment[Any], state: Any, seen: dict[str, Any], rng: random.Random
) -> Iterator[Finding]:
    here = f"at {shown(environment.describe(state))}"
    yield from _check_views(environment, state, seen, here)
    terminal = environment.is_terminal(state)
    mask = environment.legal(state)
    if (
        not isinstance(mask, np.ndarray)
        or mask.shape != (environment.num_actions,)
        or mask.dtype != bool
    ):
        found = f"{getattr(mask, 'dtype', type(mask))} {getattr(mask, 'shape', '')} {here}"
        yield Finding("legal", f"bool [{environment.num_actions}]", found, "return such an array")
        return
    if not terminal and not mask.any():
        yield Finding(
            "legal", "a legal action, or the end", f"neither {here}", "let is_terminal say so"
        )
        return
    if terminal:
        yield from _check_returns(environment, state, here)
    else:
        yield from _check_step(environment, state, mask, here, rng)
    if environment.rules is not None:
        yield from _check_rules(environment, state, mask, here)


def _check_views(
    environment: Environment[Any], state: Any, seen: dict[str, Any], here: str
) -> Iterator[Finding]:
    try:
        hash(state)
    except TypeError as error:
        yield Finding(
            "states are hashable", "an immutable state", f"{error} {here}", "use tuples, NamedTuple"
        )
        return
    text = environment.describe(state)
    if not text.strip() or seen.setdefault(text, state) != state:
        yield Finding(
            "describe tells states apart",
            "different texts for different states",
            f"{shown(text)} for {shown(state)} and {shown(seen.get(text))}",
            "let describe show all that a state holds",
        )
    view = environment.observe(state)
    if view.shape != tuple(environment.observation_shape) or view.dtype != np.float32:
        yield Finding(
            "observe",
            f"float32 {tuple(environment.observation_shape)}",
            f"{view.dtype} {view.shape} {here}",
            "return such an array",
        )
    elif not np.isfinite(view).all() or np.abs(view).max(initial=0) > 100:
        yield Finding(
            "observe", "finite features, best within [-1, 1]", f"{shown(view)} {here}", "scale them"
        )
    elif not np.array_equal(view, environment.observe(state)):
        yield Finding("observe", "the same view twice", here, "make observe a pure function")
    if environment.to_play(state) not in range(environment.num_players):
        found = f"{environment.to_play(state)} {here}"
        yield Finding("to_play", f"below {environment.num_players}", found, "mend to_play")


def _check_returns(environment: Environment[Any], state: Any, here: str) -> Iterator[Finding]:
    returns = environment.returns(state)
    players = environment.num_players
    good = returns.shape == (players,) and returns.dtype == np.float32
    good = good and bool((np.abs(returns) <= 1).all()) and (players == 1 or returns.sum() == 0)
    if not good:
        yield Finding(
            "returns",
            f"float32 [{players}] in [-1, 1]" + (" that sums to 0" if players == 2 else ""),
            f"{shown(returns)} {here}",
            "scale the returns of an end into [-1, 1], from each player's own view",
        )


def _check_step(
    environment: Environment[Any], state: Any, mask: Any, here: str, rng: random.Random
) -> Iterator[Finding]:
    before = (hash(state), environment.describe(state), environment.observe(state).tobytes())
    for action in _legal_actions(environment, state):
        text = environment.describe_action(state, action)
        after = environment.step(state, action)
        if environment.step(state, action) != after or hash(after) != hash(
            environment.step(state, action)
        ):
            yield Finding(
                "step is pure", "equal results", f"action {action} {here}", "no randomness"
            )
            return
        if not isinstance(text, str) or not text.strip():
            yield Finding("describe_action", "a text", f"{shown(text)} {here}", "describe actions")
            return
    if before != (hash(state), environment.describe(state), environment.observe(state).tobytes()):
        yield Finding(
            "step is pure", "an unchanged state", f"a changed one {here}", "copy, then change"
        )
    illegal = [int(a) for a in np.flatnonzero(~mask)]
    for action in [*rng.sample(illegal, min(3, len(illegal))), environment.num_actions, -1]:
        try:
            found = shown(environment.step(state, action))
        except IllegalActionError:
            continue
        except FAULTS as error:
            found = shown(error)
        yield Finding(
            "illegal actions are refused",
            f"IllegalActionError for action {action} {here}",
            found,
            "look at legality in step, and raise IllegalActionError",
        )
        return


def _check_rules(
    environment: Environment[Any], state: Any, mask: Any, here: str
) -> Iterator[Finding]:
    rules = environment.rules
    assert rules is not None
    words = rules.to_words(state)
    advice = "make the compiled rules say what the Python rules say"
    if words.shape != (rules.words,) or words.dtype != np.int64 or rules.from_words(words) != state:
        yield Finding(
            "state words", f"int64 [{rules.words}] and back", f"{shown(words)} {here}", advice
        )
        return
    legal = np.zeros(environment.num_actions, dtype=np.bool_)
    rules.legal(words, legal)
    view = np.zeros(int(np.prod(environment.observation_shape)), dtype=np.float32)
    rules.observe(words, view)
    if not np.array_equal(legal, mask):
        yield Finding("compiled legal", shown(mask), f"{shown(legal)} {here}", advice)
    if not np.array_equal(view, environment.observe(state).ravel()):
        yield Finding("compiled observe", shown(environment.observe(state)), shown(view), advice)
    if environment.is_terminal(state):
        return
    for action in _legal_actions(environment, state):
        after = environment.step(state, action)
        out = np.zeros(rules.words, dtype=np.int64)
        code = int(rules.step(words, action, out))
        expected = _result(environment, after, environment.to_play(state))
        if code != expected or rules.from_words(out) != after:
            found = f"{code}, {shown(rules.from_words(out))} after action {action} {here}"
            yield Finding("compiled step", f"{expected}, {shown(after)}", found, advice)
            return


def _result(environment: Environment[Any], after: Any, mover: int) -> int:
    if not environment.is_terminal(after):
        return GOING_ON
    result = float(environment.returns(after)[mover])
    return WIN_FOR_MOVER if result > 0 else LOSS_FOR_MOVER if result < 0 else DRAW


def _legal_actions(environment: Environment[Any], state: Any) -> list[int]:
    return [int(a) for a in np.flatnonzero(environment.legal(state))]
