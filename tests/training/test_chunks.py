"""Chunks: the same one gives the same games, whoever plays it, and one that is done is left alone.

A chunk's games depend on its recipe to the last field: how many games share a table and how much is
remembered change which search ends first, and so which random number it draws. So these are no
knobs for speed that a run could turn on its way.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neural.model_files import Model
from neural.policy_value import NetShape, fresh_net
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from tests.training.conftest import random_net
from training.calibrate import bare_model
from training.selfplay.chunks import Chunk, chunks_of, iteration_of, play_chunk
from training.selfplay.games import GameConfig
from training.selfplay.playing import play
from training.selfplay.recipes import Recipe
from training.selfplay.records import read_played
from training.selfplay.schedule import Schedule
from training.selfplay.shards import Manifest, load_manifest, load_shard
from training.solving import environment_of

FOUR = "search/connect_four"
NARROW = NetShape("board", (4, 6, 7), 7, width=8, depth=1)
RECIPE = Recipe(games=GameConfig(simulations=8, side_by_side=4))


@pytest.fixture(scope="module")
def kind(catalogue: Catalogue) -> TaskKind:
    return catalogue[FOUR]


@pytest.fixture(scope="module")
def player(kind: TaskKind) -> Model:
    return bare_model(kind, fresh_net(NARROW, 1))


def cut(size: int | None, games: int, **other: Any) -> list[Chunk]:
    fixed = {"iteration": 3, "run_seed": 7, "level": 0.0, "first": 100}
    return chunks_of(FOUR, size, games, **{**fixed, **other})


CHUNK = cut(10, 10)[0]


def played(
    chunk: Chunk, kind: TaskKind, player: Model, folder: Path, recipe: Recipe = RECIPE
) -> Manifest:
    play_chunk(chunk, kind, player, recipe, folder)
    return load_manifest(folder / f"{chunk.name}.json")


@pytest.fixture(scope="module")
def first(kind: TaskKind, player: Model, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return played(CHUNK, kind, player, tmp_path_factory.mktemp("first"))


@pytest.mark.parametrize(("size", "games"), [(250, 2500), (250, 834), (7, 3), (1, 5), (4, 4)])
def test_chunks_divide_the_games_without_a_rest(size: int, games: int) -> None:
    chunks = cut(size, games)
    assert sum(chunk.count for chunk in chunks) == games
    assert all(chunk.count == size for chunk in chunks[:-1])
    assert 1 <= chunks[-1].count <= size
    firsts = [100 + sum(c.count for c in chunks[:n]) for n in range(len(chunks))]
    assert [chunk.first for chunk in chunks] == firsts
    assert len({chunk.name for chunk in chunks}) == len({c.seed for c in chunks}) == len(chunks)


def test_an_iteration_that_is_not_cut_is_one_chunk_of_its_old_name() -> None:
    (whole,) = cut(None, 12)
    assert (whole.name, whole.count) == ("iteration-0003-search-connect_four", 12)


@pytest.mark.parametrize("size", [None, 4])
@pytest.mark.parametrize("iteration", [1, 42, 12345])
def test_a_name_tells_its_iteration(size: int | None, iteration: int) -> None:
    names = [chunk.name for chunk in cut(size, 12, iteration=iteration)]
    assert {iteration_of(name) for name in names} == {iteration}
    assert sorted(names) == names


def test_seeds_differ_between_runs_iterations_and_kinds() -> None:
    seeds = [
        chunk.seed
        for name in (FOUR, "search/tictactoe")
        for run in range(3)
        for iteration in range(1, 20)
        for chunk in chunks_of(name, 10, 50, iteration=iteration, run_seed=run, level=0.0, first=0)
    ]
    assert len(set(seeds)) == len(seeds) == 2 * 3 * 19 * 5


def test_the_same_chunk_gives_the_same_games_under_new_ids(
    kind: TaskKind, player: Model, first: Manifest, tmp_path: Path
) -> None:
    again = played(CHUNK, kind, player, tmp_path)
    assert again["games_sha256"] == first["games_sha256"]
    assert again["task_of_run"] == first["task_of_run"]
    assert not set(again["ids"]) & set(first["ids"])
    assert again["columns_sha256"] != first["columns_sha256"]  # times are never the same


@pytest.mark.parametrize("changed", [{"seed": 8}, {"first": 101}, {"count": 9}])
def test_another_chunk_gives_other_games(
    kind: TaskKind, player: Model, first: Manifest, tmp_path: Path, changed: dict[str, int]
) -> None:
    other = played(replace(CHUNK, **changed), kind, player, tmp_path)  # type: ignore[arg-type]
    assert other["games_sha256"] != first["games_sha256"]


def test_another_player_gives_other_games(kind: TaskKind, first: Manifest, tmp_path: Path) -> None:
    stranger = bare_model(kind, fresh_net(NARROW, 2))
    other = played(CHUNK, kind, stranger, tmp_path)
    assert other["games_sha256"] != first["games_sha256"]
    assert other["task_of_run"] == first["task_of_run"]
    assert other["weights_version"] == stranger.card.weights_version != first["weights_version"]


@pytest.mark.parametrize(
    "changed",
    [
        {"simulations": 9},
        {"noise_share": 0.2},
        {"temperature": 0.5},
        {"temperature_moves": 3},
        {"side_by_side": 3},
        {"cache_entries": 16},
    ],
)
def test_every_part_of_the_recipe_for_games_is_a_part_of_the_games(
    kind: TaskKind, player: Model, first: Manifest, tmp_path: Path, changed: dict[str, Any]
) -> None:
    recipe = replace(RECIPE, games=replace(RECIPE.games, **changed))
    other = played(CHUNK, kind, player, tmp_path, recipe)
    assert other["games_sha256"] != first["games_sha256"]


def test_room_for_more_games_than_there_are_changes_nothing(
    kind: TaskKind, player: Model, tmp_path: Path
) -> None:
    found = set()
    for room in (10, 64):
        recipe = replace(RECIPE, games=replace(RECIPE.games, side_by_side=room))
        found.add(played(CHUNK, kind, player, tmp_path / str(room), recipe)["games_sha256"])
    assert len(found) == 1


def test_what_only_the_fit_reads_changes_no_game(
    kind: TaskKind, player: Model, first: Manifest, tmp_path: Path
) -> None:
    recipe = replace(RECIPE, window=3, halving=4, chunk=10, value_from_search=0.7)
    assert played(CHUNK, kind, player, tmp_path, recipe)["games_sha256"] == first["games_sha256"]


def test_schedules_change_how_later_iterations_play() -> None:
    recipe = replace(RECIPE, noise=Schedule(0.3, 0.1, 3), temperature=Schedule(1.0, 0.5, 2))
    shares = [recipe.games_of(iteration).noise_share for iteration in (1, 2, 3, 9)]
    assert shares == pytest.approx([0.3, 0.2, 0.1, 0.1])
    assert [recipe.games_of(n).temperature for n in (1, 2, 9)] == [1.0, 0.5, 0.5]
    assert RECIPE.games_of(9) == RECIPE.games


def test_a_chunk_whose_shard_is_on_disk_is_not_played_again(
    kind: TaskKind, player: Model, tmp_path: Path
) -> None:
    played(CHUNK, kind, player, tmp_path)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()}
    told: list[int] = []
    play_chunk(CHUNK, kind, player, RECIPE, tmp_path, told.append)
    assert told == []
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()} == before


def test_columns_without_a_manifest_are_played_again(
    kind: TaskKind, player: Model, first: Manifest, tmp_path: Path
) -> None:
    # that is what a kill between the two files leaves
    played(CHUNK, kind, player, tmp_path)
    (tmp_path / f"{CHUNK.name}.json").unlink()
    again = played(CHUNK, kind, player, tmp_path)
    assert again["games_sha256"] == first["games_sha256"]


def test_a_shard_tells_where_it_belongs_and_what_it_took(
    kind: TaskKind, player: Model, catalogue: Catalogue, tmp_path: Path
) -> None:
    told: list[int] = []
    ticks = iter([5.0, 7.5])
    play_chunk(CHUNK, kind, player, RECIPE, tmp_path, told.append, lambda: next(ticks))
    path = tmp_path / f"{CHUNK.name}.json"
    shard = load_shard(path, catalogue)
    assert (shard.kind, shard.iteration, shard.seed) == (FOUR, 3, 7)
    assert shard.weights_version == player.card.weights_version
    assert shard.cpu_seconds == 2.5
    assert told == list(range(1, 11))
    read = read_played([path])
    assert read.games == len(shard.runs) == 10
    assert read.evaluations == sum(run.evaluations for run in shard.runs) > 0
    assert read.hashes() == {CHUNK.name: load_manifest(path)["games_sha256"]}
    assert read.cpu_seconds([CHUNK.name]) == 2.5
    assert read.cpu_seconds([]) == 0.0
    figures = read.figures()
    assert figures["simulations"] == sum(8 * len(run.actions) for run in shard.runs)
    assert figures["mean_length"] == pytest.approx(sum(len(run.actions) for run in shard.runs) / 10)


def test_chunks_of_an_iteration_start_from_different_positions(
    kind: TaskKind, player: Model, tmp_path: Path
) -> None:
    recipe = replace(RECIPE, opening_share=0.0)
    tasks = [
        task
        for chunk in cut(6, 12)
        for task in played(chunk, kind, player, tmp_path, recipe)["task_of_run"]
    ]
    assert len(set(tasks)) == len(tasks) == 12


@pytest.mark.parametrize("name", [FOUR, "search/tictactoe"])
@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_its_share_of_the_games_starts_from_the_empty_board(
    catalogue: Catalogue, name: str, share: float
) -> None:
    kind = catalogue[name]
    recipe = replace(RECIPE, opening_share=share, games=GameConfig(simulations=2))
    runs = play(kind, random_net(kind), recipe, 8, level=0.0, first=0, seed=1)
    environment = environment_of(kind)
    starts = [environment.initial(run.task) for run in runs]
    assert sum(not any(start) for start in starts) == round(8 * share)
