"""What episodes teach: targets by hand, and nothing from what a grader refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graphs.mcts.summary import SearchSummary
from tasks.catalogue import Catalogue
from tasks.protocol import Answer, TaskKind, Verdict
from tests.training.conftest import EQUATION, GAME, served
from training.derivation import ReplayError, replay, without_detours
from training.examples import (
    NothingToLearnError,
    game_rows,
    harvest,
    rows_of_episode,
    with_rehearsal,
)
from training.rows import Row
from training.selfplay.played import Played
from training.solving import environment_of
from training.value_targets import returns_of


def solved(runs: list[Played]) -> list[Played]:
    return [run for run in runs if run.passed]


def test_returns_are_the_worked_example_of_the_contract() -> None:
    returns = returns_of([0.1, 0.2, 0.3, 1.0], [0] * 4, discount=0.99)
    assert returns == pytest.approx([1.562, 1.477, 1.290, 1.0], abs=5e-4)


def test_an_end_is_one_step_away_from_the_last_action() -> None:
    # the value that a search backs up to the last state is the end's, discounted once
    assert returns_of([0.0, 0.0], [0, 0], 0.9, final=1.0) == pytest.approx([0.81, 0.9])


def test_a_solved_derivation_teaches_its_own_actions(
    equations: TaskKind, runs: list[Played]
) -> None:
    environment = environment_of(equations)
    for run in solved(runs):
        rows = rows_of_episode(served(equations, run), equations)
        state = rows[0].state
        assert state == environment.initial(run.task)
        for place, row in enumerate(rows):
            assert row.state == state
            assert row.policy is not None
            assert row.policy.sum() == pytest.approx(1.0)
            assert row.target_source == "path"
            assert row.value == pytest.approx(0.99 ** (len(rows) - place))
            state = environment.step(state, int(row.policy.argmax()))
        assert environment.is_terminal(state)


def test_an_answer_graded_wrong_gives_no_policy_target(
    equations: TaskKind, catalogue: Catalogue, runs: list[Played]
) -> None:
    corrupted = [
        replace(served(equations, run), verdict=Verdict(False, 0.0), outcome="failed")
        for run in solved(runs)
    ]
    rows = harvest(corrupted, catalogue, [EQUATION]).of_kind(EQUATION)
    assert rows
    assert all(row.policy is None and row.value < 0 for row in rows)
    assert {row.value_weight for row in rows} == {0.3}
    right = harvest([served(equations, r) for r in solved(runs)], catalogue, [EQUATION])
    assert all(row.policy is not None and row.value > 0 for row in right.of_kind(EQUATION))


def test_a_search_that_found_nothing_teaches_a_low_value(
    equations: TaskKind, runs: list[Played]
) -> None:
    failed = next(run for run in runs if not run.passed)
    (row,) = rows_of_episode(served(equations, failed), equations)
    assert row.policy is None
    assert row.value == pytest.approx(-(0.99**40))


def test_opt_outs_texts_and_foreign_kinds_are_skipped_with_a_reason(
    equations: TaskKind, catalogue: Catalogue, runs: list[Played]
) -> None:
    run = solved(runs)[0]
    in_text = replace(served(equations, run), steps=(), answer=Answer("x = 1"))
    episodes = [
        served(equations, run, train=False),
        in_text,
        replace(served(equations, run), outcome="out_of_budget"),
        served(equations, run),
    ]
    found = harvest(episodes, catalogue, [EQUATION])
    assert dict(found.kept) == {("http", "solved"): 1}
    assert sorted(found.skipped) == [
        "answered in text, without actions",
        "its owner opted out of training",
        "the run was broken off: out_of_budget",
    ]
    assert harvest(episodes[-1:], catalogue, [GAME]).skipped == {
        "of a kind that is not trained here": 1
    }


def test_parts_of_a_composed_message_are_used(
    equations: TaskKind, catalogue: Catalogue, runs: list[Played]
) -> None:
    parts = tuple(served(equations, run) for run in solved(runs)[:2])
    whole = replace(parts[0], children=parts, steps=(), answer=None)
    assert sum(harvest([whole], catalogue, [EQUATION]).kept.values()) == 2
    opted_out = replace(whole, train=False)
    assert not harvest([opted_out], catalogue, [EQUATION]).rows


def test_values_of_a_game_are_those_of_the_mover(tictactoe: TaskKind) -> None:
    environment = environment_of(tictactoe)
    task = tictactoe.parse("X to move: XX.OO....")
    assert task is not None
    states = replay(environment, task, [8, 5])  # X blunders, O completes its row
    rows = game_rows(environment, states, [np.eye(9)[8], np.eye(9)[5]])
    assert [row.value for row in rows] == [-1.0, 1.0]
    mixed = game_rows(environment, states, [np.eye(9)[8], np.eye(9)[5]], [0.5, 0.5], 0.5)
    assert [row.value for row in mixed] == [-0.25, 0.75]


def test_a_served_move_teaches_visits_where_a_search_chose_it(tictactoe: TaskKind) -> None:
    task = tictactoe.parse("X to move: XX.OO....")
    assert task is not None
    visits = tuple(90 if cell == 2 else 2 if cell > 4 else 0 for cell in range(9))
    search = SearchSummary(visits, (0.0,) * 9, (0.0,) * 9, 1.0, 98, 98, 3, 0.1)
    run = Played("01a1f8d1-b39d-733d-9a53-78675a290390", task, (2,), (search,), True, 98, 98, 0.1)
    (row,) = rows_of_episode(served(tictactoe, run), tictactoe)
    assert row.policy == pytest.approx(np.array(visits) / 98)
    assert (row.target_source, row.value_weight) == ("visits", 0.0)
    wrong = replace(served(tictactoe, run), verdict=Verdict(False, 0.0), outcome="failed")
    with pytest.raises(NothingToLearnError, match="graded wrong"):
        rows_of_episode(wrong, tictactoe)


def test_circles_and_needless_steps_are_cut(equations: TaskKind) -> None:
    environment = environment_of(equations)
    task = equations.parse("3x + 5 = 17")
    assert task is not None
    swap = 125 if environment.legal(environment.initial(task))[125] else 20 * 6 + 5
    there_and_back = [swap, swap]
    states = replay(environment, task, there_and_back)
    assert without_detours(environment, states, there_and_back) == ([states[0]], [])


def test_cut_derivations_stay_legal_and_reach_the_same_end(
    equations: TaskKind, runs: list[Played]
) -> None:
    environment = environment_of(equations)
    for run in solved(runs):
        states = replay(environment, run.task, run.actions)
        kept, actions = without_detours(environment, states, run.actions)
        assert len(actions) <= len(run.actions)
        assert replay(environment, run.task, actions) == kept
        assert kept[-1] == states[-1]


def test_actions_of_other_rules_do_not_replay(equations: TaskKind, runs: list[Played]) -> None:
    run = solved(runs)[0]
    with pytest.raises(ReplayError, match="does not replay"):
        replay(environment_of(equations), run.task, (*run.actions, 0))


def test_rehearsal_makes_up_its_share() -> None:
    new = [Row(n, None, "none", 0.0, 0.0, 1.0) for n in range(40)]
    old = [Row(n, None, "none", 0.0, 0.0, 1.0) for n in range(100, 300)]
    mixed = with_rehearsal(new, old, 0.6, np.random.default_rng(0))
    assert len(mixed) == 100
    assert mixed[:40] == new
    assert len({row.state for row in mixed}) == 100
