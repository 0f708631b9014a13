"""Board inference: bfloat16 beside float32, rows that do not see each other, joined callers."""

import asyncio
import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from four_nets import GAME, arrays, positions, stirred_model
from slot_game import TICTACTOE, board_states

from neural.calibration import Calibration
from neural.device import DeviceError, instruction_set, pick_precision
from neural.inference import BOARD_ROWS, NetEvaluator
from neural.model_files import BrokenWeightsError, Model, random_model, weights_version
from neural.policy_value import ShapeError
from tasks.search.connect_four_rules import Position, position_from_moves

STATES = positions(600)
FULL_COLUMN = position_from_moves("333333")  # six stones, no four in a row
NEEDS_BFLOAT16 = pytest.mark.skipif(
    "BF16" not in instruction_set(), reason="this processor does not compute in bfloat16"
)
PRECISIONS = ["float32", pytest.param("bfloat16", marks=NEEDS_BFLOAT16)]


def divergence(p: Any, q: Any) -> Any:
    """Return the Kullback-Leibler divergence of each row, `[B]`, in nats."""
    mass = p > 0
    return np.where(mass, p * np.log(np.where(mass, p, 1) / np.where(mass, q, 1)), 0).sum(1)


@pytest.mark.parametrize("scale", [0.3, 1.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_bfloat16_gives_nearly_the_priors_and_values_of_float32(seed: int, scale: float) -> None:
    model = stirred_model(seed, scale)
    observations, legal = arrays(STATES)
    exact = NetEvaluator(model).evaluate_batch(observations, legal)
    short = NetEvaluator(model, precision="bfloat16").evaluate_batch(observations, legal)
    apart = divergence(exact[0], short[0])
    assert apart.mean() < 1e-4
    assert apart.max() < 1e-2
    assert np.mean(exact[0].argmax(1) == short[0].argmax(1)) >= 0.985
    errors = np.abs(exact[1] - short[1])
    assert errors.mean() < 0.01
    assert errors.max() < 0.1
    assert not np.array_equal(exact[1], short[1])  # it is another computation


def test_parity_notices_a_net_that_is_another() -> None:
    observations, legal = arrays(STATES)
    one, other = (NetEvaluator(stirred_model(1, s)) for s in (1.0, 1.05))
    exact, changed = (e.evaluate_batch(observations, legal) for e in (one, other))
    assert divergence(exact[0], changed[0]).mean() > 1e-4
    assert np.abs(exact[1] - changed[1]).mean() > 0.01


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_position_is_judged_the_same_alone_and_in_any_batch(precision: str) -> None:
    judge = NetEvaluator(stirred_model(3), precision=precision)
    observations, legal = arrays(STATES)
    priors, values = judge.evaluate_batch(observations, legal)
    rng = np.random.default_rng(0)
    for count in [1, 1, 1, 2, 3, 7, 15, 16, 17, 31, 33, 100, BOARD_ROWS - 1, BOARD_ROWS + 1]:
        chosen = rng.permutation(len(STATES))[:count]  # other neighbours, another place
        found = judge.evaluate_batch(observations[chosen], legal[chosen])
        assert np.array_equal(found[0], priors[chosen])
        assert np.array_equal(found[1], values[chosen])


@pytest.mark.parametrize("precision", PRECISIONS)
def test_two_evaluators_of_one_model_agree_to_the_last_bit(precision: str) -> None:
    observations, legal = arrays(STATES[:50])
    twice = [
        NetEvaluator(stirred_model(3), precision=precision).evaluate_batch(observations, legal)
        for _ in range(2)
    ]
    assert np.array_equal(twice[0][0], twice[1][0])
    assert np.array_equal(twice[0][1], twice[1][1])


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_columns_without_room_get_nothing_and_the_others_the_whole(precision: str) -> None:
    judge = NetEvaluator(stirred_model(5), precision=precision)
    observations, legal = arrays([FULL_COLUMN, *STATES[:99]])
    priors, values = judge.evaluate_batch(observations, legal)
    assert not legal[0, 2]
    assert (priors.dtype, values.dtype) == (np.float32, np.float32)
    assert (priors[~legal] == 0).all()
    assert (priors[legal] > 0).all()
    assert priors.sum(1) == pytest.approx(np.ones(100), abs=1e-5)
    assert np.abs(values).max() <= 1


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_the_temperature_of_the_card_flattens_priors_and_leaves_values(temperature: float) -> None:
    calibration = Calibration(temperature, (2.0, 1.0, -1.0), 0.3, 500, 0.02, 0.1)
    plain, warm = stirred_model(6), stirred_model(6, calibration=calibration)
    observations, legal = arrays(STATES[:60])
    priors, values = NetEvaluator(warm).evaluate_batch(observations, legal)
    with torch.no_grad():
        logits, expected = plain.net(torch.from_numpy(observations))
    masked = np.where(legal, logits.numpy() / temperature, -np.inf)
    softmax = np.exp(masked - masked.max(1, keepdims=True))
    assert priors == pytest.approx(softmax / softmax.sum(1, keepdims=True), abs=1e-5)
    assert values == pytest.approx(expected.numpy(), abs=1e-5)
    sharper = NetEvaluator(plain).evaluate_batch(observations, legal)[0].max(1).mean()
    assert (priors.max(1).mean() > sharper) == (temperature < 1.0)


def test_evaluating_in_bfloat16_leaves_the_model_as_it_was() -> None:
    model = stirred_model(7)
    version = weights_version(model.net)
    NetEvaluator(model, precision="bfloat16").evaluate_batch(*arrays(STATES[:3]))
    assert weights_version(model.net) == version == model.card.weights_version


def test_auto_takes_bfloat16_only_where_the_processor_has_it() -> None:
    fits = torch.bfloat16 if instruction_set().endswith("+BF16") else torch.float32
    assert pick_precision("auto") == fits
    assert NetEvaluator(stirred_model(1), precision="auto").precision == fits
    assert NetEvaluator(stirred_model(1)).precision == torch.float32


def test_nets_without_convolutions_stay_in_float32() -> None:
    model = random_model(TICTACTOE.name, TICTACTOE.environment, 1)
    judges = [NetEvaluator(model, precision=name) for name in ("float32", "bfloat16")]
    found = [j.judge(TICTACTOE.environment, board_states(20)) for j in judges]
    assert [j.precision for j in judges] == [torch.float32] * 2
    assert [e.value for e in found[0]] == [e.value for e in found[1]]


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(DeviceError, match=r"float16.*expected auto"):
        NetEvaluator(stirred_model(1), precision="float16")


@pytest.mark.parametrize("precision", PRECISIONS)
async def test_a_hundred_callers_share_few_passes_and_get_what_each_would_alone(
    precision: str,
) -> None:
    judge = NetEvaluator(stirred_model(8), precision=precision)
    shares = [STATES[n : n + 1 + n % 3] for n in range(100)]
    together = await asyncio.gather(*(judge.evaluate(GAME, share) for share in shares))
    for share, found in zip(shares, together, strict=True):
        for one, other in zip(found, judge.judge(GAME, share), strict=True):
            assert np.array_equal(one.priors, other.priors)
            assert (one.value, one.confidence, one.signals) == (
                other.value,
                other.confidence,
                other.signals,
            )
    assert judge.batcher.states == sum(map(len, shares))
    assert judge.batcher.passes <= 10


async def test_callers_that_fail_or_leave_do_not_disturb_the_others() -> None:
    judge = NetEvaluator(stirred_model(8))
    won = position_from_moves("4455667")
    asked: list[list[Position]] = [[state] for state in STATES[:100]]
    asked[30], asked[60] = [won], [STATES[0], won]
    calls = [asyncio.ensure_future(judge.evaluate(GAME, states)) for states in asked]
    await asyncio.sleep(0)
    calls[90].cancel()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(outcomes[30], ShapeError)
    assert isinstance(outcomes[60], ShapeError)
    assert isinstance(outcomes[90], asyncio.CancelledError)
    for number in set(range(100)) - {30, 60, 90}:
        outcome: Any = outcomes[number]
        assert outcome[0].value == judge.judge(GAME, asked[number])[0].value
    assert judge.batcher.passes <= 10


async def test_weights_that_are_no_numbers_fail_every_caller_and_say_so() -> None:
    model = stirred_model(8)
    with torch.no_grad():
        model.net.value.bias.fill_(torch.nan)
    judge = NetEvaluator(Model(model.net, dataclasses.replace(model.card)))
    outcomes = await asyncio.gather(
        *(judge.evaluate(GAME, [state]) for state in STATES[:20]), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {BrokenWeightsError}


@pytest.mark.parametrize("where", ["priors", "values"])
def test_one_row_that_is_no_number_is_found_in_any_pass(where: str) -> None:
    # an infinite activation of a single position must not hide behind its neighbours
    judge = NetEvaluator(stirred_model(8))
    observations, legal = arrays(STATES[:400])
    observations[317, 0, 0, 0] = np.nan if where == "priors" else np.inf
    with pytest.raises(BrokenWeightsError, match="no numbers"):
        judge.evaluate_batch(observations, legal)
