import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neural.calibration import (
    MIN_SAMPLES,
    UNCALIBRATED,
    Calibration,
    CalibrationError,
    brier_score,
    expected_calibration_error,
    fit_calibration,
    fit_temperature,
    masked_softmax,
    signals_of,
)


def sample(rows: int, seed: int = 0, actions: int = 6, spread: float = 2.0):
    """Draw logits and legal masks with at least two legal actions a row."""
    rng = np.random.default_rng(seed)
    logits = (rng.normal(size=(rows, actions)) * spread).astype(np.float32)
    legal = rng.random((rows, actions)) < 0.7
    legal[:, :2] = True
    return rng, logits, legal


def one_hot_draws(rng, priors):
    cut = (priors.cumsum(1) > rng.random((len(priors), 1))).argmax(1)
    return np.eye(priors.shape[1], dtype=np.float32)[cut]


def test_masked_priors_are_zero_where_illegal_and_sum_to_one() -> None:
    _, logits, legal = sample(200, spread=40.0)
    priors = masked_softmax(logits, legal)
    assert (priors[~legal] == 0).all()
    assert priors.sum(1) == pytest.approx(np.ones(200), abs=1e-5)


def test_signals_of_worked_priors() -> None:
    priors = np.array([[0.5, 0.3, 0.2, 0], [0.25] * 4, [1, 0, 0, 0]], np.float32)
    legal = np.array([[1, 1, 1, 0], [1, 1, 1, 1], [1, 0, 0, 0]], bool)
    entropy = -(0.5 * np.log(0.5) + 0.3 * np.log(0.3) + 0.2 * np.log(0.2)) / np.log(3)
    expected = np.array([[0.5, 0.2, entropy], [0.25, 0, 1], [1, 1, 0]])
    assert signals_of(priors, legal) == pytest.approx(expected, abs=1e-6)


def test_signals_of_a_single_action_are_certain() -> None:
    assert signals_of(np.ones((1, 1), np.float32), np.ones((1, 1), bool)).tolist() == [[1, 1, 0]]


@pytest.mark.parametrize("true_temperature", [0.4, 1.0, 3.0])
def test_temperature_is_recovered_from_drawn_actions(true_temperature: float) -> None:
    rng, logits, legal = sample(8000)
    targets = one_hot_draws(rng, masked_softmax(logits / true_temperature, legal))
    assert fit_temperature(logits, legal, targets) == pytest.approx(true_temperature, rel=0.08)


def test_confidence_recovers_the_probability_of_being_right() -> None:
    rng, logits, legal = sample(20000)
    targets = masked_softmax(logits, legal)
    signals = signals_of(targets, legal)
    chance = 1 / (1 + np.exp(-(signals @ [3.0, 1.0, -2.0] - 1.0)))
    right = rng.random(len(chance)) < chance
    fitted = fit_calibration(logits, legal, targets, right)
    assert np.abs(fitted.confidence(targets, legal) - chance).mean() < 0.02
    assert fitted.ece < 0.02
    assert fitted.n == 20000


def test_confidence_of_an_uninformative_net_is_its_accuracy() -> None:
    rng, logits, legal = sample(4000)
    right = rng.random(4000) < 0.3
    fitted = fit_calibration(logits, legal, masked_softmax(logits, legal), right)
    confidence = fitted.confidence(fitted.priors(logits, legal), legal)
    assert confidence.mean() == pytest.approx(right.mean(), abs=0.02)
    assert confidence.std() < 0.03


def test_a_net_that_is_sure_when_wrong_gets_no_confidence_from_being_sure() -> None:
    rng, logits, legal = sample(4000)
    targets = masked_softmax(logits, legal)
    right = rng.random(4000) < 1 - signals_of(targets, legal)[:, 0]
    fitted = fit_calibration(logits, legal, targets, right)
    confidence = fitted.confidence(fitted.priors(logits, legal), legal)
    assert confidence == pytest.approx(np.full(4000, right.mean()), abs=0.02)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), rate=st.floats(0.0, 1.0))
def test_confidence_is_a_probability_and_never_falls_with_the_margin(
    seed: int, rate: float
) -> None:
    rng, logits, legal = sample(60, seed)
    right = rng.random(60) < rate
    fitted = fit_calibration(logits, legal, masked_softmax(logits, legal), right)
    top = np.linspace(0.5, 1.0, 20, dtype=np.float32)
    rising = fitted.confidence(np.stack((top, 1 - top), 1), np.ones((20, 2), bool))
    assert (rising > 0).all()
    assert (rising < 1).all()
    assert (np.diff(rising) >= 0).all()
    assert 0.05 <= fitted.temperature <= 20


def test_no_sample_makes_it_certain() -> None:
    _, logits, legal = sample(100)
    targets = masked_softmax(logits, legal)
    for right in (np.ones(100, bool), np.zeros(100, bool)):
        confidence = fit_calibration(logits, legal, targets, right).confidence(targets, legal)
        assert confidence.min() > 0.001
        assert confidence.max() < 0.999


def test_same_data_gives_the_same_fit() -> None:
    rng, logits, legal = sample(500)
    targets, right = masked_softmax(logits, legal), rng.random(500) < 0.6
    assert fit_calibration(logits, legal, targets, right) == fit_calibration(
        logits, legal, targets, right
    )


def test_an_uncalibrated_net_is_never_trusted_and_says_so() -> None:
    priors = np.eye(4, dtype=np.float32)
    assert not UNCALIBRATED.is_fitted
    assert UNCALIBRATED.confidence(priors, np.ones((4, 4), bool)).tolist() == [0, 0, 0, 0]


def test_calibration_error_of_a_worked_sample() -> None:
    confidence = np.array([0.9, 0.9, 0.9, 0.9, 0.1, 0.1])
    right = np.array([True, True, True, False, False, False])
    # bin of 0.9: accuracy 3/4, share 4/6; bin of 0.1: accuracy 0, share 2/6
    assert expected_calibration_error(confidence, right) == pytest.approx(
        0.15 * 4 / 6 + 0.1 * 2 / 6
    )
    assert brier_score(confidence, right) == pytest.approx((3 * 0.01 + 0.81 + 2 * 0.01) / 6)


def test_calibration_error_counts_confidence_one() -> None:
    assert expected_calibration_error(np.ones(3), np.zeros(3, bool)) == 1.0


@pytest.mark.parametrize("rows", [0, MIN_SAMPLES - 1])
def test_too_few_samples_are_refused(rows: int) -> None:
    _, logits, legal = sample(rows)
    with pytest.raises(CalibrationError, match="at least"):
        fit_calibration(logits, legal, masked_softmax(logits[:rows], legal), np.ones(rows, bool))


def test_shapes_that_differ_are_refused() -> None:
    _, logits, legal = sample(50)
    with pytest.raises(CalibrationError, match="shapes"):
        fit_calibration(logits, legal[:40], logits, np.ones(50, bool))


def test_targets_on_illegal_actions_are_refused() -> None:
    _, logits, legal = sample(50)
    with pytest.raises(CalibrationError, match="illegal"):
        fit_calibration(logits, legal, np.full_like(logits, 1 / 6), np.ones(50, bool))


def test_calibration_survives_json() -> None:
    fitted = Calibration(1.5, (1.0, 0.0, -2.0), 0.25, 100, 0.03, 0.1)
    assert Calibration.from_json(fitted.to_json()) == fitted
