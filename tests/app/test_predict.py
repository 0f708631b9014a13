"""`/predict`: one decision of a network, by the network."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neural.model_store import ModelStore
from tasks.math.equations import EquationsKind
from tasks.search.tictactoe import TicTacToeKind
from tests.app.conftest import RunningServer, running

KIND = TicTacToeKind()


def observation(board: str) -> list[float]:
    environment = KIND.environment
    assert environment is not None
    task = KIND.parse(f"tic-tac-toe {board}")
    assert task is not None
    return [float(x) for x in environment.observe(environment.initial(task))]


def predicted(server: RunningServer, **body: Any) -> Any:
    reply = server.client.post("/predict", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_prediction_is_the_networks_own(served: RunningServer) -> None:
    environment = KIND.environment
    task = KIND.parse("tic-tac-toe XO..X...O")
    assert environment is not None
    assert task is not None
    net = served.services.nets.evaluator(KIND)
    assert net is not None
    (evaluation,) = net.judge(environment, [environment.initial(task)])
    told = predicted(served, state=observation("XO..X...O"), temperature=0)
    assert set(told) == {"action", "confidence", "value", "latency_ms"}
    assert told["action"] == int(evaluation.priors.argmax())
    assert told["value"] == pytest.approx(evaluation.value, abs=1e-6)
    assert told["confidence"] == pytest.approx(evaluation.confidence, abs=1e-6)
    assert told["latency_ms"] > 0


def test_drawn_actions_follow_the_priors_and_are_legal(served: RunningServer) -> None:
    state = observation("XO..X...O")
    drawn = {predicted(served, state=state, seed=seed)["action"] for seed in range(40)}
    assert len(drawn) > 1
    assert drawn <= {2, 3, 5, 6, 7}
    assert predicted(served, state=state, seed=7) | {"latency_ms": 0} == predicted(
        served, state=state, seed=7
    ) | {"latency_ms": 0}


def test_nested_state_is_read_row_by_row(served: RunningServer) -> None:
    state = observation("XO..X...O")
    nested = np.reshape(state, (3, 9)).tolist()
    flat = predicted(served, state=state, temperature=0)
    assert predicted(served, state=nested, temperature=0)["value"] == flat["value"]


def test_wrong_length_names_the_expected_one(served: RunningServer) -> None:
    reply = served.client.post("/predict", json={"state": [0.0] * 9})
    assert reply.status_code == 422
    assert "9 numbers" in reply.json()["detail"]
    assert "expects 27" in reply.json()["detail"]


def test_finished_game_has_no_move(served: RunningServer) -> None:
    won = [0.0] * 27
    for cell in range(9):  # XXX/OO./...: O is to move and has lost
        won[cell + (0 if cell in (3, 4) else 9 if cell in (0, 1, 2) else 18)] = 1.0
    reply = served.client.post("/predict", json={"state": won})
    assert reply.status_code == 422
    assert "over" in reply.json()["detail"]


def test_kind_whose_observation_hides_what_is_legal_asks_for_it(served: RunningServer) -> None:
    kind = EquationsKind()
    environment = kind.environment
    assert environment is not None
    state = environment.initial(kind.generate(0, 0.5, "test"))
    body = {"state": environment.observe(state).tolist(), "model": "math/equations"}
    refused = served.client.post("/predict", json=body)
    assert (refused.status_code, refused.json()["param"]) == (422, "legal")
    legal = environment.legal(state)
    told = predicted(served, **body, legal=legal.tolist(), temperature=0)
    assert legal[told["action"]]


def test_concurrent_callers_share_forward_passes(served: RunningServer) -> None:
    net = served.services.nets.evaluator(KIND)
    assert net is not None
    passes, states = net.batcher.passes, net.batcher.states
    state = observation("XO..X...O")
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda _: predicted(served, state=state, temperature=0), range(60)))
    assert len({t["value"] for t in told}) == 1
    assert net.batcher.states - states == 60
    assert net.batcher.passes - passes <= 60


def test_damaged_weights_are_said_with_what_to_do(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        models = ModelStore(tmp_path)
        random = models.active(KIND)
        model = replace(random, card=replace(random.card, name="damaged"))
        name = models.add(model)
        models.use(name, [KIND])
        (weights,) = tmp_path.rglob(f"{name}.safetensors")
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(data)
        reply = server.client.post("/predict", json={"state": observation("XO..X...O")})
        assert (reply.status_code, reply.json()["code"]) == (503, "weights_not_usable")
        assert "damaged" in reply.json()["detail"]
        assert server.client.get("/health").status_code == 200
