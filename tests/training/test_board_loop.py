"""Training on a board: small runs of connect four that learn, stop, go on, and promote by games."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from neural.model_files import Model, load_model
from neural.model_store import ModelStore
from neural.policy_value import NetShape, PolicyValueNet, fresh_net
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from tests.training.four_players import FOUR, NARROW, plain, stubborn
from training.calibrate import bare_model
from training.fit import FitConfig
from training.gate import GateConfig, run_gate
from training.selfplay.config import LoopConfig
from training.selfplay.games import GameConfig
from training.selfplay.loop import SelfPlay
from training.selfplay.provenance import reference_loss
from training.selfplay.recipes import Recipe
from training.selfplay.shards import load_manifest
from training.selfplay.state import KindState
from training.solving import environment_of

GATE = GateConfig(simulations=24, max_pairs=100, batch_pairs=16, precision="float32")
RECIPE = Recipe(
    games=GameConfig(simulations=4, side_by_side=4),
    rehearsal_share=0.5,
    value_from_search=0.5,
    player="learner",
    chunk=5,
    warm_up=1,
    halving=2,
    gate=replace(GATE, max_pairs=2),
    gate_every=2,
    calibration_tasks=28,
    fit=FitConfig(
        epochs=1, batch_size=32, learning_rate=3e-3, schedule="constant", held_out_share=0.02
    ),
)
Start = Callable[[Path], SelfPlay]


@pytest.fixture(scope="module")
def kind(catalogue: Catalogue) -> TaskKind:
    return catalogue[FOUR]


def store_with(net: PolicyValueNet, kind: TaskKind, home: Path) -> ModelStore:
    """Return a store whose live net is a narrow one, which a run then begins with."""
    store = ModelStore(home, shipped=home)
    store.use(store.add(bare_model(kind, net)), [kind])
    return store


def run_in(
    folder: Path,
    kind: TaskKind,
    catalogue: Catalogue,
    recipe: Recipe = RECIPE,
    *,
    net: PolicyValueNet | None = None,
    games: int = 12,
    seed: int = 3,
) -> SelfPlay:
    """Start a run in a folder, or go on with the one that is there."""
    home = folder / "home"
    begun = (home / "models").exists()
    first = net if net is not None else plain()
    store = ModelStore(home, shipped=home) if begun else store_with(first, kind, home)
    config = LoopConfig(
        kinds=(FOUR,), games=games, seed=seed, recipes={FOUR: recipe}, command="test"
    )
    return SelfPlay(config, catalogue, folder, store)


@pytest.fixture(scope="module")
def whole(
    kind: TaskKind, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> tuple[SelfPlay, Path]:
    """Three iterations that nothing interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    run = run_in(folder, kind, catalogue)
    for _ in range(3):
        run.iterate()
    return run, folder


@pytest.fixture(scope="module")
def parts(
    kind: TaskKind, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> tuple[SelfPlay, Path]:
    """The same run, given up after the first iteration and after the games of the second."""
    folder = tmp_path_factory.mktemp("parts")
    run_in(folder, kind, catalogue).iterate()
    run_in(folder, kind, catalogue).play()
    run = run_in(folder, kind, catalogue)
    assert run.resumed
    assert run.state.iteration == 1
    for _ in range(2):
        run.iterate()
    return run, folder


def learners(folder: Path, kind: TaskKind) -> list[Model]:
    paths = sorted((folder / "learners" / "search-connect_four").glob("*.json"))
    assert [path.stem for path in paths] == [f"iteration-{n:04d}" for n in range(len(paths))]
    return [load_model(path, environment_of(kind)) for path in paths]


def versions(folder: Path, kind: TaskKind) -> list[str]:
    return [model.card.weights_version for model in learners(folder, kind)]


def shards(folder: Path) -> dict[str, dict[str, Any]]:
    paths = sorted((folder / "shards").glob("*.json"))
    return {path.stem: load_manifest(path) for path in paths}


def same_tensors(one: Any, other: Any) -> bool:
    """Compare nested dictionaries and lists of tensors and numbers, bit by bit."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same_tensors(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same_tensors, one, other))
    if isinstance(one, torch.Tensor) or isinstance(other, torch.Tensor):
        return torch.equal(torch.as_tensor(one), torch.as_tensor(other))
    return bool(one == other)


def test_every_iteration_leaves_another_net_that_loads(
    whole: tuple[SelfPlay, Path], kind: TaskKind
) -> None:
    run, folder = whole
    assert len(set(versions(folder, kind))) == len(learners(folder, kind)) == 4
    last = learners(folder, kind)[-1]
    assert same_tensors(last.net.state_dict(), run.state.kinds[FOUR].learner.state_dict())
    assert last.net.shape == NARROW


def test_cards_count_games_evaluations_and_processor_time(
    whole: tuple[SelfPlay, Path], kind: TaskKind
) -> None:
    run, folder = whole
    cards = [model.card.training for model in learners(folder, kind)]
    assert cards[0] == {}  # the live net of this test tells nothing of itself
    assert [card["iterations"] for card in cards[1:]] == [1, 2, 3]
    assert [card["games"] for card in cards[1:]] == [4, 16, 28]
    for name in ("evaluations", "cpu_seconds"):
        figures = [card[name] for card in cards[1:]]
        assert 0 < figures[0] < figures[1] < figures[2]
    assert {card["command"] for card in cards[1:]} == {"test"}
    known = run.state.kinds[FOUR]
    assert cards[3]["evaluations"] == known.evaluations
    assert sum(len(m["ids"]) for m in shards(folder).values()) == known.games == 28
    assert [record["cpu_seconds"] for record in run.state.history][-1] == known.cpu_seconds


def test_the_first_iterations_play_a_third_of_the_games(whole: tuple[SelfPlay, Path]) -> None:
    run, folder = whole
    assert [record["games"] for record in run.state.history] == [4, 12, 12]
    assert [len(manifest["ids"]) for manifest in shards(folder).values()] == [4, 5, 5, 2, 5, 5, 2]
    assert run.state.kinds[FOUR].tasks_drawn == 28


def test_each_iteration_is_played_by_the_learner_of_the_one_before(
    whole: tuple[SelfPlay, Path], kind: TaskKind
) -> None:
    _, folder = whole
    before = versions(folder, kind)
    for manifest in shards(folder).values():
        assert manifest["weights_version"] == before[manifest["iteration"] - 1]


def test_a_champion_that_plays_is_the_champion(
    kind: TaskKind, catalogue: Catalogue, tmp_path: Path
) -> None:
    run = run_in(tmp_path, kind, catalogue, replace(RECIPE, player="champion", gate_every=9))
    for _ in range(2):
        run.iterate()
    start = versions(tmp_path, kind)[0]
    assert {m["weights_version"] for m in shards(tmp_path).values()} == {start}


def test_the_learning_rate_falls_by_half_over_the_halving(
    kind: TaskKind, catalogue: Catalogue, tmp_path: Path
) -> None:
    rates = []
    for _ in range(3):
        run = run_in(tmp_path, kind, catalogue, games=3)  # resumed: it comes from the iteration
        run.iterate()
        optimiser = run.state.kinds[FOUR].optimiser
        assert optimiser is not None
        rates.append(optimiser["param_groups"][0]["lr"])
    assert rates == pytest.approx([3e-3, 3e-3 / 2**0.5, 3e-3 / 2])
    assert replace(RECIPE, halving=0).fit_of(30) == RECIPE.fit


def test_the_optimiser_goes_on_where_it_was(whole: tuple[SelfPlay, Path]) -> None:
    run, _ = whole
    optimiser = run.state.kinds[FOUR].optimiser
    assert optimiser is not None
    steps = sum(record["fit"]["steps"] for record in run.state.history)
    assert {float(values["step"]) for values in optimiser["state"].values()} == {steps}


def test_the_start_is_noted_once_and_kept(
    whole: tuple[SelfPlay, Path], parts: tuple[SelfPlay, Path], kind: TaskKind
) -> None:
    for run, folder in (whole, parts):
        noted = run.state.kinds[FOUR].provenance
        first = {n: m["games_sha256"] for n, m in shards(folder).items() if m["iteration"] <= 2}
        assert noted["shards"] == first
        names = ("iteration-0001", "iteration-0002")
        assert noted["learners"] == dict(zip(names, versions(folder, kind)[1:3], strict=True))
        assert noted["loss"] == reference_loss(kind, learners(folder, kind)[2].net)
        assert noted["loss"] != reference_loss(kind, fresh_net(NARROW, 0))
        assert noted["played"]["games"] == 4 + 12
        assert (noted["seed"], noted["games"]) == (3, 12)
        later = [model.card.training["provenance"] for model in learners(folder, kind)[3:]]
        assert later == [noted]
    assert whole[0].state.kinds[FOUR].provenance == parts[0].state.kinds[FOUR].provenance


def test_a_run_in_parts_is_the_run_in_a_piece_bit_by_bit(
    whole: tuple[SelfPlay, Path], parts: tuple[SelfPlay, Path], kind: TaskKind
) -> None:
    assert versions(whole[1], kind) == versions(parts[1], kind)
    hashes = [{n: m["games_sha256"] for n, m in shards(f).items()} for _, f in (whole, parts)]
    assert hashes[0] == hashes[1]
    one, other = (run.state.kinds[FOUR] for run, _ in (whole, parts))
    assert same_tensors(one.optimiser, other.optimiser)
    assert one.rating == other.rating
    for name in ("comparison", "rating", "evaluations", "policy_examples"):
        first, second = (
            [without_time(r[name]) for r in r_.state.history] for r_, _ in (whole, parts)
        )
        assert first == second


def without_time(figure: Any) -> Any:
    """Return a figure without what is never the same twice."""
    if not isinstance(figure, dict):
        return figure
    timed = ("cpu_seconds", "efficiency")
    return {key: without_time(value) for key, value in figure.items() if key not in timed}


def test_another_seed_is_another_run(
    whole: tuple[SelfPlay, Path], kind: TaskKind, catalogue: Catalogue, tmp_path: Path
) -> None:
    run_in(tmp_path, kind, catalogue, seed=4).iterate()
    assert versions(tmp_path, kind)[0] == versions(whole[1], kind)[0]
    assert versions(tmp_path, kind)[1] != versions(whole[1], kind)[1]


def test_a_checkpoint_gives_back_the_whole_state(
    whole: tuple[SelfPlay, Path], kind: TaskKind, catalogue: Catalogue
) -> None:
    run, folder = whole
    again = run_in(folder, kind, catalogue)
    assert again.resumed
    assert (again.state.seed, again.state.iteration) == (3, 3)
    assert again.state.history == run.state.history
    one, other = run.state.kinds[FOUR], again.state.kinds[FOUR]
    assert same_tensors(one.learner.state_dict(), other.learner.state_dict())
    assert same_tensors(one.optimiser, other.optimiser)
    assert one.champion.card == other.champion.card
    assert figures(one) == figures(other)
    assert again.buffered == 28


def figures(known: KindState) -> dict[str, Any]:
    own = ("champion", "learner", "optimiser")
    return {name: getattr(known, name) for name in KindState.__slots__ if name not in own}


def test_the_gate_is_asked_every_second_iteration(whole: tuple[SelfPlay, Path]) -> None:
    comparisons = [record["comparison"] for record in whole[0].state.history]
    assert ["gate" in comparison for comparison in comparisons] == [False, True, False]
    assert comparisons[1]["gate"]["pairs"] == 2
    assert not any(comparison["accepted"] for comparison in comparisons)  # 2 pairs show nothing


def test_a_winner_is_champion_best_and_live(
    kind: TaskKind, catalogue: Catalogue, tmp_path: Path
) -> None:
    gently = replace(RECIPE.fit, learning_rate=1e-4)  # four games teach little that is true
    recipe = replace(RECIPE, gate=GATE, gate_every=1, fit=gently)
    run = run_in(tmp_path, kind, catalogue, recipe, net=stubborn())
    known = run.state.kinds[FOUR]
    known.learner = plain()
    (record,) = run.iterate()
    learner = learners(tmp_path, kind)[1].card
    assert record["comparison"]["accepted"]
    assert record["weights_version"] == learner.weights_version
    champion = run_in(tmp_path, kind, catalogue).state.kinds[FOUR].champion.card
    assert champion.weights_version == learner.weights_version
    assert champion.calibration.n >= 20
    assert champion.training["games"] == 4
    assert known.rating == record["rating"] > 0.0
    best = tmp_path / "best" / "search-connect_four" / f"{champion.name}.json"
    assert load_model(best, environment_of(kind)).card == champion
    live = ModelStore(tmp_path / "home", shipped=tmp_path).active(kind)
    assert live.card.weights_version == champion.weights_version
    assert record["released"].startswith(f"{champion.name} is live: better")


def test_a_loser_leaves_the_champion_and_goes_on_learning(
    kind: TaskKind, catalogue: Catalogue, tmp_path: Path
) -> None:
    run = run_in(tmp_path, kind, catalogue, replace(RECIPE, gate=GATE, gate_every=1))
    known = run.state.kinds[FOUR]
    champion, known.learner = known.champion.card, stubborn()
    (record,) = run.iterate()
    assert not record["comparison"]["accepted"]
    assert record["released"] == ""
    assert known.champion.card == champion
    assert known.rating == 0.0 > record["rating"]
    assert not (tmp_path / "best").exists()
    assert learners(tmp_path, kind)[1].card.weights_version == record["weights_version"]
    run.iterate()
    assert len(set(versions(tmp_path, kind))) == 3


@pytest.mark.slow
def test_a_few_iterations_beat_random_weights_through_the_gate(
    kind: TaskKind, catalogue: Catalogue, tmp_path: Path
) -> None:
    """Three iterations of 120 games make a net that wins two games in three from its start."""
    shape = NetShape("board", (4, 6, 7), 7, width=16, depth=2)
    recipe = replace(
        RECIPE,
        games=GameConfig(simulations=16, side_by_side=64, temperature_moves=6),
        rehearsal_share=0.6,
        chunk=40,
        warm_up=0,
        halving=0,
        gate_every=100,
        fit=FitConfig(epochs=3, batch_size=64, learning_rate=4e-3, held_out_share=0.02),
    )
    start = fresh_net(shape, 1)
    run = run_in(tmp_path, kind, catalogue, recipe, net=start, games=120, seed=1)
    for _ in range(3):
        run.iterate()
    random, trained = bare_model(kind, start), bare_model(kind, run.state.kinds[FOUR].learner)
    config = replace(GATE, simulations=8, max_pairs=300)
    up = run_gate(kind, random, trained, config, 7)
    down = run_gate(kind, trained, random, config, 7)
    assert (up.outcome, down.outcome) == ("accepted", "rejected")
    assert up.score > 0.6
    values = [record["fit"]["after"]["value"] for record in run.state.history]
    assert values[-1] < values[0]


def test_a_run_taken_back_learns_from_no_game_of_its_former_future(
    tmp_path: Path, kind: TaskKind, catalogue: Catalogue
) -> None:
    run = run_in(tmp_path, kind, catalogue)
    for _ in range(3):
        run.iterate()
    for number in (2, 3):
        shutil.rmtree(tmp_path / f"checkpoints/iteration-{number:04d}")
    other = replace(RECIPE, fit=replace(RECIPE.fit, learning_rate=1e-3))
    again = run_in(tmp_path, kind, catalogue, other)
    for _ in range(2):
        again.iterate()
    players = versions(tmp_path, kind)
    for manifest in shards(tmp_path).values():
        assert manifest["weights_version"] == players[manifest["iteration"] - 1]
    assert list((tmp_path / "shards").glob("iteration-0003-*.corrupt-1"))  # kept, not learned from
