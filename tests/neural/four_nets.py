"""Connect-four positions and nets whose every weight matters, as after training."""

import dataclasses
from typing import Any

import numpy as np
import torch

from neural.model_files import Model, random_model, weights_version
from neural.policy_value import NetShape, PolicyValueNet, fresh_net
from tasks.search.connect_four_rules import ConnectFourEnvironment, Position

KIND = "search/connect_four"
GAME = ConnectFourEnvironment()


def positions(count: int, seed: int = 0) -> list[Position]:
    """Different positions that are not over, by random play from the empty board."""
    rng, found = np.random.default_rng(seed), dict[Position, None]()
    while len(found) < count:
        state = Position(0, 0)
        while not GAME.is_terminal(state):
            found[state] = None
            state = GAME.step(state, int(rng.choice(np.flatnonzero(GAME.legal(state)))))
    return list(found)[:count]


def arrays(states: list[Position]) -> tuple[Any, Any]:
    """Return observations `[B, 4, 6, 7]` and legal actions `[B, 7]`."""
    return np.stack([GAME.observe(s) for s in states]), np.stack([GAME.legal(s) for s in states])


def stirred_net(shape: NetShape, seed: int, scale: float = 1.0) -> PolicyValueNet:
    """Return a net with noise on all weights, so that no block is the identity any more.

    At scale 1 its priors and values are as far from even as those of a trained net: the top prior
    is 0.6 on average, and values have a standard deviation of 0.4.
    """
    net, rng = fresh_net(shape, seed), np.random.default_rng([seed, 1])
    with torch.no_grad():
        for parameter in net.parameters():
            width = scale / np.sqrt(parameter[0].numel()) if parameter.dim() > 1 else 0.05
            noise = rng.normal(0.0, width, tuple(parameter.shape)).astype(np.float32)
            parameter.add_(torch.from_numpy(noise))
    return net


def stirred_model(seed: int, scale: float = 1.0, **card: Any) -> Model:
    """Return such a net of the shipped shape, with a card that fits it."""
    untrained = random_model(KIND, GAME, seed)
    net = stirred_net(untrained.card.shape, seed, scale)
    version = weights_version(net)
    return Model(net, dataclasses.replace(untrained.card, weights_version=version, **card))
