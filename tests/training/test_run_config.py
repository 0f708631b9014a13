"""A checkpoint says what its run was asked to do, and a resumed run what is different now."""

import json
from dataclasses import replace
from pathlib import Path

from neural.model_store import ModelStore
from tasks.catalogue import default_catalogue
from training.selfplay.checkpoint import load_checkpoint, newest_checkpoint
from training.selfplay.config import LoopConfig, changes
from training.selfplay.loop import SelfPlay
from training.selfplay.recipes import Recipe, recipe_for

GAME = "search/tictactoe"
KINDS = default_catalogue()


def small(**recipe: int) -> LoopConfig:
    whole = recipe_for(KINDS[GAME])
    games = replace(whole.games, simulations=8)
    compare = replace(whole.compare, moves=30, openings=4)
    own: Recipe = replace(whole, games=games, compare=compare, calibration_tasks=20, **recipe)
    return LoopConfig(kinds=(GAME,), games=6, seed=3, fresh=True, recipes={GAME: own})


def test_a_checkpoint_holds_the_whole_configuration(tmp_path: Path) -> None:
    run = SelfPlay(small(), KINDS, tmp_path)
    run.iterate()
    newest = newest_checkpoint(tmp_path / "checkpoints")
    assert newest is not None
    kept = load_checkpoint(newest, KINDS).config
    assert kept == json.loads(json.dumps(small().to_json(KINDS)))
    assert kept["recipes"][GAME]["games"]["simulations"] == 8


def test_a_resumed_run_says_what_is_asked_otherwise(tmp_path: Path) -> None:
    SelfPlay(small(), KINDS, tmp_path).iterate()
    assert SelfPlay(small(), KINDS, tmp_path).changed == []
    other = SelfPlay(replace(small(window=2), games=9), KINDS, tmp_path)
    assert other.changed == [
        "games was 6 and is 9",
        f"recipes.{GAME}.window was 15 and is 2",
    ]


def test_the_command_is_no_change() -> None:
    now = small().to_json(KINDS)
    assert changes(now, {**now, "command": "another"}) == []


def test_schedules_go_on_where_the_first_champion_stopped(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "home")
    kind = KINDS[GAME]
    trained = int(store.active(kind).card.training["iterations"])
    run = SelfPlay(replace(small(), fresh=False), KINDS, tmp_path / "run", store)
    assert run.state.kinds[GAME].age(1) == trained + 1
    assert SelfPlay(small(), KINDS, tmp_path / "fresh").state.kinds[GAME].age(1) == 1
