"""Value targets for a run's positions: discounted returns, TD(lambda).

Every reward and value is in the view of the player to move where it stands, so what follows
changes its sign where the player changes. With `s[t]` = 1 if the same player moves next, else -1
(`s[T-1]` = 1: `final` is in the view of the last mover), `G[T] = final`, and `V` what somebody
(a net, or a search's root) believes of a position:

    return     G[t] = r[t] + gamma s[t] G[t+1]
    TD(lambda) G[t] = r[t] + gamma s[t] ((1 - lambda) V[t+1] + lambda G[t+1])

Beyond the last position there is no belief: there the result counts. Source: Sutton and Barto 2018,
"Reinforcement Learning", 7.1 and 12.1. Letters: `T` steps.
"""

from __future__ import annotations

from collections.abc import Sequence


def returns_of(
    rewards: Sequence[float], movers: Sequence[int], discount: float, final: float = 0.0
) -> list[float]:
    """Return `[T]` discounted returns, each for the player to move.

    Args:
        rewards: `[T]`, of each step, for its mover.
        movers: `[T]`, who made each step.
        discount: per step, in (0, 1].
        final: worth of the end itself, for the last mover.
    """
    return td_lambda(rewards, [0.0] * len(rewards), movers, discount, 1.0, final)


def td_lambda(
    rewards: Sequence[float],
    values: Sequence[float],
    movers: Sequence[int],
    discount: float,
    trace_decay: float,
    final: float = 0.0,
) -> list[float]:
    """Return `[T]` TD(lambda) targets, each for the player to move.

    Args:
        rewards: `[T]`, of each step, for its mover.
        values: `[T]`, believed of the position before each step, for its mover.
        movers: `[T]`, who made each step.
        discount: per step, in (0, 1].
        trace_decay: lambda in [0, 1]; 1 gives the returns, 0 the reward and the next belief.
        final: worth of the end itself, for the last mover.

    Raises:
        ValueError: if the lengths differ, or discount or lambda leaves its range.
    """
    _check(rewards, values, movers, discount)
    if not 0.0 <= trace_decay <= 1.0:
        raise ValueError(f"lambda {trace_decay} must be in [0, 1]")
    targets: list[float] = []
    following, believed = final, final
    for place in range(len(rewards) - 1, -1, -1):
        sign = _sign(movers, place)
        mixed = (1.0 - trace_decay) * believed + trace_decay * following
        following = rewards[place] + discount * sign * mixed
        believed = values[place]
        targets.append(following)
    return targets[::-1]


def _sign(movers: Sequence[int], place: int) -> float:
    last = place + 1 == len(movers)
    return 1.0 if last or movers[place + 1] == movers[place] else -1.0


def _check(
    rewards: Sequence[float], values: Sequence[float], movers: Sequence[int], discount: float
) -> None:
    if not len(rewards) == len(values) == len(movers):
        raise ValueError(
            f"{len(rewards)} rewards, {len(values)} values and {len(movers)} movers; expected one "
            "of each per step"
        )
    if not 0.0 < discount <= 1.0:
        raise ValueError(f"discount {discount} must be in (0, 1]")
