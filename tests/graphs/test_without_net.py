"""The agent on kinds that it solves by their own means, and on single choices."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
from langchain_core.messages import HumanMessage

from docs.examples.my_kind import MOST_COINS, CoinKind, Purse
from graphs.agent import Agent
from graphs.nets import StoredNets
from graphs.routing.policies import router_for
from graphs.state import Means, RunOptions
from tasks.catalogue import Catalogue, default_catalogue
from tasks.open import OpenKind
from tasks.protocol import Answer, SolvedBy, Task, TaskKind
from tasks.solving import Findings, TooHardError

EASY, IMPOSSIBLE = "Pay 38 with coins of 20, 9 and 2.", "Pay 7 with coins of 20, 10 and 2."


class LargestFirst:
    """What is left, in coins of the largest sort."""

    name = "largest coin first"
    weight = 10.0
    admissible = True
    commutes = False

    def actions(self, state: Purse) -> Sequence[int]:
        fitting = [a for a in range(3) if state.coins[a] <= state.left]
        return fitting if state.used < MOST_COINS else []

    def cost(self, state: Purse, action: int) -> float:
        return 1.0

    def estimate(self, state: Purse) -> float:
        return state.left / max(state.coins)


class GuidedCoins(CoinKind):
    solved_by: SolvedBy = "proved"
    ends_wanted = 1
    improves = False
    most_states = 10_000

    def __init__(self) -> None:
        super().__init__()
        self.guide = LargestFirst()

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        if found.ends:
            return self.answer_from_actions(task, found.ends[0])
        return Answer("cannot be paid") if found.complete else None

    def grade(self, task: Task, answer: Answer) -> Any:
        if answer.text == "cannot be paid":
            payload = task.payload
            sums = {0}
            for _ in range(MOST_COINS):
                sums |= {s + c for s in sums for c in payload.coins if s + c <= payload.amount}
            right = payload.amount not in sums
            return type(super().grade(task, answer))(right, float(right))
        return super().grade(task, answer)


class ComputedCoins(CoinKind):
    """Twelve smallest coins at most, by counting up; `fault` is added to every count."""

    solved_by: SolvedBy = "computed"

    def __init__(self, fault: int = 0) -> None:
        super().__init__()
        self.environment = None
        self.fault = fault

    def compute(self, task: Task) -> Answer:
        amount, (a, b, c) = task.payload.amount, task.payload.coins
        for n in np.ndindex(MOST_COINS + 1, MOST_COINS + 1, MOST_COINS + 1):
            if sum(n) <= MOST_COINS and n[0] * a + n[1] * b + n[2] * c == amount:
                coins = [a] * (n[0] + self.fault) + [b] * n[1] + [c] * n[2]
                return Answer(" + ".join(map(str, coins)))
        raise TooHardError(f"no way with {MOST_COINS} coins")


def ask(kind: TaskKind, text: str, **options: Any) -> Any:
    means = Means(
        kinds=Catalogue([kind, *default_catalogue()]),
        nets=StoredNets.shipped(),
        language_model=None,
        router_for=lambda mode: router_for(mode, 0.8),
        code_version="test",
    )
    return asyncio.run(Agent(means).run([HumanMessage(text)], RunOptions(**options)))


def test_a_guided_kind_is_solved_step_by_step_and_verified() -> None:
    episode = ask(GuidedCoins(), EASY)
    assert (episode.outcome, episode.source) == ("solved", "guided")
    assert len(episode.steps) == len(episode.answer.actions) > 0
    (decision,) = [d for d in episode.decisions if d.kind == "answer" and d.source == "guided"][:1]
    assert "largest coin first" in decision.detail


def test_that_there_is_no_solution_is_an_answer_where_it_is_proved() -> None:
    episode = ask(GuidedCoins(), IMPOSSIBLE)
    assert (episode.answer.text, episode.outcome) == ("cannot be paid", "solved")
    assert "proved" in {d.reason for d in episode.decisions}


def test_what_a_dive_finds_is_found_and_not_proved() -> None:
    episode = ask(GuidedCoins(), EASY)
    assert "found" in {d.reason for d in episode.decisions}
    assert "proved" not in {d.reason for d in episode.decisions}


def test_a_search_that_gives_up_says_so_and_answers_nothing() -> None:
    kind = GuidedCoins()
    kind.most_states = 2
    episode = ask(kind, IMPOSSIBLE)
    assert episode.answer is None
    assert "largest coin first" in episode.failure
    assert "gave_up" in {d.reason for d in episode.decisions}


def test_one_exact_operation_answers() -> None:
    episode = ask(ComputedCoins(), EASY)
    assert (episode.outcome, episode.source, episode.confidence) == ("solved", "computed", 1.0)


def test_a_faulty_operation_is_caught_by_the_check() -> None:
    episode = ask(ComputedCoins(fault=1), EASY)
    assert episode.outcome == "failed"
    assert episode.verdict.passed is False


def test_what_is_too_hard_is_no_answer_with_a_reason() -> None:
    episode = ask(ComputedCoins(), IMPOSSIBLE)
    assert episode.answer is None
    assert "no way with 12 coins" in episode.failure


def test_without_the_models_word_a_kind_of_its_own_means_is_not_solved_in_llm_only() -> None:
    episode = ask(GuidedCoins(), EASY, mode="llm_only")
    assert episode.answer is None
    assert "language model" in episode.failure


def test_families_mixed_in_one_message_are_answered_in_order() -> None:
    text = f"What is 3 + 4 * 2? {EASY} Then solve 3x + 5 = 17 and make 24 from 3, 3, 8 and 8."
    episode = ask(GuidedCoins(), text)
    kinds = [child.task.kind for child in episode.children]
    assert kinds == ["math/arithmetic", "counting/coins", "math/equations", "math/game24"]
    assert [child.outcome for child in episode.children] == ["solved"] * 4
    assert OpenKind.name not in kinds
