"""The gate: equals keep their place, the better net gets it, and every pair is played fairly."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import neural
from graphs.mcts.search import SearchConfig
from neural.inference import NetEvaluator
from neural.model_files import Model, load_model
from tasks.protocol import BoolArray, FloatArray, TaskKind
from tasks.search.tictactoe import TicTacToeKind
from tasks.search.tictactoe_grader import best_moves, value
from tasks.search.tictactoe_rules import Board, TicTacToeEnvironment, board_to_text
from tests.training.conftest import random_net
from training.arena import both_returns, search_mover
from training.gate import (
    GateConfig,
    OnePlayerError,
    announcement,
    recommendation,
    run_gate,
    run_match,
)
from training.openings import random_openings
from training.pairs import PlayedPair, Spent, play_pairs
from training.solving import environment_of

QUICK = GateConfig(simulations=8, batch_pairs=16)
SEARCH = SearchConfig(simulations=8)


class PerfectPlayer:
    """Judges by the grader's full search; a stand-in for a net that has learned everything."""

    version = "perfect"
    environment_version = TicTacToeEnvironment.version

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, np.ndarray[Any, np.dtype[np.float32]]]:
        texts = [_text(row) for row in observations]
        priors = np.zeros(legal.shape, np.float32)
        for row, text in zip(priors, texts, strict=True):
            best = sorted(best_moves(text))
            row[best] = 1.0 / len(best)
        return priors, np.array([value(text) for text in texts], np.float32)


def _text(observation: FloatArray) -> str:
    own, other = observation[:9].astype(bool), observation[9:18].astype(bool)
    mine, theirs = "XO" if own.sum() == other.sum() else "OX"
    return "".join(mine if own[c] else theirs if other[c] else "." for c in range(9))


@pytest.fixture(scope="module")
def shipped(tictactoe: TaskKind) -> Model:
    weights = Path(neural.__file__).parent / "weights" / "search-tictactoe.json"
    return load_model(weights, environment_of(tictactoe))


def opened(kind: TaskKind, count: int, seed: int = 0, plies: tuple[int, int] = (2, 5)) -> list[Any]:
    return list(islice(random_openings(kind, plies, seed), count))


@pytest.mark.parametrize("seed", range(4))
def test_an_identical_net_is_never_promoted(tictactoe: TaskKind, seed: int) -> None:
    model = random_net(tictactoe, seed)
    result = run_gate(tictactoe, model, model, QUICK, seed)
    assert result.outcome == "rejected"
    assert (result.score, result.evalue) == (0.5, 1.0)
    assert result.wins == result.losses
    assert recommendation(result) == "keep_old"


def test_a_trained_net_takes_the_place_of_a_random_one_and_not_the_other_way(
    tictactoe: TaskKind, shipped: Model
) -> None:
    random = random_net(tictactoe)
    up = run_gate(tictactoe, random, shipped, QUICK, 0)
    down = run_gate(tictactoe, shipped, random, QUICK, 0)
    assert (up.outcome, down.outcome) == ("accepted", "rejected")
    assert recommendation(up) == "deploy_new"
    assert up.low >= 0.5
    assert down.high <= 0.55
    assert up.pairs < 200
    assert up.challenger == down.champion == shipped.card.weights_version
    assert "better: score" in up.why


def test_a_perfect_player_loses_no_game_that_it_could_save(
    tictactoe: TaskKind, shipped: Model
) -> None:
    level = [s for s in opened(tictactoe, 150) if value(board_to_text(s)) == 0]
    losses = []
    for opponent in (shipped, random_net(tictactoe, 1), random_net(tictactoe, 2)):
        players = (PerfectPlayer(), NetEvaluator(opponent))
        pairs = play_pairs(environment_of(tictactoe), players, level, SEARCH, 16, Spent())
        results = [r for pair in pairs for r in (pair.first, pair.second)]
        assert min(results) >= 0.0
        losses.append(sum(r > 0.0 for r in results))
    assert losses[0] < min(losses[1:])  # random weights lose, the shipped ones nearly hold


def test_random_weights_do_not_take_a_perfect_players_place(tictactoe: TaskKind) -> None:
    random = NetEvaluator(random_net(tictactoe))
    config = GateConfig(simulations=8, batch_pairs=16, opening_plies=(1, 3))
    assert run_match(tictactoe, random, PerfectPlayer(), config, 0).accepted
    assert run_match(tictactoe, PerfectPlayer(), random, config, 0).outcome == "rejected"


def test_the_verdict_depends_on_the_seed_alone_and_not_on_how_many_play_at_once(
    tictactoe: TaskKind,
) -> None:
    counted = []
    for batch in (1, 7, 32):
        config = GateConfig(simulations=8, batch_pairs=batch)
        result = run_gate(tictactoe, random_net(tictactoe, 1), random_net(tictactoe, 2), config, 5)
        counted.append((result.pairs, result.wins, result.draws, result.losses, result.evalue))
    assert counted[0] == counted[1] == counted[2]


def test_pairs_are_the_games_that_the_arena_plays(tictactoe: TaskKind, shipped: Model) -> None:
    environment = environment_of(tictactoe)
    first, second = NetEvaluator(shipped), NetEvaluator(random_net(tictactoe))
    openings = opened(tictactoe, 60)
    pairs = list(play_pairs(environment, (first, second), openings, SEARCH, 8, Spent()))
    movers = [search_mover(environment, player, 8) for player in (first, second)]
    expected = both_returns(environment, movers[0], movers[1], openings)
    assert [[pair.first, pair.second] for pair in pairs] == expected.tolist()
    assert [pair.opening for pair in pairs] == openings
    swapped = list(play_pairs(environment, (second, first), openings, SEARCH, 8, Spent()))
    for pair, other in zip(pairs, swapped, strict=True):
        assert (pair.first, pair.second) == (-other.second, -other.first)


def test_rules_without_a_compiler_give_the_same_pairs(tictactoe: TaskKind) -> None:
    plain = TicTacToeEnvironment()
    plain.rules = None
    players = (NetEvaluator(random_net(tictactoe, 1)), NetEvaluator(random_net(tictactoe, 2)))
    openings = opened(tictactoe, 40)
    spent = [Spent(), Spent()]
    slow = list(play_pairs(plain, players, openings, SEARCH, 16, spent[0]))
    fast = list(play_pairs(environment_of(tictactoe), players, openings, SEARCH, 16, spent[1]))
    assert slow == fast
    assert spent[0].games == spent[1].games
    assert spent[1].evaluations < spent[0].evaluations  # remembered


def test_an_opening_that_comes_again_counts_again_but_is_not_played_again(
    tictactoe: TaskKind,
) -> None:
    players = (NetEvaluator(random_net(tictactoe, 1)), NetEvaluator(random_net(tictactoe, 2)))
    once = opened(tictactoe, 3)
    spent = Spent()
    pairs = list(play_pairs(environment_of(tictactoe), players, once * 5, SEARCH, 2, spent))
    assert pairs == pairs[:3] * 5
    assert spent.games == 2 * len(set(once))


def test_pairs_are_played_no_further_than_they_are_taken(tictactoe: TaskKind) -> None:
    players = (NetEvaluator(random_net(tictactoe, 1)), NetEvaluator(random_net(tictactoe, 2)))
    drawn: list[Hashable] = []

    def watched() -> Iterator[Any]:
        for opening in random_openings(tictactoe, (2, 5), 0):
            drawn.append(opening)
            yield opening

    pairs = play_pairs(environment_of(tictactoe), players, watched(), SEARCH, 4, Spent())
    assert len(list(islice(pairs, 10))) == 10
    assert len(drawn) < 40


@pytest.mark.parametrize(
    ("first", "second", "score"), [(1, 1, 1.0), (1, -1, 0.5), (0, 1, 0.75), (-1, -1, 0.0)]
)
def test_a_draw_scores_a_half(first: float, second: float, score: float) -> None:
    assert PlayedPair(None, first, second).score == score


@pytest.mark.parametrize("name", ["search/tictactoe", "search/connect_four"])
def test_openings_are_drawn_by_the_rules_and_from_the_seed(name: str, catalogue: Any) -> None:
    kind = catalogue[name]
    environment = environment_of(kind)
    first = opened(kind, 300)
    assert first == opened(kind, 300)
    assert first != opened(kind, 300, seed=1)
    assert not any(environment.is_terminal(state) for state in first)
    assert {environment.to_play(state) for state in first} == {0, 1}
    stones = {state.x.bit_count() + state.o.bit_count() for state in first}
    assert stones == {2, 3, 4, 5}


def test_openings_of_a_kind_without_a_first_position_go_on_from_its_tasks() -> None:
    class Unnamed(TicTacToeKind):
        name = "search/unnamed"

    states = opened(Unnamed(), 50, plies=(0, 2))
    assert len(set(states)) > 20
    assert all(isinstance(state, Board) for state in states)


def test_progress_counts_pairs_and_the_result_is_json(tictactoe: TaskKind) -> None:
    told: list[int] = []
    random = random_net(tictactoe)
    result = run_gate(tictactoe, random, random, QUICK, 0, told.append)
    assert told == list(range(1, result.pairs + 1))
    data = json.loads(json.dumps(result.to_json()))
    assert data["accepted"] is False
    assert data["games"] == 2 * result.pairs == data["wins"] + data["draws"] + data["losses"]
    assert result.simulations >= result.moves > result.games_played > 0


def test_the_most_games_and_the_power_are_announced_before() -> None:
    text = announcement(GateConfig())
    assert "at most 2 x 1000 = 2000 games" in text
    assert "5% false promotions" in text
    assert "power at 0.55" in text


def test_a_kind_of_one_player_is_refused(equations: TaskKind) -> None:
    model = random_net(equations)
    with pytest.raises(OnePlayerError, match=r"training\.compare"):
        run_gate(equations, model, model, QUICK, 0)


@pytest.mark.parametrize(
    "wrong", [{"opening_plies": (5, 2)}, {"batch_pairs": 0}, {"margin": 0.06}, {"alpha": 0.0}]
)
def test_a_gate_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|above"):
        GateConfig(**wrong)
