"""Value targets by hand, and what the three losses say of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from training.value_loss import ValueLoss
from training.value_targets import returns_of, td_lambda

WORKED = [0.1, 0.2, 0.3, 1.0]  # the documented example, with its sums put right


def test_worked_returns_of_one_player() -> None:
    returns = returns_of(WORKED, [0, 0, 0, 0], 0.99)
    assert [round(value, 3) for value in returns] == [1.562, 1.477, 1.290, 1.0]


def test_a_game_lost_by_the_second_player_is_won_by_the_first() -> None:
    # three moves, the first player's last one wins: each value is the mover's own
    assert returns_of([0.0, 0.0, 1.0], [0, 1, 0], 0.5) == [0.25, -0.5, 1.0]


def test_a_player_who_moves_twice_keeps_the_sign() -> None:
    assert returns_of([0.0, 0.0, 1.0], [1, 1, 0], 1.0) == [-1.0, -1.0, 1.0]


def test_td_by_hand_with_signs() -> None:
    # G2 = 1; G1 = 0 - (0.5 * 0.4 + 0.5 * 1) = -0.7; G0 = 0 - (0.5 * -0.2 + 0.5 * -0.7) = 0.45
    targets = td_lambda([0.0, 0.0, 1.0], [0.9, -0.2, 0.4], [0, 1, 0], 1.0, 0.5)
    assert targets == pytest.approx([0.45, -0.7, 1.0])


def test_td_zero_is_the_next_belief_and_the_end_is_no_belief() -> None:
    values = [0.9, -0.2, 0.4]
    assert td_lambda([0.0] * 3, values, [0, 1, 0], 0.5, 0.0, final=1.0) == [0.1, -0.2, 0.5]


@given(
    st.lists(
        st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.integers(0, 1)), min_size=1, max_size=9
    ),
    st.floats(0.1, 1.0),
)
def test_lambda_one_is_the_return(run: list[tuple[float, float, int]], discount: float) -> None:
    rewards, values, movers = map(list, zip(*run, strict=True))
    returns = returns_of(rewards, movers, discount)
    assert td_lambda(rewards, values, movers, discount, 1.0) == pytest.approx(returns)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="2 rewards, 1 values"):
        td_lambda([0.0, 1.0], [0.0], [0, 1], 1.0, 0.5)
    with pytest.raises(ValueError, match="lambda"):
        td_lambda([0.0], [0.0], [0], 1.0, 1.5)
    with pytest.raises(ValueError, match="discount"):
        returns_of([0.0], [0], 0.0)


def test_losses_by_hand() -> None:
    values, targets = torch.tensor([0.5, 0.0]), torch.tensor([1.0, 1.0])
    assert ValueLoss("mse").of_rows(values, targets).tolist() == [0.25, 1.0]
    # Huber with delta 0.5: 0.5 * 0.25, and 0.5 * (1 - 0.25)
    assert ValueLoss("huber").of_rows(values, targets).tolist() == [0.125, 0.375]
    entropy = ValueLoss("binary_cross_entropy").of_rows(values, targets).tolist()
    assert entropy == pytest.approx([-np.log(0.75), -np.log(0.5)])
    assert float(ValueLoss("mse")(values, targets)) == 0.625
    assert float(ValueLoss("mse")(values, targets, torch.tensor([3.0, 1.0]))) == 0.4375


@pytest.mark.parametrize("name", ["mse", "binary_cross_entropy"])
def test_the_best_value_of_a_position_with_mixed_results_is_their_mean(name: str) -> None:
    results = torch.tensor([1.0, 1.0, 1.0, -1.0])
    values = torch.linspace(-0.99, 0.99, 199)
    losses = [float(ValueLoss(name)(v.expand(4), results)) for v in values]  # type: ignore[arg-type]
    assert float(values[int(np.argmin(losses))]) == pytest.approx(0.5, abs=0.01)


def test_a_wrong_certainty_stays_finite_and_is_still_moved() -> None:
    logit = torch.tensor([8.0], requires_grad=True)
    loss = ValueLoss("binary_cross_entropy")(torch.tanh(logit), torch.tensor([-1.0]))
    loss.backward()
    assert torch.isfinite(loss)
    assert logit.grad is not None
    assert float(logit.grad) == pytest.approx(2.0, abs=0.2)


def test_an_unknown_loss_is_named() -> None:
    with pytest.raises(ValueError, match="expected mse, huber, binary_cross_entropy"):
        ValueLoss("mae")  # type: ignore[arg-type]
