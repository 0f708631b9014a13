"""Visit counts as a policy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graphs.mcts.policy import EmptySearchError, sample_action, visit_policy

COUNTS = arrays(np.int64, 9, elements=st.integers(0, 500)).filter(lambda counts: counts.any())
TEMPERATURES = st.one_of(st.just(0.0), st.floats(1e-3, 10))


@given(counts=COUNTS, temperature=TEMPERATURES)
def test_visit_policy_is_a_distribution_over_visited_actions(
    counts: np.ndarray, temperature: float
) -> None:
    policy = visit_policy(counts, temperature)
    assert policy.dtype == np.float32
    assert policy.sum() == pytest.approx(1.0, abs=1e-5)
    assert (policy[counts == 0] == 0).all()


@given(counts=COUNTS, temperature=TEMPERATURES)
def test_visit_policy_keeps_the_order_of_visits(counts: np.ndarray, temperature: float) -> None:
    policy = visit_policy(counts, temperature)
    assert (np.diff(policy[np.argsort(counts, kind="stable")]) >= 0).all()


@given(counts=COUNTS)
def test_temperature_one_keeps_the_shares(counts: np.ndarray) -> None:
    np.testing.assert_allclose(visit_policy(counts, 1.0), counts / counts.sum(), atol=1e-6)


@given(counts=COUNTS)
def test_temperature_zero_shares_all_mass_among_the_most_visited(counts: np.ndarray) -> None:
    policy = visit_policy(counts, 0.0)
    best = counts == counts.max()
    np.testing.assert_allclose(policy, best / best.sum(), atol=1e-6)


@given(counts=COUNTS)
def test_a_lower_temperature_is_never_less_sure(counts: np.ndarray) -> None:
    tops = [visit_policy(counts, t).max() for t in (0.0, 0.1, 0.5, 1.0, 2.0)]
    assert (np.diff(tops) <= 1e-6).all()


def test_an_empty_search_is_refused() -> None:
    with pytest.raises(EmptySearchError):
        visit_policy((0, 0, 0), 1.0)


@pytest.mark.parametrize(
    ("counts", "temperature"), [((1, 2), -1.0), ((1, 2), np.nan), ((-1, 2), 1)]
)
def test_what_is_no_temperature_or_count_is_refused(
    counts: tuple[int, ...], temperature: float
) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        visit_policy(counts, temperature)


@given(counts=COUNTS, seed=st.integers(0, 2**32 - 1))
def test_an_action_of_probability_zero_is_never_drawn(counts: np.ndarray, seed: int) -> None:
    action = sample_action(visit_policy(counts, 1.0), np.random.default_rng(seed))
    assert counts[action] > 0


def test_actions_are_drawn_as_often_as_the_policy_says() -> None:
    policy = np.array([0.1, 0.0, 0.6, 0.3], np.float32)
    rng = np.random.default_rng(0)
    drawn = np.bincount([sample_action(policy, rng) for _ in range(4000)], minlength=4) / 4000
    np.testing.assert_allclose(drawn, policy, atol=0.03)
