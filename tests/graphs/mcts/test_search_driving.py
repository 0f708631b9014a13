"""Ask and tell: ends, batches, noise, stopping, and drivers that wait."""

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from mcts_games import GAME, Equal, Hashed, Ladder, Number, positions

from graphs.mcts.leaves import BadEvaluationError, PendingLeavesError
from graphs.mcts.search import (
    ForeignEvaluatorError,
    SearchConfig,
    TreeSearch,
    arun_search,
    run_search,
)
from graphs.mcts.summary import SearchSummary
from neural.evaluation import Evaluation
from tasks.protocol import Environment
from tasks.search.tictactoe_rules import Board

START = Board(0, 0)
LADDER = Ladder()


def new_search(
    roots: Sequence[Any],
    environment: Environment[Any] = GAME,
    seed: int = 0,
    depths: Sequence[int] | None = None,
    **config: Any,
) -> TreeSearch:
    rng = np.random.default_rng(seed)
    return TreeSearch(environment, roots, SearchConfig(**config), rng, root_depths=depths)


def visits(search: TreeSearch) -> list[tuple[int, ...]]:
    return [search.summary(tree).visit_counts for tree in range(len(search))]


def statistics(summary: SearchSummary) -> dict[str, Any]:
    return {name: value for name, value in summary.to_json().items() if name != "seconds"}


def check_is_valid(summary: SearchSummary) -> None:
    assert sum(summary.visit_counts) == summary.simulations
    assert abs(summary.root_value) <= 1
    assert all(abs(value) <= 1 for value in summary.action_values)


def test_every_simulation_passes_the_root() -> None:
    search = new_search(positions()[::500], simulations=90)
    run_search(search, Hashed(GAME))
    assert [sum(counts) for counts in visits(search)] == [90] * len(search)
    assert [search.simulations(tree) for tree in range(len(search))] == [90] * len(search)


@pytest.mark.parametrize("leaves", [2, 5])
def test_leaves_in_flight_leave_no_trace_of_virtual_loss(leaves: int) -> None:
    search = new_search(positions()[::500], simulations=83, leaves=leaves)
    run_search(search, Hashed(GAME))
    for tree in range(len(search)):
        summary = search.summary(tree)
        check_is_valid(summary)
        assert summary.simulations == 83
        sums = np.array(summary.visit_counts) * np.array(summary.action_values)
        own = summary.root_value * 84 - sums.sum()  # what is left is the root's own evaluation
        value = Hashed(GAME).evaluate_batch(
            GAME.observe(positions()[::500][tree])[None],
            GAME.legal(positions()[::500][tree])[None],
        )[1][0]
        assert own == pytest.approx(value, abs=1e-9)


def test_leaves_of_one_tree_in_one_batch_are_different_positions() -> None:
    search = new_search([START], simulations=64, leaves=8)
    sizes = []
    while (batch := search.ask()) is not None:
        assert len(set(batch.states)) == len(batch.states)
        sizes.append(len(batch))
        search.tell(batch, *Equal(GAME).evaluate_batch(observed(batch.states), batch.legal))
    assert max(sizes) == 8


def test_no_state_is_asked_for_twice_in_one_batch() -> None:
    search = new_search([START] * 6, simulations=40)
    while (batch := search.ask()) is not None:
        assert len(batch) == 1
        assert len(batch.trees) == 6
        search.tell(batch, *Equal(GAME).evaluate_batch(observed(batch.states), batch.legal))
    assert [search.summary(tree).evaluations for tree in (0, 1)] == [41, 0]
    assert len(set(visits(search))) == 1


def test_ends_are_never_asked_for() -> None:
    search = new_search(positions()[::100], simulations=60)
    while (batch := search.ask()) is not None:
        assert not any(GAME.is_terminal(state) for state in batch.states)
        search.tell(batch, *Equal(GAME).evaluate_batch(observed(batch.states), batch.legal))


def test_asking_again_before_telling_is_refused() -> None:
    search = new_search([START], simulations=4)
    search.ask()
    with pytest.raises(PendingLeavesError):
        search.ask()


def test_a_root_that_is_an_end_is_not_searched() -> None:
    won = Board(0b111, 0b11000)  # X has a line, O is to move
    search = new_search([won, START], simulations=8)
    run_search(search, Hashed(GAME))
    assert search.summary(0).visit_counts == (0,) * 9
    assert search.summary(0).root_value == -1
    assert sum(search.summary(1).visit_counts) == 8


@pytest.mark.parametrize(
    "spoil",
    [
        lambda priors, values: (priors * 0.5, values),
        lambda priors, values: (priors * np.nan, values),
        lambda priors, values: (priors - 0.2 * np.sign(priors - priors.mean()), values),
        lambda priors, values: (priors, values + 3),
        lambda priors, values: (priors, values * np.nan),
        lambda priors, values: (priors[:, :5], values),
        lambda priors, values: (priors, values[:0]),
    ],
)
def test_what_is_no_evaluation_is_refused_and_can_be_asked_for_again(spoil: Any) -> None:
    search, undisturbed = new_search([START], simulations=20), new_search([START], simulations=20)
    for _ in range(3):
        batch = search.ask()
        assert batch is not None
        search.tell(batch, *Hashed(GAME).evaluate_batch(observed(batch.states), batch.legal))
    batch = search.ask()
    assert batch is not None
    priors, values = Hashed(GAME).evaluate_batch(observed(batch.states), batch.legal)
    priors, values = spoil(priors, values + np.float32(0))
    with pytest.raises(BadEvaluationError):
        search.tell(batch, priors, values)
    run_search(search, Hashed(GAME))
    run_search(undisturbed, Hashed(GAME))
    assert visits(search) == visits(undisturbed)


def observed(states: Sequence[Any]) -> np.ndarray:
    return np.stack([GAME.observe(state) for state in states])


def test_an_evaluator_for_other_rules_is_refused() -> None:
    with pytest.raises(ForeignEvaluatorError, match="ladder-1"):
        run_search(new_search([START]), Hashed(LADDER))


def test_the_same_seed_gives_the_same_search_and_another_seed_another() -> None:
    def run(seed: int) -> list[dict[str, Any]]:
        noise = {"dirichlet_alpha": 0.5, "noise_share": 0.4}
        search = new_search(positions()[::700], seed=seed, simulations=50, **noise)
        run_search(search, Hashed(GAME))
        return [statistics(search.summary(tree)) for tree in range(len(search))]

    assert run(3) == run(3)
    assert run(3) != run(4)


def test_noise_is_mixed_into_the_priors_of_the_root() -> None:
    search = new_search([START], simulations=8, dirichlet_alpha=0.3, noise_share=0.25)
    run_search(search, Hashed(GAME))
    priors, _ = Hashed(GAME).evaluate_batch(GAME.observe(START)[None], GAME.legal(START)[None])
    mixed = np.array(search.summary(0).priors)
    assert mixed.sum() == pytest.approx(1, abs=1e-6)
    assert (mixed >= 0.75 * priors[0] - 1e-6).all()
    assert np.abs(mixed - priors[0]).max() > 0.02


def test_noise_touches_no_node_below_the_root() -> None:
    # a single action at the root has prior 1, noise or not; all the rest must be as without noise
    noisy = new_search([Number(0)], LADDER, dirichlet_alpha=0.3, noise_share=1.0, simulations=80)
    quiet = new_search([Number(0)], LADDER, simulations=80)
    for search in (noisy, quiet):
        run_search(search, Hashed(LADDER))
    assert statistics(noisy.summary(0)) == statistics(quiet.summary(0))


def climb(actions: Sequence[int], state: Number) -> Number:
    for action in actions:
        state = LADDER.step(state, action)
    return state


def test_stop_at_solution_ends_the_tree_with_actions_that_solve_it() -> None:
    roots = [Number(10), Number(5), Number(7)]
    search = new_search(roots, LADDER, simulations=400, stop_at_solution=True)
    run_search(search, Hashed(LADDER))
    for tree, root in enumerate(roots):
        actions = search.solution(tree)
        assert actions is not None
        assert climb(actions, root).height == 21
        assert search.simulations(tree) < 400
        check_is_valid(search.summary(tree))


def test_without_stopping_the_shortest_solution_is_kept() -> None:
    search = new_search([Number(10)], LADDER, simulations=400)
    run_search(search, Equal(LADDER))
    assert search.simulations(0) == 400
    assert search.solution(0) == (1, 0)
    assert search.principal_variation(0) == (1, 0)


def test_a_game_has_no_solution() -> None:
    search = new_search([Board(0b11, 0b11000)], simulations=50, stop_at_solution=True)
    run_search(search, Hashed(GAME))
    assert search.solution(0) is None
    assert search.simulations(0) == 50


def test_a_position_too_many_steps_into_its_run_has_failed() -> None:
    # from 10 two steps solve it; seven of the eight steps are already taken
    near = new_search([Number(10)], LADDER, depths=[6], simulations=60)
    late = new_search([Number(10), Number(10)], LADDER, depths=[7, 8], simulations=60)
    for search in (near, late):
        run_search(search, Hashed(LADDER))
    assert near.solution(0) == (1, 0)
    assert late.solution(0) is None
    assert late.summary(0).root_value < -0.8
    assert late.summary(0).depth == 1
    assert late.summary(1).root_value == -1
    assert late.summary(1).simulations == 0


def test_values_of_a_single_player_shrink_with_every_step() -> None:
    search = new_search([Number(20), Number(10)], LADDER, simulations=500)
    run_search(search, Equal(LADDER))
    assert search.summary(0).action_values[0] == pytest.approx(0.9)
    assert 0.7 < search.summary(1).action_values[1] < 0.81


def test_positions_below_max_depth_are_judged_but_not_gone_into() -> None:
    search = new_search([START], simulations=200, max_depth=2)
    run_search(search, Hashed(GAME))
    assert search.summary(0).depth == 2
    assert search.summary(0).simulations == 200
    assert search.summary(0).evaluations <= 1 + 9 + 72


def test_stopping_leaves_a_valid_summary() -> None:
    roots = [START, GAME.step(START, 4), Board(0b1, 0b10000)]
    search, rounds = new_search(roots, simulations=200), iter(range(100))
    run_search(search, Hashed(GAME), should_stop=lambda: next(rounds) == 20)
    for tree in range(len(search)):
        check_is_valid(search.summary(tree))
        assert 0 < search.simulations(tree) < 200


@pytest.mark.parametrize("leaves", [1, 4])
async def test_the_awaited_driver_gives_the_same_search(leaves: int) -> None:
    roots = positions()[::700]
    waited = new_search(roots, simulations=60, leaves=leaves)
    direct = new_search(roots, simulations=60, leaves=leaves)
    rounds: list[int] = []
    await arun_search(
        waited, GAME, Hashed(GAME), on_round=lambda search: rounds.append(search.simulations(0))
    )
    run_search(direct, Hashed(GAME))
    for tree in range(len(roots)):
        assert statistics(waited.summary(tree)) == statistics(direct.summary(tree))
    assert rounds == sorted(rounds)
    assert len(rounds) > 10


class Stuck(Hashed):
    """Answers a number of rounds, then waits for ever."""

    def __init__(self, rounds: int) -> None:
        super().__init__(GAME)
        self._rounds = rounds

    async def evaluate(self, environment: Environment[Any], states: Any) -> list[Evaluation]:
        if self._rounds == 0:
            await asyncio.Event().wait()
        self._rounds -= 1
        return await super().evaluate(environment, states)


@pytest.mark.parametrize("leaves", [1, 3])
async def test_a_cancelled_search_is_valid_and_can_go_on(leaves: int) -> None:
    search = new_search([START], simulations=60, leaves=leaves)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(arun_search(search, GAME, Stuck(10)), timeout=0.05)
    check_is_valid(search.summary(0))
    assert 0 < search.simulations(0) < 60
    await arun_search(search, GAME, Hashed(GAME))
    undisturbed = new_search([START], simulations=60, leaves=leaves)
    run_search(undisturbed, Hashed(GAME))
    assert visits(search) == visits(undisturbed)


def test_a_search_whose_evaluator_failed_can_go_on() -> None:
    class Failing(Hashed):
        def evaluate_batch(self, observations: Any, legal: Any) -> Any:
            if self.asked == 7:
                raise RuntimeError("out of memory")
            return super().evaluate_batch(observations, legal)

    search, undisturbed = new_search([START], simulations=40), new_search([START], simulations=40)
    with pytest.raises(RuntimeError, match="out of memory"):
        run_search(search, Failing(GAME))
    check_is_valid(search.summary(0))
    for one in (search, undisturbed):
        run_search(one, Hashed(GAME))
    assert visits(search) == visits(undisturbed)


@pytest.mark.parametrize(
    "fields",
    [{"simulations": 0}, {"leaves": 0}, {"c_puct": 0.0}, {"noise_share": 1.5}, {"max_depth": 0}],
)
def test_a_config_that_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        SearchConfig(**fields)
