"""Search G trees at once in any Python environment, by ask and tell.

`TreeSearch` says which states it wants judged and is told what they are worth; who judges them, and
whether one waits for it, is the driver's affair: `run_search` here and now, `arun_search` awaited.
The tree itself is `kernel.py`; environments with compiled rules go faster in `compiled.py`.
Letters: `G` trees, `B` states of a batch, `L` leaves waiting for them, `A` actions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphs.mcts import arena as at
from graphs.mcts import kernel
from graphs.mcts.arena import Batch, Knobs, new_arena, start_tree
from graphs.mcts.cache import EvaluationCache
from graphs.mcts.leaves import BadEvaluationError, LeafBatch, Leaves, PendingLeavesError
from graphs.mcts.roots import best_line, line_to, root_summary
from graphs.mcts.summary import SearchSummary
from neural.evaluation import BatchEvaluator, Evaluator
from tasks.protocol import BoolArray, Environment, FloatArray

NO_LIMIT = 2**31 - 1


class ForeignEvaluatorError(ValueError):
    """An evaluator that was made for other rules than those of the search."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchConfig:
    """How to search.

    Attributes:
        simulations: per tree; the root's own evaluation comes before them and is not counted.
        c_puct: exploration weight.
        leaves: of one tree in flight at once, held apart by virtual loss.
        dirichlet_alpha, noise_share: noise on the root's priors; none if either is 0.
        stop_at_solution: end a tree's search when a single player finds an end with return 1.
        max_depth: steps below the root beyond which positions are judged, but not gone into.
    """

    simulations: int = 64
    c_puct: float = 1.25
    leaves: int = 1
    dirichlet_alpha: float = 0.0
    noise_share: float = 0.0
    stop_at_solution: bool = False
    max_depth: int | None = None

    def __post_init__(self) -> None:
        for name, low in (("simulations", 1), ("leaves", 1), ("max_depth", 1)):
            number = getattr(self, name)
            if number is not None and number < low:
                raise ValueError(f"{name} is {number}; it must be {low} or more")
        if not self.c_puct > 0 or not self.dirichlet_alpha >= 0 or not 0 <= self.noise_share <= 1:
            raise ValueError(
                f"c_puct {self.c_puct} must be above 0, dirichlet_alpha {self.dirichlet_alpha} 0 "
                f"or more, noise_share {self.noise_share} in [0, 1]"
            )

    def knobs(self, num_players: int) -> Knobs:
        """Return the numbers as the kernel reads them."""
        return Knobs(
            c_puct=float(self.c_puct),
            simulations=self.simulations,
            leaves=self.leaves,
            stop_at_solution=self.stop_at_solution and num_players == 1,
            max_depth=NO_LIMIT if self.max_depth is None else self.max_depth,
            noise_share=float(self.noise_share) if self.dirichlet_alpha > 0 else 0.0,
        )


class TreeSearch:
    """G trees over one environment.

    Values and priors belong to the player to move. Values shrink by the environment's discount per
    step; a single player's position `max_steps` into its run that is no end counts -1. A root that
    is an end, or that deep, is never searched: its summary has no visits and its own value.
    """

    def __init__(
        self,
        environment: Environment[Any],
        roots: Sequence[Any],
        config: SearchConfig,
        rng: np.random.Generator,
        cache: EvaluationCache | None = None,
        root_depths: Sequence[int] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Put a root in each tree.

        Args:
            environment: rules of all trees.
            roots: `[G]` states.
            config: the same for all trees.
            rng: for root noise only.
            cache: asked before the evaluator; must be of this environment's version.
            root_depths: `[G]` steps already taken in the runs that the roots are of.
            clock: seconds, for the summary.

        Raises:
            ForeignCacheError: if the cache is of other rules.
        """
        if cache is not None:
            cache.check(cache.weights_version, environment.version)
        self.environment = environment
        self.config = config
        self.cache = cache
        self._knobs = config.knobs(environment.num_players)
        self._arena = new_arena(
            len(roots), config.simulations + config.leaves + 1, environment.num_actions
        )
        for tree in range(len(roots)):
            depth = root_depths[tree] if root_depths is not None else 0
            start_tree(self._arena, tree, depth)
        if self._knobs.noise_share > 0:
            self._arena.noise[:] = rng.standard_gamma(
                config.dirichlet_alpha, self._arena.noise.shape
            )
        self._plain = (tuple(self._arena), tuple(self._knobs))
        self._states: list[list[Any]] = [[root] for root in roots]
        self._movers: list[list[int]] = [[environment.to_play(root)] for root in roots]
        self._clock = clock
        self._started = self._ended = clock()

    def __len__(self) -> int:
        return len(self._states)

    def ask(self) -> LeafBatch | None:
        """Go on until each tree waits for evaluations; None when all trees are done.

        Ends and states that the cache knows are backed up on the way.

        Raises:
            PendingLeavesError: if nothing is left to ask for before an earlier batch is told.
        """
        collected = Leaves()
        hungry = np.arange(len(self), dtype=np.int64)
        while hungry.size:
            found = np.empty((hungry.size, 4), np.int64)
            kernel.ask_many(self._plain, hungry, found)
            hungry = self._sort_leaves(hungry, found, collected)
        self._ended = self._clock()
        if not collected.trees:
            if self._arena.tree_i[:, at.IN_FLIGHT].any():
                raise PendingLeavesError("tell the batch that was asked for, or forget it, first")
            return None
        return collected.batch()

    def tell(self, batch: LeafBatch, priors: FloatArray, values: FloatArray) -> None:
        """Expand and back up the leaves of a batch.

        Args:
            batch: as `ask` returned it, once.
            priors: `[B, A]`, sums to 1 over the legal actions.
            values: `[B]` in [-1, 1], for the player to move.

        Raises:
            BadEvaluationError: if they are not that; leaves not yet told are then forgotten.
        """
        expected = batch.legal.shape
        if np.shape(priors) != expected or np.shape(values) != expected[:1]:
            self.forget(batch)
            raise BadEvaluationError(
                f"priors {np.shape(priors)} and values {np.shape(values)} for {expected[0]} "
                f"states; expected {expected} and {expected[:1]}"
            )
        told = Batch(
            legal=batch.legal,
            priors=np.array(priors, np.float32, order="C"),
            values=np.array(values, np.float32),
        )
        self._settle(batch.trees, batch.nodes, told, batch.rows)
        if self.cache is not None:
            for row, state in enumerate(batch.states):
                self.cache.add(state, batch.legal[row], told.priors[row], float(told.values[row]))
        self._ended = self._clock()

    def forget(self, batch: LeafBatch) -> None:
        """Drop a batch that nobody will tell; its leaves can be asked for again."""
        kernel.release_many(self._plain, batch.trees, batch.nodes)

    def summary(self, tree: int) -> SearchSummary:
        """Return a tree's root statistics; leaves in flight count as lost until they are told."""
        return root_summary(self._arena, tree, (self._ended - self._started) / len(self))

    def simulations(self, tree: int) -> int:
        """Return the simulations that a tree has made."""
        return int(self._arena.tree_i[tree, at.DONE])

    def principal_variation(self, tree: int) -> tuple[int, ...]:
        """Return the most visited actions from the root on."""
        return best_line(self._arena, tree)

    def solution(self, tree: int) -> tuple[int, ...] | None:
        """Return the actions to the best winning end seen, the shortest of equals, or None.

        Always None for two players: an end that somebody won is no solution.
        """
        best = int(self._arena.tree_i[tree, at.BEST])
        if best < 0 or self.environment.num_players > 1:
            return None
        return line_to(self._arena, tree, best)

    def _sort_leaves(
        self, hungry: NDArray[np.int64], found: NDArray[np.int64], collected: Leaves
    ) -> NDArray[np.int64]:
        """Back up ends and known states, collect the rest; return the trees that can go on."""
        ends: list[tuple[int, int, float]] = []
        known: list[tuple[int, int, BoolArray, FloatArray, float]] = []
        going_on: list[int] = []
        for tree, (what, row, parent, action) in zip(hungry.tolist(), found.tolist(), strict=True):
            if what not in (at.NEW, at.AGAIN):
                continue
            if what == at.NEW:
                self._add_state(tree, row, parent, action)
            state = self._states[tree][row]
            value = self._end_value(tree, row, parent) if what == at.NEW or row == 0 else None
            if value is not None:
                ends.append((tree, row, value))
            elif self.cache is not None and (hit := self.cache.find(state)) is not None:
                known.append((tree, row, *hit))
            else:
                if collected.add(tree, row, state, self.environment):
                    self._arena.tree_i[tree, at.ASKED] += 1
                if self.config.leaves == 1:
                    continue
            going_on.append(tree)
        if ends:
            trees, rows, end_values = zip(*ends, strict=True)
            kernel.settle_ends(
                self._plain,
                np.array(trees, np.int64),
                np.array(rows, np.int64),
                np.array(end_values, np.float64),
                float(self.environment.discount),
            )
        if known:
            trees, rows, legal, priors, values = zip(*known, strict=True)
            told = Batch(np.stack(legal), np.stack(priors), np.array(values, np.float32))
            order = np.arange(len(known), dtype=np.int64)
            self._settle(np.array(trees, np.int64), np.array(rows, np.int64), told, order)
        return np.array(going_on, np.int64)

    def _add_state(self, tree: int, row: int, parent: int, action: int) -> None:
        environment = self.environment
        states, movers = self._states[tree], self._movers[tree]
        state = environment.step(states[parent], action)
        mover = environment.to_play(state)
        states.append(state)
        movers.append(mover)
        sign = 1.0 if mover == movers[parent] else -1.0
        self._arena.node_f[tree, row, at.FACTOR] = sign * environment.discount

    def _end_value(self, tree: int, row: int, parent: int) -> float | None:
        """Return an end's value for who moved into it (a root's: who is to move), or None."""
        environment = self.environment
        state = self._states[tree][row]
        if environment.is_terminal(state):
            mover = self._movers[tree][parent if row else 0]
            return float(environment.returns(state)[mover])
        if environment.num_players > 1:
            return None
        played = int(self._arena.tree_i[tree, at.ROOT_DEPTH])
        depth = played + int(self._arena.node_i[tree, row, at.DEPTH])
        return -1.0 if depth >= environment.max_steps else None

    def _settle(
        self,
        trees: NDArray[np.int64],
        nodes: NDArray[np.int64],
        told: Batch,
        rows: NDArray[np.int64],
    ) -> None:
        done = kernel.settle_many(self._plain, trees, nodes, tuple(told), rows)
        if done < len(trees):
            kernel.release_many(self._plain, trees[done:], nodes[done:])
            row = int(rows[done])
            raise BadEvaluationError(
                f"priors {told.priors[row].tolist()} with legal {told.legal[row].tolist()} and "
                f"value {told.values[row]}; expected a distribution over the legal actions and "
                "a value in [-1, 1]"
            )


def run_search(
    search: TreeSearch,
    evaluator: BatchEvaluator,
    should_stop: Callable[[], bool] | None = None,
) -> None:
    """Search to the end with an evaluator in this process.

    Args:
        search: goes on from where it is.
        evaluator: judges each round's states in one call.
        should_stop: asked before each round; what was found until then stays valid.

    Raises:
        ForeignEvaluatorError: if the evaluator was made for other rules.
        ForeignCacheError: if the search's cache belongs to another evaluator.
    """
    environment = search.environment
    if evaluator.environment_version != environment.version:
        raise ForeignEvaluatorError(
            f"the evaluator knows rules {evaluator.environment_version!r}, the search has "
            f"{environment.version!r}; load weights of that version or train them"
        )
    if search.cache is not None:
        search.cache.check(evaluator.version, environment.version)
    while should_stop is None or not should_stop():
        batch = search.ask()
        if batch is None:
            return
        judged = False
        try:
            observations = np.stack([environment.observe(state) for state in batch.states])
            priors, values = evaluator.evaluate_batch(observations, batch.legal)
            judged = True
        finally:
            if not judged:
                search.forget(batch)
        search.tell(batch, priors, values)


async def arun_search(
    search: TreeSearch,
    environment: Environment[Any],
    evaluator: Evaluator,
    on_round: Callable[[TreeSearch], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> None:
    """Search to the end with an awaited evaluator; cancelled, it leaves a valid search.

    Args:
        search: goes on from where it is.
        environment: the search's own, handed to the evaluator.
        evaluator: awaited once a round with all its states.
        on_round: called after each round, for progress.
        should_stop: asked before each round.

    Raises:
        ForeignCacheError: if the search's cache belongs to another evaluator: its weights version
            must be the evaluator's name, or what follows the name's last `@`.
    """
    if (
        search.cache is not None
        and search.cache.weights_version != evaluator.name.rpartition("@")[2]
    ):
        search.cache.check(evaluator.name, environment.version)
    while should_stop is None or not should_stop():
        batch = search.ask()
        if batch is None:
            return
        told = False
        try:
            evaluations = await evaluator.evaluate(environment, batch.states)
            told = True
        finally:
            if not told:
                search.forget(batch)
        priors = np.array([evaluation.priors for evaluation in evaluations], np.float32)
        values = np.array([evaluation.value for evaluation in evaluations], np.float32)
        search.tell(batch, priors, values)
        if on_round is not None:
            on_round(search)
