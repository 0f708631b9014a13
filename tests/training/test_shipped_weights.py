"""The weights in the box: small, described, confident, and right where it can be checked."""

from __future__ import annotations

import numpy as np
import pytest

from neural.inference import NetEvaluator
from neural.model_files import random_model
from neural.model_store import SHIPPED, ModelStore
from tasks.catalogue import default_catalogue
from tasks.protocol import TaskKind
from tasks.search.tictactoe_generator import positions
from tasks.search.tictactoe_grader import mover, winner
from tasks.search.tictactoe_rules import board_from_text
from training.solving import environment_of, fixed_tasks, observe, solve_alone

LEARNED = [kind.name for kind in default_catalogue().learned()]


@pytest.mark.parametrize("name", LEARNED)
def test_the_card_says_how_the_weights_were_made(name: str) -> None:
    kind = default_catalogue()[name]
    card = ModelStore(None).active(kind).card
    assert card.environment_version == environment_of(kind).version
    made = ("python tools/make_weights.py --kind", "python -m training.cli self-play --kind")
    assert card.training["command"].startswith(made)
    assert card.training["games"] == sum(card.training["episodes_by_source"].values()) > 1000
    assert {"seed", "seconds", "code_version", "metrics"} <= set(card.training)
    assert card.calibration.is_fitted


def test_all_of_it_is_under_two_megabytes() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 2_000_000


def test_the_network_alone_solves_most_equations_and_knows_it(equations: TaskKind) -> None:
    model = ModelStore(None).active(equations)
    evaluator = NetEvaluator(model)
    tasks = fixed_tasks(equations, "test", 60, high=0.7, first=900_000)
    runs = solve_alone(equations, evaluator, tasks)
    confident = 0
    for run in runs:
        observations, legal = observe(environment_of(equations), run.states[: len(run.actions)])
        priors, _ = evaluator.evaluate_batch(observations, legal)
        confident += model.card.calibration.confidence(priors, legal).min() >= 0.8
    assert sum(run.passed for run in runs) >= 57
    assert confident >= 57


def test_the_network_alone_never_loses_a_line_of_tictactoe(tictactoe: TaskKind) -> None:
    evaluator = NetEvaluator(ModelStore(None).active(tictactoe))
    texts = [text for split in ("train", "calibration", "test") for text in positions(split)]
    boards = [board_from_text(text) for text in texts]
    priors, _ = evaluator.evaluate_batch(*observe(environment_of(tictactoe), boards))
    choices = dict(zip(texts, priors.argmax(1).tolist(), strict=True))
    assert sum(lost_lines(choices, seat) for seat in "XO") == 0
    noise = np.random.default_rng(0).random(priors.shape) * (priors > 0)
    worse = dict(zip(texts, noise.argmax(1).tolist(), strict=True))
    assert sum(lost_lines(worse, seat) for seat in "XO") > 50


def lost_lines(choices: dict[str, int], seat: str) -> int:
    """Count the lines of replies, of all there are, that end with a loss for the seat."""
    lost, open_boards = 0, ["." * 9]
    while open_boards:
        board = open_boards.pop()
        if winner(board) or "." not in board:
            lost += winner(board) not in ("", seat)
            continue
        free = [c for c in range(9) if board[c] == "."]
        cells = [choices[board]] if mover(board) == seat else free
        open_boards += [board[:c] + mover(board) + board[c + 1 :] for c in cells]
    return lost


def test_the_network_alone_keeps_the_value_of_most_connect_four_positions() -> None:
    kind = default_catalogue()["search/connect_four"]
    tasks = fixed_tasks(kind, "test", 80, high=0.6, first=900_000)
    shipped = NetEvaluator(ModelStore(None).active(kind))
    random = NetEvaluator(random_model(kind.name, environment_of(kind), 0))
    right, guessed = (
        sum(run.passed for run in solve_alone(kind, evaluator, tasks))
        for evaluator in (shipped, random)
    )
    assert right >= 74
    assert guessed <= 64


def test_half_the_bits_change_nearly_nothing_of_the_shipped_board_net() -> None:
    kind = default_catalogue()["search/connect_four"]
    environment = environment_of(kind)
    tasks = fixed_tasks(kind, "test", 400, first=800_000)
    seen = observe(environment, [environment.initial(task) for task in tasks])
    model = ModelStore(None).active(kind)
    exact, values = NetEvaluator(model).evaluate_batch(*seen)
    rough, rough_values = NetEvaluator(model, precision="bfloat16").evaluate_batch(*seen)
    logs = np.log(np.maximum(exact, 1e-12)) - np.log(np.maximum(rough, 1e-12))
    assert (exact * logs).sum(1).mean() < 0.001
    assert (exact.argmax(1) == rough.argmax(1)).mean() >= 0.985
    assert np.abs(values - rough_values).mean() < 0.01
