"""Known truths of tic-tac-toe: what a search must find in every reachable position."""

import numpy as np
import pytest
from mcts_games import GAME, Table, best_actions, blocks, positions, value_of, wins

from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.search import SearchConfig, TreeSearch, run_search
from neural.evaluation import BatchEvaluator
from tasks.search.tictactoe_rules import Board


def search_all(
    boards: tuple[Board, ...], evaluator: BatchEvaluator | None, simulations: int, leaves: int = 1
) -> CompiledSearch:
    search = CompiledSearch(
        GAME, SearchConfig(simulations=simulations, leaves=leaves), len(boards), rng_seed=0
    )
    for tree, board in enumerate(boards):
        search.reset(tree, GAME.rules.to_words(board))  # type: ignore[union-attr]
    if evaluator is None:
        search.run_uniform()
    else:
        search.run(evaluator)
    return search


def mistakes(boards: tuple[Board, ...], search: CompiledSearch) -> dict[int, int]:
    """Count, per player to move, the positions whose most visited move loses value."""
    wrong = {0: 0, 1: 0}
    for board, action in zip(boards, search.visit_counts().argmax(axis=1).tolist(), strict=True):
        wrong[GAME.to_play(board)] += action not in best_actions(board)
    return wrong


def oracle() -> Table:
    return Table({board: float(value_of(board)) for board in positions()})


def test_an_oracle_value_makes_play_perfect_from_every_position_for_both_players() -> None:
    assert mistakes(positions(), search_all(positions(), oracle(), 100)) == {0: 0, 1: 0}


def test_play_with_an_oracle_stays_perfect_with_leaves_in_flight() -> None:
    assert mistakes(positions(), search_all(positions(), oracle(), 128, leaves=4)) == {0: 0, 1: 0}


def test_corrupted_values_make_play_worse() -> None:
    # the proof the other way round: the search follows the values that it is told
    wrong = Table({board: -float(value_of(board)) for board in positions()})
    boards = positions()[::4]
    found = mistakes(boards, search_all(boards, wrong, 32))
    assert min(found.values()) > 50
    assert mistakes(boards, search_all(boards, oracle(), 32))[0] < found[0] / 10


def test_root_values_are_from_the_view_of_the_player_to_move() -> None:
    search = search_all(positions(), oracle(), 64)
    truth = np.array([value_of(board) for board in positions()])
    movers = np.array([GAME.to_play(board) for board in positions()])
    for mover in (0, 1):
        for value in (-1, 1):
            found = search.root_values()[(movers == mover) & (truth == value)]
            assert found.size > 100
            assert (np.sign(found) == value).all()


def test_action_values_are_from_the_view_of_the_player_to_move() -> None:
    boards = tuple(board for board in positions() if wins(board))
    values = search_all(boards, None, 64).action_values()
    for board, row in zip(boards, values, strict=True):
        assert all(row[action] == 1.0 for action in wins(board))


@pytest.mark.parametrize("mover", [0, 1])
def test_an_immediate_win_is_always_taken(mover: int) -> None:
    boards = tuple(b for b in positions() if wins(b) and GAME.to_play(b) == mover)
    assert len(boards) > 500
    chosen = search_all(boards, None, 64).visit_counts().argmax(axis=1).tolist()
    assert all(action in wins(board) for board, action in zip(boards, chosen, strict=True))


@pytest.mark.parametrize("mover", [0, 1])
def test_an_immediate_loss_is_always_blocked(mover: int) -> None:
    boards = tuple(
        board
        for board in positions()
        if GAME.to_play(board) == mover and not wins(board) and len(blocks(board)) == 1
    )
    assert len(boards) > 300
    chosen = search_all(boards, None, 400).visit_counts().argmax(axis=1).tolist()
    assert all(action in blocks(board) for board, action in zip(boards, chosen, strict=True))


def test_handle_mode_takes_wins_and_blocks_losses_too() -> None:
    boards = [b for b in positions() if wins(b) or len(blocks(b)) == 1][::40]
    search = TreeSearch(GAME, boards, SearchConfig(simulations=400), np.random.default_rng(0))
    run_search(search, Table({}))
    for tree, board in enumerate(boards):
        action = int(np.argmax(search.summary(tree).visit_counts))
        assert action in (wins(board) or blocks(board))
