"""What self-play needs of the compiled search."""

from typing import Any

import numpy as np
import pytest
from mcts_games import GAME, Hashed, Ladder, Number, positions

from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.leaves import BadEvaluationError
from graphs.mcts.rule_calls import UncompiledRulesError, rule_calls
from graphs.mcts.search import ForeignEvaluatorError, SearchConfig, TreeSearch, run_search
from tasks.catalogue import default_catalogue
from tasks.protocol import BatchRules

LADDER = Ladder()
RULES = GAME.rules
assert RULES is not None


def new_search(
    games: int, batch: int | None = None, seed: int = 0, **config: Any
) -> CompiledSearch:
    return CompiledSearch(GAME, SearchConfig(**config), games, seed, batch=batch)


def put(search: CompiledSearch, boards: Any) -> CompiledSearch:
    for tree, board in enumerate(boards):
        search.reset(tree, RULES.to_words(board))
    return search


@pytest.mark.parametrize("batch", [1, 3, 5])
@pytest.mark.parametrize("leaves", [1, 2])
def test_small_batches_give_the_same_search(batch: int, leaves: int) -> None:
    boards = positions()[:8]
    evaluator = Hashed(GAME)
    small = put(new_search(8, batch, simulations=50, leaves=leaves), boards)
    sizes = []
    while len(small.advance(evaluator)) < 8:
        sizes.append(evaluator.asked - sum(sizes))
    assert max(sizes) <= batch
    if leaves == 1:
        whole = put(new_search(8, simulations=50), boards)
        whole.run(evaluator)
        assert (small.visit_counts() == whole.visit_counts()).all()
    assert (small.simulations() == 50).all()


def test_a_tree_that_is_reset_forgets_its_past_and_disturbs_no_other() -> None:
    search = put(new_search(3, simulations=40), positions()[10:13])
    evaluator = Hashed(GAME)
    for _ in range(15):
        search.advance(evaluator)
    search.reset(1, RULES.to_words(positions()[500]))
    search.run(evaluator)
    expected = [positions()[10], positions()[500], positions()[12]]
    fresh = put(new_search(3, simulations=40), expected)
    fresh.run(evaluator)
    assert (search.visit_counts() == fresh.visit_counts()).all()
    assert (search.evaluations() == fresh.evaluations()).all()


def test_games_can_be_refilled_one_by_one_as_they_finish() -> None:
    waiting = list(positions()[:60:2])
    search = put(new_search(6, 4, simulations=30), waiting[:6])
    playing, waiting = dict(enumerate(waiting[:6])), waiting[6:]
    found = {}
    while playing:
        for tree in search.advance(Hashed(GAME)).tolist():
            if tree in playing:
                found[playing.pop(tree)] = tuple(search.visit_counts()[tree])
                if waiting:
                    playing[tree] = waiting.pop()
                    search.reset(tree, RULES.to_words(playing[tree]))
    handles = TreeSearch(GAME, list(found), SearchConfig(simulations=30), np.random.default_rng(0))
    run_search(handles, Hashed(GAME))
    assert len(found) == 30
    for tree, counts in enumerate(found.values()):
        assert counts == handles.summary(tree).visit_counts


def test_advance_names_the_trees_that_are_done() -> None:
    search = put(new_search(4, simulations=3), positions()[:4])
    done = [search.advance(Hashed(GAME)).tolist() for _ in range(4)]
    assert done[-1] == [0, 1, 2, 3]
    assert done[0] == []


def test_roots_are_returned_as_the_network_sees_them() -> None:
    boards = positions()[::900]
    words, observations, legal = put(new_search(len(boards)), boards).roots()
    for tree, board in enumerate(boards):
        assert RULES.from_words(words[tree]) == board
        np.testing.assert_array_equal(observations[tree], GAME.observe(board))
        np.testing.assert_array_equal(legal[tree], GAME.legal(board))


def test_the_same_seed_gives_the_same_noise() -> None:
    def run(seed: int) -> np.ndarray:
        noise = {"dirichlet_alpha": 0.6, "noise_share": 0.25}
        search = put(new_search(8, seed=seed, simulations=40, **noise), positions()[:8])
        search.run(Hashed(GAME))
        return search.priors()

    assert (run(1) == run(1)).all()
    assert (run(1) != run(2)).any()
    np.testing.assert_allclose(run(1).sum(axis=1), 1, atol=1e-6)
    assert (run(1)[:, 0] != run(1)[0, 0]).any()  # every tree has its own


def test_stop_at_solution_and_solutions_work_with_compiled_rules() -> None:
    config = SearchConfig(simulations=400, stop_at_solution=True)
    search = CompiledSearch(LADDER, config, 3, 0)
    heights = (10, 5, 7)
    for tree, height in enumerate(heights):
        search.reset(tree, np.array([height]))
    search.run(Hashed(LADDER))
    for tree, height in enumerate(heights):
        state = Number(height)
        for action in search.solution(tree) or ():
            state = LADDER.step(state, action)
        assert state.height == 21
    assert (search.simulations() < 400).all()


def test_rounds_stop_when_asked_to() -> None:
    search, rounds = put(new_search(4, simulations=200), positions()[:4]), iter(range(100))
    search.run(Hashed(GAME), should_stop=lambda: next(rounds) == 10)
    assert (search.visit_counts().sum(axis=1) == search.simulations()).all()
    assert (search.simulations() < 200).all()


def test_a_tree_that_was_never_reset_is_done_and_empty() -> None:
    search = new_search(2, simulations=20)
    search.reset(1, RULES.to_words(positions()[0]))
    search.run(Hashed(GAME))
    assert search.simulations().tolist() == [0, 20]
    assert search.visit_counts()[0].tolist() == [0] * 9
    assert search.summary(0).visit_counts == (0,) * 9


def test_an_end_cannot_be_a_root() -> None:
    with pytest.raises(ValueError, match="nothing is legal"):
        new_search(1).reset(0, np.array([0b11000, 0b111]))
    with pytest.raises(ValueError, match="8 are allowed"):
        CompiledSearch(LADDER, SearchConfig(), 1, 0).reset(0, np.array([3]), depth=8)


def test_bad_evaluations_and_foreign_evaluators_are_refused() -> None:
    class Bad(Hashed):
        def evaluate_batch(self, observations: Any, legal: Any) -> Any:
            priors, values = super().evaluate_batch(observations, legal)
            return priors, values + 2

    search = put(new_search(2, simulations=20), positions()[:2])
    with pytest.raises(BadEvaluationError, match="value"):
        search.run(Bad(GAME))
    with pytest.raises(ForeignEvaluatorError, match="ladder"):
        search.run(Hashed(LADDER))
    search.run(Hashed(GAME))  # and can go on
    fresh = put(new_search(2, simulations=20), positions()[:2])
    fresh.run(Hashed(GAME))
    assert (search.visit_counts() == fresh.visit_counts()).all()


def test_rules_that_are_not_compiled_are_refused() -> None:
    environment = default_catalogue()["math/equations"].environment
    assert environment is not None
    if environment.rules is None:
        with pytest.raises(UncompiledRulesError, match="no compiled rules"):
            CompiledSearch(environment, SearchConfig(), 1, 0)
    plain = BatchRules(2, lambda s, a, o: 0, RULES.legal, RULES.observe, RULES.to_words, min)
    with pytest.raises(UncompiledRulesError, match=r"numba\.njit"):
        rule_calls(plain)
    swapped = BatchRules(2, RULES.step, RULES.observe, RULES.legal, RULES.to_words, min)
    assert rule_calls(swapped) != rule_calls(RULES)
