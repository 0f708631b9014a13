"""Games as columns teach exactly what the same games teach one row at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from neural.inference import NetEvaluator
from neural.policy_value import NetShape, fresh_net
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from training.augment import augmented, mirror_of, symmetry_of
from training.calibrate import bare_model
from training.derivation import replay
from training.rows import Examples, Row
from training.rows import to_examples as examples_of_rows
from training.selfplay.games import GameConfig, play_games
from training.selfplay.lessons import Lessons
from training.selfplay.played import Played, rows_of
from training.selfplay.positions import Positions, joined, read_positions, to_examples
from training.selfplay.recipes import Recipe
from training.selfplay.shards import BrokenShardError, Shard, save_shard
from training.solving import environment_of

FOUR = "search/connect_four"
NARROW = NetShape("board", (4, 6, 7), 7, width=8, depth=1)
NAMES = [
    f"iteration-{n:04d}-search-connect_four-chunk-{c:03d}" for n, c in ((1, 0), (1, 1), (2, 0))
]


@pytest.fixture(scope="module")
def kind(catalogue: Catalogue) -> TaskKind:
    return catalogue[FOUR]


@pytest.fixture(scope="module")
def games(kind: TaskKind) -> list[list[Played]]:
    """Three shards of games; many share their first positions."""
    evaluator = NetEvaluator(bare_model(kind, fresh_net(NARROW, 2)))
    config = GameConfig(simulations=10, temperature_moves=2)
    empty = kind.parse("Connect four, X to move:" + 6 * "\n. . . . . . .")
    assert empty is not None
    starts = [empty] * 6 + [kind.generate(n, 0.5 + 0.04 * n, "train") for n in range(12)]
    return [play_games(kind, evaluator, starts, config, seed) for seed in range(3)]


@pytest.fixture(scope="module")
def folder(
    kind: TaskKind, games: list[list[Played]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    place = tmp_path_factory.mktemp("shards")
    for name, runs in zip(NAMES, games, strict=True):
        write(kind, runs, place / f"{name}.json")
    return place


def write(kind: TaskKind, runs: list[Played], path: Path) -> Path:
    number = int(path.stem.split("-")[1])
    save_shard(Shard(kind.name, environment_of(kind).version, "w", number, 0, tuple(runs)), path)
    return path


def rows_alone(kind: TaskKind, runs: list[Played], share: float) -> list[Row]:
    return [row for run in runs for row in rows_of(kind, run, share)]


def in_order(examples: Examples) -> Examples:
    """Return the examples sorted by their observations, which tell positions apart."""
    flat = examples.observations.reshape(len(examples), -1)
    return examples.take(np.lexsort(flat.T))


def same_partition(one: NDArray[Any], other: NDArray[Any]) -> bool:
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    return len(pairs) == len(set(one.tolist())) == len(set(other.tolist()))


def assert_same(columns: Examples, rows: Examples) -> None:
    one, other = in_order(columns), in_order(rows)
    assert len(one) == len(other)
    assert np.array_equal(one.observations, other.observations)
    assert np.array_equal(one.legal, other.legal)
    assert one.policies == pytest.approx(other.policies, abs=1e-6)
    assert one.values == pytest.approx(other.values, abs=1e-6)
    assert one.policy_weights == pytest.approx(other.policy_weights, abs=1e-6)
    assert one.value_weights == pytest.approx(other.value_weights, abs=1e-6)
    assert same_partition(one.groups, other.groups)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_columns_give_the_examples_that_rows_give(
    kind: TaskKind,
    catalogue: Catalogue,
    games: list[list[Played]],
    folder: Path,
    share: float,
    power: float,
) -> None:
    read = [read_positions(folder / f"{n}.json", kind, catalogue, share) for n in NAMES[:2]]
    columns = to_examples(kind, joined(read), power)
    environment = environment_of(kind)
    plain = [row for runs in games[:2] for row in rows_alone(kind, runs, share)]
    rows = augmented(environment, FOUR, plain, np.random.default_rng(0))
    assert_same(columns, examples_of_rows(environment, rows, power))
    assert columns.sources == {"visits": len(columns)}


def test_lessons_read_the_newest_iteration_both_ways_alike(
    kind: TaskKind, catalogue: Catalogue, folder: Path
) -> None:
    recipe = Recipe(value_from_search=0.5, rehearsal_share=0.0)
    columns = Lessons(folder, catalogue).examples(kind, recipe, NAMES, 4)
    # a filter that keeps everything takes the other way
    rows = Lessons(folder, catalogue, lambda kind, state: True).examples(kind, recipe, NAMES, 4)
    assert_same(columns, rows)


def test_rehearsal_makes_up_its_share_of_the_positions(
    kind: TaskKind, catalogue: Catalogue, folder: Path
) -> None:
    counts = [len(read_positions(folder / f"{name}.json", kind, catalogue, 0.0)) for name in NAMES]
    recipe = Recipe(rehearsal_share=0.5, repeat_power=1.0)
    examples = Lessons(folder, catalogue).examples(kind, recipe, NAMES, 4)
    assert examples.policy_weights.sum() == 2 * counts[2]
    most = replace(recipe, rehearsal_share=0.99)
    assert Lessons(folder, catalogue).examples(kind, most, NAMES, 4).policy_weights.sum() == sum(
        counts
    )


def test_what_is_rehearsed_depends_on_the_seed_alone(
    kind: TaskKind, catalogue: Catalogue, folder: Path
) -> None:
    recipe, lessons = Recipe(rehearsal_share=0.5), Lessons(folder, catalogue)
    first = lessons.examples(kind, recipe, NAMES, 4)
    again = lessons.examples(kind, recipe, NAMES, 4)  # from what was read before
    fresh = Lessons(folder, catalogue).examples(kind, recipe, NAMES, 4)
    other = Lessons(folder, catalogue).examples(kind, recipe, NAMES, 5)
    for examples in (again, fresh):
        assert np.array_equal(examples.observations, first.observations)
        assert np.array_equal(examples.policies, first.policies)
        assert np.array_equal(examples.values, first.values)
    assert other.observations.shape != first.observations.shape or not np.array_equal(
        other.observations, first.observations
    )


def test_iterations_outside_the_window_are_neither_rehearsed_nor_read(
    kind: TaskKind, catalogue: Catalogue, folder: Path, tmp_path: Path
) -> None:
    for path in folder.glob(f"{NAMES[2]}.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())  # the older shards are gone
    recipe = Recipe(rehearsal_share=0.5, window=1, repeat_power=1.0)
    examples = Lessons(tmp_path, catalogue).examples(kind, recipe, NAMES, 4)
    newest = read_positions(folder / f"{NAMES[2]}.json", kind, catalogue, 0.0)
    assert examples.policy_weights.sum() == len(newest)
    with pytest.raises(BrokenShardError):
        Lessons(tmp_path, catalogue).examples(kind, replace(recipe, window=2), NAMES, 4)


def test_each_position_has_its_mirror_image_with_mirrored_moves(
    kind: TaskKind, catalogue: Catalogue, folder: Path
) -> None:
    found = read_positions(folder / f"{NAMES[0]}.json", kind, catalogue, 0.5)
    half = len(found) // 2
    mirror = mirror_of(FOUR)
    assert mirror is not None
    assert np.array_equal(found.words[half:], mirror.words(found.words[:half]))
    assert np.array_equal(found.policies[half:], found.policies[:half, ::-1])
    assert np.array_equal(found.values[half:], found.values[:half])
    assert np.array_equal(mirror.words(mirror.words(found.words)), found.words)
    examples = to_examples(kind, found, 0.5)
    asymmetric = np.bincount(examples.groups)
    assert set(asymmetric.tolist()) == {1, 2}  # the empty board is its own image


def test_the_results_alternate_between_winner_and_loser(
    kind: TaskKind, catalogue: Catalogue, games: list[list[Played]], folder: Path
) -> None:
    found = read_positions(folder / f"{NAMES[0]}.json", kind, catalogue, 0.0)
    environment, row, ends = environment_of(kind), 0, []
    for run in games[0]:
        values = found.values[row : row + len(run.actions)]
        end = environment.returns(replay(environment, run.task, run.actions)[-1])
        decided = bool(end.any())
        assert values[-1] == float(decided)  # only the mover of the last move can have won
        assert np.array_equal(values[1:], -values[:-1])
        ends.append(decided)
        row += len(run.actions)
    assert any(ends)


def test_a_game_that_fills_the_board_is_worth_nothing_to_both(
    kind: TaskKind, catalogue: Catalogue, games: list[list[Played]], tmp_path: Path
) -> None:
    drawn = kind.parse(
        "Connect four, O to move:\n. X O X O X O\nO X O X O X O\nX O X O X O X\nX O X O X O X\n"
        "O X O X O X O\nX O X O X O X"
    )
    assert drawn is not None
    search = replace(games[0][0].searches[0], visit_counts=(10, 0, 0, 0, 0, 0, 0))
    run = replace(games[0][0], task=drawn, actions=(0,), searches=(search,))
    environment = environment_of(kind)
    end = replay(environment, drawn, (0,))[-1]
    assert environment.is_terminal(end)
    assert not environment.returns(end).any()
    path = write(kind, [run], tmp_path / f"{NAMES[0]}.json")
    assert read_positions(path, kind, catalogue, 0.0).values.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_the_searchs_own_value_has_its_share_of_the_target(
    kind: TaskKind, catalogue: Catalogue, games: list[list[Played]], folder: Path, share: float
) -> None:
    path = folder / f"{NAMES[0]}.json"
    results = read_positions(path, kind, catalogue, 0.0).values
    mixed = read_positions(path, kind, catalogue, share).values
    believed = np.array([s.root_value for run in games[0] for s in run.searches])
    expected = (1 - share) * results[: len(believed)] + share * np.clip(believed, -1, 1)
    assert mixed[: len(believed)] == pytest.approx(expected, abs=1e-6)


def test_a_root_value_beyond_1_counts_as_1(
    kind: TaskKind, catalogue: Catalogue, games: list[list[Played]], tmp_path: Path
) -> None:
    run = games[0][0]
    searches = tuple(replace(search, root_value=1.5) for search in run.searches)
    path = write(kind, [replace(run, searches=searches)], tmp_path / f"{NAMES[0]}.json")
    assert set(read_positions(path, kind, catalogue, 1.0).values.tolist()) == {1.0}


def test_distant_results_count_less_under_a_discount(
    kind: TaskKind,
    catalogue: Catalogue,
    games: list[list[Played]],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(environment_of(kind), "discount", 0.9)
    found = read_positions(folder / f"{NAMES[0]}.json", kind, catalogue, 0.0)
    rows = rows_alone(kind, games[0], 0.0)
    assert found.values[: len(rows)] == pytest.approx([row.value for row in rows], abs=1e-6)
    last = len(games[0][0].actions)
    assert np.abs(found.values[:last]) == pytest.approx(0.9 ** np.arange(last, 0, -1), abs=1e-6)


def test_positions_that_come_again_are_one_example_of_their_mean(kind: TaskKind) -> None:
    words = np.array([[0, 0], [0, 1], [0, 0], [0, 0]], np.int64)
    policies = np.eye(7, dtype=np.float32)[[3, 2, 3, 4]]
    values = np.array([1.0, 0.25, -1.0, -1.0], np.float32)
    examples = to_examples(kind, Positions(words, policies, values), 0.5)
    assert examples.values.tolist() == pytest.approx([-1 / 3, 0.25])
    assert examples.policies[0] == pytest.approx([0, 0, 0, 2 / 3, 1 / 3, 0, 0])
    assert examples.policy_weights.tolist() == pytest.approx([3**0.5, 1.0])
    assert examples.value_weights.tolist() == pytest.approx([3**0.5, 1.0])


def test_one_wrong_visit_count_changes_one_position_and_its_image(
    kind: TaskKind, catalogue: Catalogue, games: list[list[Played]], folder: Path, tmp_path: Path
) -> None:
    run = games[0][0]
    counts = run.searches[3].visit_counts
    wrong = tuple(count + (place == 1) for place, count in enumerate(counts))
    searches = list(run.searches)
    searches[3] = replace(searches[3], visit_counts=wrong)
    path = write(
        kind, [replace(run, searches=tuple(searches)), *games[0][1:]], tmp_path / f"{NAMES[0]}.json"
    )
    right = read_positions(folder / f"{NAMES[0]}.json", kind, catalogue, 0.5)
    spoiled = read_positions(path, kind, catalogue, 0.5)
    differ = (right.policies != spoiled.policies).any(1)
    assert np.flatnonzero(differ).tolist() == [3, 3 + len(right) // 2]
    assert np.array_equal(right.values, spoiled.values)


def test_a_wrong_move_changes_the_positions_after_it(
    kind: TaskKind, catalogue: Catalogue, games: list[list[Played]], folder: Path, tmp_path: Path
) -> None:
    first = games[0][0]
    other = (first.actions[0] + 1) % 7
    run = replace(first, actions=(other, *first.actions[1:]))
    path = write(kind, [run, *games[0][1:]], tmp_path / f"{NAMES[0]}.json")
    right = read_positions(folder / f"{NAMES[0]}.json", kind, catalogue, 0.0)
    moved = read_positions(path, kind, catalogue, 0.0)
    assert np.array_equal(right.words[0], moved.words[0])
    assert not np.array_equal(right.words[1], moved.words[1])


def test_columns_that_were_changed_after_writing_are_refused(
    kind: TaskKind, catalogue: Catalogue, folder: Path, tmp_path: Path
) -> None:
    for path in folder.glob(f"{NAMES[0]}.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    columns = tmp_path / f"{NAMES[0]}.safetensors"
    written = bytearray(columns.read_bytes())
    written[-1] ^= 1
    columns.write_bytes(bytes(written))
    with pytest.raises(BrokenShardError, match="not those that were written"):
        read_positions(tmp_path / f"{NAMES[0]}.json", kind, catalogue, 0.0)


def test_the_mirror_of_words_is_the_mirror_of_positions(
    kind: TaskKind, games: list[list[Played]]
) -> None:
    environment, mirror = environment_of(kind), mirror_of(FOUR)
    symmetry = symmetry_of(environment, FOUR)
    assert environment.rules is not None
    assert mirror is not None
    assert symmetry is not None
    policy = np.arange(7, dtype=np.float32)
    for run in games[0]:
        state = replay(environment, run.task, run.actions)[-2]
        (_, same), (image, moved) = symmetry.images(state, policy, np.random.default_rng(0))
        words = environment.rules.to_words(state)[None]
        assert np.array_equal(mirror.words(words)[0], environment.rules.to_words(image))
        assert moved is not None
        assert np.array_equal(policy[mirror.actions], moved)
        assert same is policy


def test_kinds_with_other_symmetries_are_read_as_rows(tictactoe: TaskKind) -> None:
    assert mirror_of(tictactoe.name) is None
    assert symmetry_of(environment_of(tictactoe), tictactoe.name) is not None
