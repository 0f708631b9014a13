"""Rows: merged by state, checked, and multiplied by symmetries that are exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.math import equation_symmetry
from tasks.math.equations import EquationsKind
from tasks.protocol import TaskKind
from tasks.search import tictactoe_symmetry
from tasks.search.tictactoe import TicTacToeKind
from training.augment import augmented, symmetry_of, unseen
from training.examples import one_hot
from training.rows import BadTargetError, Row, merged, to_examples
from training.solving import environment_of

EQUATIONS, TICTACTOE = EquationsKind(), TicTacToeKind()
SEEDS = st.integers(0, 10_000)
SHARES = st.floats(0, 1)


@given(seed=SEEDS, difficulty=SHARES, action=st.integers(0, 8))
def test_a_move_and_its_image_lead_to_images(seed: int, difficulty: float, action: int) -> None:
    environment = environment_of(TICTACTOE)
    board = environment.initial(TICTACTOE.generate(seed, difficulty, "train"))
    action = int(environment.legal(board).nonzero()[0][action % environment.legal(board).sum()])
    after = environment.step(board, action)
    results = dict(
        zip(
            [image for image, _ in tictactoe_symmetry.images(after, None)],
            range(8),
            strict=True,
        )
    )
    for image, policy in tictactoe_symmetry.images(board, one_hot(action, 9)):
        assert policy is not None
        assert environment.step(image, int(policy.argmax())) in results
        assert tictactoe_symmetry.canonical(image) == tictactoe_symmetry.canonical(board)


@given(seed=SEEDS, difficulty=SHARES, choice=st.integers(0, 30))
def test_a_rewrite_and_its_image_lead_to_images(seed: int, difficulty: float, choice: int) -> None:
    environment = environment_of(EQUATIONS)
    state = environment.initial(EQUATIONS.generate(seed, difficulty, "train"))
    legal = environment.legal(state).nonzero()[0]
    action = int(legal[choice % len(legal)])
    image = equation_symmetry.reordered(state, np.random.default_rng(seed))
    target = equation_symmetry.image_of_action(environment, state, image, action)
    assert equation_symmetry.canonical(image) == equation_symmetry.canonical(state)
    if target is not None:  # a sum with a later like term may have no image
        after, image_after = environment.step(state, action), environment.step(image, target)
        assert equation_symmetry.canonical(after) == equation_symmetry.canonical(image_after)


def test_tasks_whose_images_training_has_met_are_left_out() -> None:
    for kind in (TICTACTOE, EQUATIONS):
        environment = environment_of(kind)
        tasks = [kind.generate(n, 0.5, "test") for n in range(40)]
        symmetry = symmetry_of(environment, kind.name)
        assert symmetry is not None
        state = environment.initial(tasks[3])
        image = symmetry.images(state, None, np.random.default_rng(0))[-1][0]
        left = unseen(environment, tasks, kind.name, {image})
        assert tasks[3] not in left
        assert len(left) >= 38
        assert unseen(environment, tasks, kind.name, ()) == tasks


def test_most_rewrites_have_an_image() -> None:
    environment = environment_of(EQUATIONS)
    rng = np.random.default_rng(0)
    found = []
    for seed in range(40):
        state = environment.initial(EQUATIONS.generate(seed, 0.6, "train"))
        image = equation_symmetry.reordered(state, rng)
        for action in environment.legal(state).nonzero()[0].tolist():
            target = equation_symmetry.image_of_action(environment, state, image, action)
            found.append(target is not None)
    assert np.mean(found) > 0.9


def test_rows_of_a_state_are_merged_into_their_mean() -> None:
    rows = [
        Row("s", np.array([1.0, 0.0], np.float32), "path", 1.0, 1.0, 1.0),
        Row("s", np.array([0.0, 1.0], np.float32), "path", -1.0, 3.0, 1.0),
        Row("s", None, "none", 0.5, 0.0, 2.0),
        Row("t", None, "none", 0.5, 0.0, 2.0),
    ]
    first, second = merged(rows)
    assert first.policy == pytest.approx([0.25, 0.75])
    assert (first.policy_weight, first.value_weight) == (4.0, 4.0)
    assert first.value == pytest.approx(0.25)
    assert second.policy is None


def test_images_count_as_much_as_originals_and_share_a_group(tictactoe: TaskKind) -> None:
    environment = environment_of(tictactoe)
    task = tictactoe.parse("O to move: X........")
    assert task is not None
    row = Row(environment.initial(task), one_hot(4, 9), "path", 0.0, 1.0, 1.0)
    rows = augmented(environment, tictactoe.name, [row], np.random.default_rng(0))
    assert len(rows) == 4  # a corner has four images, each of them comes up twice
    assert len({row.group for row in rows}) == 1
    assert {row.policy_weight for row in rows} == {2.0}
    assert len(set(to_examples(environment, rows).groups.tolist())) == 1


def test_targets_on_illegal_actions_or_beyond_1_are_refused(tictactoe: TaskKind) -> None:
    environment = environment_of(tictactoe)
    task = tictactoe.parse("O to move: X........")
    assert task is not None
    row = Row(environment.initial(task), one_hot(0, 9), "path", 0.0, 1.0, 1.0)
    with pytest.raises(BadTargetError, match="legal"):
        to_examples(environment, [row])
    with pytest.raises(BadTargetError, match="scale"):
        to_examples(environment, [replace(row, policy=None, value=1.5)])
    with pytest.raises(BadTargetError, match="sum to 1"):
        to_examples(environment, [replace(row, policy=one_hot(4, 9) / 2)])
