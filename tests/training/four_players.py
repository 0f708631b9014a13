"""Small connect-four nets of known strength, made without training."""

from __future__ import annotations

import torch

from neural.policy_value import NetShape, PolicyValueNet, fresh_net

FOUR = "search/connect_four"
NARROW = NetShape("board", (4, 6, 7), 7, width=8, depth=1)


def plain() -> PolicyValueNet:
    """Return a net with random weights."""
    return fresh_net(NARROW, 1)


def stubborn() -> PolicyValueNet:
    """Return a net that wants the leftmost column, and finds any move won once it looks at it.

    So its search looks at nothing else, and it loses to whoever sees a threat.
    """
    net = plain()
    with torch.no_grad():
        net.torso.policy.bias.sub_(6.0 * torch.arange(7))
        net.value.bias.sub_(8.0)
    return net
