"""How far a value is from its target; an option of the fit. Letters: `B` batch."""

from __future__ import annotations

from typing import Literal, get_args

import torch.nn.functional as F
from torch import Tensor, nn

ValueLossName = Literal["mse", "huber", "binary_cross_entropy"]
HUBER_DELTA = 0.5  # a quarter of the range: half a win off is still judged by its square


class ValueLoss(nn.Module):
    """Loss of values in [-1, 1].

    Args:
        name: `mse`: squared error; `huber`: squared near the target and linear beyond HUBER_DELTA,
            for targets with outliers; `binary_cross_entropy`: of (v + 1) / 2 as the probability of
            winning, a draw being half a win (torch ends the logarithm at -100). The first and the
            last are smallest at the mean target, `huber` between mean and median.
    """

    def __init__(self, name: ValueLossName = "mse") -> None:
        super().__init__()
        if name not in get_args(ValueLossName):
            raise ValueError(
                f"unknown value loss {name!r}; expected {', '.join(get_args(ValueLossName))}"
            )
        self.name = name

    def forward(self, values: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
        """Return the mean loss of `[B]` values; weighted by `[B]` weights, if there are any."""
        rows = self.of_rows(values, targets)
        return rows.mean() if weights is None else (rows * weights).sum() / weights.sum()

    def of_rows(self, values: Tensor, targets: Tensor) -> Tensor:
        """Return `[B]` losses of `[B]` values."""
        if self.name == "mse":
            return (values - targets).square()
        if self.name == "huber":
            return F.huber_loss(values, targets, reduction="none", delta=HUBER_DELTA)
        won, wanted = ((part.float() + 1.0) / 2.0 for part in (values, targets))
        return F.binary_cross_entropy(won, wanted.clamp(0.0, 1.0), reduction="none")
