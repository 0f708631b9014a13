import asyncio
import dataclasses

import numpy as np
import pytest
import torch
from slot_game import TICTACTOE, SlotGame, SlotKind, board_states, slot_states

from neural.calibration import UNCALIBRATED, Calibration
from neural.inference import NetEvaluator
from neural.model_files import (
    BrokenWeightsError,
    Card,
    Model,
    StaleWeightsError,
    random_model,
)
from neural.policy_value import ShapeError

CALIBRATED = Calibration(1.7, (2.0, 1.0, -1.0), 0.3, 500, 0.02, 0.1)
GAMES = {"board": TICTACTOE.environment, "slots": SlotGame()}
STATES = {"board": board_states(260), "slots": slot_states(260)}


def evaluator(which: str, calibration: Calibration = CALIBRATED) -> NetEvaluator:
    kind = TICTACTOE if which == "board" else SlotKind()
    model = random_model(kind.name, kind.environment, 4)
    return NetEvaluator(Model(model.net, dataclasses.replace(model.card, calibration=calibration)))


def arrays(which: str, count: int):
    game = GAMES[which]
    states = STATES[which][:count]
    return np.stack([game.observe(s) for s in states]), np.stack([game.legal(s) for s in states])


@pytest.mark.parametrize("which", GAMES)
@pytest.mark.parametrize("count", [1, 5, 256])
def test_batch_gives_masked_float32_priors_and_values_in_range(which: str, count: int) -> None:
    observations, legal = arrays(which, count)
    priors, values = evaluator(which).evaluate_batch(observations, legal)
    assert (priors.shape, values.shape) == (legal.shape, (count,))
    assert (priors.dtype, values.dtype) == (np.float32, np.float32)
    assert priors.flags.c_contiguous
    assert values.flags.c_contiguous
    assert (priors[~legal] == 0).all()
    assert (priors[legal] > 0).all()
    assert priors.sum(1) == pytest.approx(np.ones(count), abs=1e-5)
    assert np.abs(values).max() <= 1


@pytest.mark.parametrize("which", GAMES)
def test_batch_agrees_with_the_net_and_its_calibration(which: str) -> None:
    judge = evaluator(which)
    kind = TICTACTOE if which == "board" else SlotKind()
    net = random_model(kind.name, kind.environment, 4).net
    observations, legal = arrays(which, 50)
    with torch.no_grad():
        logits, values = net(torch.from_numpy(observations))
    priors, judged = judge.evaluate_batch(observations, legal)
    assert priors == pytest.approx(CALIBRATED.priors(logits.numpy(), legal), abs=1e-6)
    assert judged == pytest.approx(values.numpy(), abs=1e-6)


@pytest.mark.parametrize("which", GAMES)
def test_a_state_is_judged_the_same_alone_and_in_any_batch(which: str) -> None:
    # to the last bit: a replayed run must meet the numbers of the first, whoever else asked then
    judge = evaluator(which)
    observations, legal = arrays(which, 260)
    priors, values = judge.evaluate_batch(observations, legal)
    for start, count in [(0, 1), (7, 1), (3, 2), (1, 5), (2, 31), (0, 64), (5, 200), (0, 257)]:
        part = slice(start, start + count)
        alone_priors, alone_values = judge.evaluate_batch(observations[part], legal[part])
        assert np.array_equal(alone_priors, priors[part])
        assert np.array_equal(alone_values, values[part])


def test_an_evaluation_carries_confidence_signals_source_and_time() -> None:
    judge = evaluator("board")
    states = STATES["board"][:3]
    evaluations = judge.judge(GAMES["board"], states)
    observations, legal = arrays("board", 3)
    priors, values = judge.evaluate_batch(observations, legal)
    confidence = CALIBRATED.confidence(priors, legal)
    for row, one in enumerate(evaluations):
        assert np.array_equal(one.priors, priors[row])
        assert one.value == values[row]
        assert one.confidence == pytest.approx(confidence[row])
        assert one.signals["top"] == priors[row].max()
        assert set(one.signals) == {"top", "margin", "entropy"}
        assert one.source == f"net:search/tictactoe@{judge.version}"
        assert 0 < one.seconds < 1
        assert one.dollars == 0


def test_random_weights_are_never_confident() -> None:
    evaluations = evaluator("board", UNCALIBRATED).judge(GAMES["board"], STATES["board"][:20])
    assert [one.confidence for one in evaluations] == [0.0] * 20


def test_a_search_is_trusted_by_its_own_map_and_not_by_that_of_the_priors() -> None:
    model = random_model("search/tictactoe", GAMES["board"], 0)
    searched = Calibration(1.0, (4.0, 0.0, 0.0), -2.0, 100)
    card = dataclasses.replace(model.card, search_calibration=searched)
    judge, legal = NetEvaluator(Model(model.net, card)), np.ones(9, bool)
    visits = np.array([0, 75, 25, 0, 0, 0, 0, 0, 0])
    assert judge.search_confidence(visits, legal) == pytest.approx(1 / (1 + np.exp(-1.0)))
    assert NetEvaluator(model).search_confidence(visits, legal) == 0.0
    assert Card.from_json(card.to_json()) == card


def test_no_states_give_no_evaluations() -> None:
    judge = evaluator("board")
    assert judge.judge(GAMES["board"], []) == []
    assert asyncio.run(judge.evaluate(GAMES["board"], [])) == []


async def test_a_hundred_callers_get_what_each_would_get_alone_in_few_passes() -> None:
    judge = evaluator("slots")
    states = STATES["slots"][:100]
    together = await asyncio.gather(*(judge.evaluate(GAMES["slots"], [s]) for s in states))
    alone = [judge.judge(GAMES["slots"], [s]) for s in states]
    for (one,), (other,) in zip(together, alone, strict=True):
        assert np.array_equal(one.priors, other.priors)
        assert (one.value, one.confidence) == (other.value, other.confidence)
    assert judge.batcher.states == 100
    assert judge.batcher.passes <= 20


async def test_one_caller_with_many_states_gets_them_in_order() -> None:
    judge = evaluator("board")
    together = await judge.evaluate(GAMES["board"], STATES["board"])
    alone = judge.judge(GAMES["board"], STATES["board"])
    assert [e.value for e in together] == [e.value for e in alone]


async def test_a_caller_with_a_finished_game_fails_alone() -> None:
    judge = evaluator("slots")
    outcomes = await asyncio.gather(
        *(judge.evaluate(GAMES["slots"], [s]) for s in [(1, 2, 3, 4, 1), (0,) * 5, (4,) * 5]),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], ShapeError)
    assert [len(outcomes[0]), len(outcomes[2])] == [1, 1]


def test_a_row_without_a_legal_action_is_refused_by_number() -> None:
    observations, legal = arrays("board", 6)
    legal[4] = False
    with pytest.raises(ShapeError, match="row 4"):
        evaluator("board").evaluate_batch(observations, legal)


def test_arrays_of_another_shape_are_refused() -> None:
    observations, legal = arrays("board", 6)
    with pytest.raises(ShapeError, match=r"\[B, 9\]"):
        evaluator("board").evaluate_batch(observations, legal[:, :8])
    with pytest.raises(ShapeError, match="observations"):
        evaluator("board").evaluate_batch(observations[:, :20], legal)


def test_a_net_that_gives_no_numbers_is_refused() -> None:
    model = random_model("search/tictactoe", GAMES["board"], 0)
    with torch.no_grad():
        model.net.value.bias.fill_(torch.nan)
    with pytest.raises(BrokenWeightsError, match="no numbers"):
        NetEvaluator(model).evaluate_batch(*arrays("board", 4))


def test_an_environment_of_another_version_is_refused_with_the_command() -> None:
    changed = SlotGame()
    changed.version = "counters-2"
    with pytest.raises(StaleWeightsError, match="self-play --kind test/counters"):
        evaluator("slots").judge(changed, STATES["slots"][:1])


def test_training_the_net_on_does_not_change_an_evaluator_made_before() -> None:
    model = random_model("search/tictactoe", GAMES["board"], 0)
    judge = NetEvaluator(model)
    before = judge.evaluate_batch(*arrays("board", 8))
    with torch.no_grad():
        for parameter in model.net.parameters():
            parameter.zero_()
    after = judge.evaluate_batch(*arrays("board", 8))
    assert np.array_equal(before[0], after[0])
    assert np.array_equal(before[1], after[1])
