"""The engine equals a plain PUCT, visit by visit, in both of its modes."""

from typing import Any

import numpy as np
import pytest
from mcts_games import GAME, Equal, Hashed, Ladder, Number, positions
from plain_puct import plain_search, visit_counts

from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.search import SearchConfig, TreeSearch, run_search
from tasks.catalogue import default_catalogue
from tasks.protocol import Environment

SIMULATIONS = 150
LADDER = Ladder()
CLIMBS = [(Number(h), d) for h in (0, 1, 2, 3, 5, 7, 9, 10, 13, 16, 24, 30) for d in range(6)]


def game_roots() -> list[tuple[Any, int]]:
    rng = np.random.default_rng(20)
    return [(positions()[i], 0) for i in rng.choice(len(positions()), 70, replace=False)]


CASES = [(GAME, game_roots()), (LADDER, CLIMBS)]
NAMES = ["two players", "one player, discounted"]


def handle_visits(
    environment: Environment[Any],
    roots: list[tuple[Any, int]],
    simulations: int,
    judge: Any = Hashed,
) -> list[tuple[int, ...]]:
    search = TreeSearch(
        environment,
        [state for state, _ in roots],
        SearchConfig(simulations=simulations),
        np.random.default_rng(0),
        root_depths=[depth for _, depth in roots],
    )
    run_search(search, judge(environment))
    return [search.summary(tree).visit_counts for tree in range(len(roots))]


def compiled_visits(
    environment: Environment[Any],
    roots: list[tuple[Any, int]],
    simulations: int,
    judge: Any = Hashed,
) -> list[tuple[int, ...]]:
    assert environment.rules is not None
    search = CompiledSearch(environment, SearchConfig(simulations=simulations), len(roots), 0)
    for tree, (state, depth) in enumerate(roots):
        search.reset(tree, environment.rules.to_words(state), depth)
    search.run(judge(environment))
    return [search.summary(tree).visit_counts for tree in range(len(roots))]


@pytest.mark.parametrize("run", [handle_visits, compiled_visits])
@pytest.mark.parametrize("judge", [Hashed, Equal])  # the second one for ties
@pytest.mark.parametrize(("environment", "roots"), CASES, ids=NAMES)
def test_visits_equal_those_of_a_plain_float64_puct(
    run: Any, judge: Any, environment: Any, roots: Any
) -> None:
    found = run(environment, roots, SIMULATIONS, judge)
    evaluator = judge(environment)
    for (state, depth), counts in zip(roots, found, strict=True):
        root = plain_search(environment, state, evaluator, SIMULATIONS, depth=depth)
        assert counts == visit_counts(environment, root), (state, depth)


def test_every_simulation_count_gives_the_visits_of_a_plain_search_that_long() -> None:
    # visit by visit: the order in which edges are visited is the same, not only their numbers
    board = positions()[100]
    evaluator = Hashed(GAME)
    for simulations in range(1, 60):
        root = plain_search(GAME, board, evaluator, simulations)
        counts = compiled_visits(GAME, [(board, 0)], simulations)[0]
        assert counts == visit_counts(GAME, root)


def test_root_values_and_action_values_equal_those_of_a_plain_search() -> None:
    roots = game_roots()[:16]
    search = CompiledSearch(GAME, SearchConfig(simulations=SIMULATIONS), len(roots), 0)
    for tree, (state, _) in enumerate(roots):
        search.reset(tree, GAME.rules.to_words(state))  # type: ignore[union-attr]
    search.run(Hashed(GAME))
    for tree, (state, _) in enumerate(roots):
        root = plain_search(GAME, state, Hashed(GAME), SIMULATIONS)
        summary = search.summary(tree)
        total = root.value + sum(edge.total for edge in root.edges.values())
        assert summary.root_value == pytest.approx(total / root.visits, abs=1e-12)
        assert search.root_values()[tree] == pytest.approx(summary.root_value, abs=1e-12)
        for action, edge in root.edges.items():
            mean = edge.total / edge.visits if edge.visits else 0.0
            assert summary.action_values[action] == pytest.approx(mean, abs=1e-12)
        assert tuple(search.visit_counts()[tree]) == summary.visit_counts
        np.testing.assert_allclose(search.action_values()[tree], summary.action_values)
        np.testing.assert_allclose(search.priors()[tree], summary.priors)


def test_visits_in_the_equations_environment_equal_those_of_a_plain_search() -> None:
    kind = default_catalogue()["math/equations"]
    environment = kind.environment
    assert environment is not None
    roots = [(environment.initial(kind.generate(i, 0.5, "train")), 0) for i in range(4)]
    found = handle_visits(environment, roots, 60)
    for (state, depth), counts in zip(roots, found, strict=True):
        root = plain_search(environment, state, Hashed(environment), 60, depth=depth)
        assert counts == visit_counts(environment, root)
