"""Solve an example of every kind once, so that no request pays for compilation."""

from __future__ import annotations

import logging

import numpy as np

from graphs.mcts.search import SearchConfig, TreeSearch, run_search
from graphs.nets import StoredNets
from graphs.without_net import makes_without_net, rehearse
from neural.model_files import BrokenWeightsError, StaleWeightsError
from tasks.catalogue import Catalogue

log = logging.getLogger(__name__)
SIMULATIONS = 8


def warm_up(kinds: Catalogue, nets: StoredNets) -> None:
    """Judge and search, or solve and grade, the first example of each kind; nothing is kept."""
    for kind in kinds:
        example = kind.parse(kind.examples[0]) if makes_without_net(kind) else None
        answer = rehearse(kind, example) if example is not None else None
        if example is not None and answer is not None:
            kind.grade(example, answer)
    for kind in kinds.learned():
        task = kind.parse(kind.examples[0])
        try:
            net = nets.evaluator(kind)
        except (StaleWeightsError, BrokenWeightsError) as error:
            log.error("weights do not load", extra={"kind": kind.name, "error": str(error)})
            continue
        if net is None or task is None or kind.environment is None:
            log.warning("kind has no weights", extra={"kind": kind.name})
            continue
        root = kind.environment.initial(task)
        config = SearchConfig(simulations=SIMULATIONS)
        search = TreeSearch(kind.environment, [root], config, np.random.default_rng(0), None)
        run_search(search, net)
