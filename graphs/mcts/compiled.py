"""Search G trees whose environment has compiled rules: no Python between two evaluator calls.

The trees behave like those of `search.py`, visit by visit. Self-play gets what it needs to play
many games side by side: `reset` puts a new root in one tree while the others go on, `advance` makes
one evaluator call for all of them. Two-player rules must alternate the players.
Letters: `G` trees, `B` rows of a batch, `A` actions, `W` state words.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphs.mcts import arena as at
from graphs.mcts import kernel
from graphs.mcts.arena import Arena, Batch, Counts, Game, Memory, Plain, new_arena, start_tree
from graphs.mcts.cache import WordCache
from graphs.mcts.leaves import BadEvaluationError
from graphs.mcts.roots import all_roots, best_line, line_to, root_summary
from graphs.mcts.rule_calls import UncompiledRulesError, rule_calls
from graphs.mcts.search import NO_LIMIT, ForeignEvaluatorError, SearchConfig
from graphs.mcts.summary import SearchSummary
from neural.evaluation import BatchEvaluator
from tasks.protocol import BatchRules, BoolArray, Environment, FloatArray, WordArray


class CompiledSearch:
    """G trees over one environment; every tree needs a `reset` before the first search."""

    def __init__(
        self,
        environment: Environment[Any],
        config: SearchConfig,
        games: int,
        rng_seed: int,
        cache: WordCache | None = None,
        batch: int | None = None,
    ) -> None:
        """Make room.

        Args:
            environment: must have `rules`.
            config: the same for all trees.
            games: G.
            rng_seed: of the root noise.
            cache: asked before the evaluator; must be of this environment's version.
            batch: most states per evaluator call; as many as there are leaves if None. With half as
                many as trees, batches stay full while games end and are refilled.

        Raises:
            UncompiledRulesError: if the environment has no compiled rules.
            ForeignCacheError: if the cache is of other rules or of other sizes.
        """
        if environment.rules is None:
            raise UncompiledRulesError(
                f"{environment.version!r} has no compiled rules; search it with TreeSearch"
            )
        self.environment = environment
        self.config = config
        self.cache = cache
        self._rules: BatchRules = environment.rules
        self._knobs = config.knobs(environment.num_players)
        self._rng = np.random.default_rng(rng_seed)
        actions, rows = environment.num_actions, config.simulations + config.leaves + 1
        room = min(batch or games * config.leaves, games * config.leaves)
        self._arena: Arena = new_arena(games, rows, actions)
        self._game = Game(
            words=np.zeros((games, rows, self._rules.words), np.int64),
            observations=np.zeros((room, math.prod(environment.observation_shape)), np.float32),
            waiting=np.zeros((games * config.leaves, 3), np.int64),
            slots=np.zeros(room, np.int64),
            factor=float(
                -environment.discount if environment.num_players > 1 else environment.discount
            ),
            max_steps=NO_LIMIT if environment.num_players > 1 else environment.max_steps,
        )
        self._batch = Batch(
            legal=np.zeros((room, actions), np.bool_),
            priors=np.zeros((room, actions), np.float32),
            values=np.zeros(room, np.float32),
        )
        if cache is not None:
            cache.check(cache.weights_version, environment.version)
            cache.check_shape(self._rules.words, actions)
        self._nothing = WordCache("", "", self._rules.words, actions, entries=0).memory
        self._memory: Memory = self._nothing if cache is None else cache.memory
        self._plain: Plain = (tuple(self._arena), tuple(self._knobs))
        self._round: Plain = (tuple(self._game), tuple(self._memory), tuple(self._batch))
        self._calls: Plain = tuple(rule_calls(self._rules))
        self._over = np.zeros(games, np.int64)
        self._legal = np.zeros(actions, np.bool_)
        self._next = 0
        for tree in range(games):
            start_tree(self._arena, tree, 0)
        self._arena.node_i[:, 0, at.STATUS] = at.CLOSED  # nothing to search before the reset

    def __len__(self) -> int:
        return len(self._game.words)

    def reset(self, tree: int, words: WordArray, depth: int = 0) -> None:
        """Put a new root in a tree, with fresh noise.

        Args:
            tree: index below G.
            words: `[W]`, a state that is no end.
            depth: steps already taken in its run.

        Raises:
            ValueError: if nothing is legal in the state, or its run has no steps left.
        """
        if depth >= self._game.max_steps:
            raise ValueError(
                f"a run {depth} steps long has ended; {self._game.max_steps} are allowed"
            )
        root, legal = self._game.words[tree, 0], self._legal
        root[:] = words
        self._rules.legal(root, legal)
        if True not in legal.tolist():
            raise ValueError(f"nothing is legal in {words.tolist()}; do not search from an end")
        start_tree(self._arena, tree, depth)
        if self._knobs.noise_share > 0:
            self._arena.noise[tree] = self._rng.standard_gamma(
                self.config.dirichlet_alpha, legal.size
            )

    def advance(self, evaluator: BatchEvaluator) -> NDArray[np.int64]:
        """Make one round: at most one evaluator call.

        Args:
            evaluator: judges `[B, *observation_shape]`; the arrays are only lent to it.

        Returns:
            The trees that have finished, whether now or before.

        Raises:
            ForeignEvaluatorError: if the evaluator was made for other rules.
            ForeignCacheError: if the cache belongs to another evaluator.
            BadEvaluationError: if the evaluator's answer is no evaluation.
        """
        self._check(evaluator)
        rows, leaves = self._gather(self._round, uniform=False)
        told, done = -1, 0
        try:
            if rows:
                self._judge(evaluator, rows)
            told, done = kernel.absorb(self._plain, self._round, rows, leaves, self._over)
        finally:
            if told < leaves:
                self._drop(max(told, 0), rows, leaves)
        if told < leaves:
            row = self._game.waiting[told, 2]
            raise BadEvaluationError(
                f"priors {self._batch.priors[row].tolist()} with legal "
                f"{self._batch.legal[row].tolist()} and value {self._batch.values[row]}; "
                "expected a distribution over the legal actions and a value in [-1, 1]"
            )
        return self._over[:done].copy()

    def run(self, evaluator: BatchEvaluator, should_stop: Callable[[], bool] | None = None) -> None:
        """Search all trees to the end; `should_stop` is asked before each round."""
        while should_stop is None or not should_stop():
            if len(self.advance(evaluator)) == len(self):
                return

    def run_uniform(self) -> None:
        """Search all trees to the end with value 0 and equal priors, in one compiled call."""
        self._gather((self._round[0], tuple(self._nothing), self._round[2]), uniform=True)

    def visit_counts(self) -> NDArray[np.int64]:
        """Return `[G, A]` visits of the roots' actions."""
        return all_roots(self._arena, self._arena.edge_i[:, :, at.N]).astype(np.int64)

    def priors(self) -> NDArray[np.float64]:
        """Return `[G, A]`, the roots' policies before search, after noise."""
        return all_roots(self._arena, self._arena.edge_f[:, :, at.P])

    def action_values(self) -> NDArray[np.float64]:
        """Return `[G, A]` in [-1, 1] for the players to move; 0 where unvisited."""
        return all_roots(self._arena, self._arena.edge_f[:, :, at.Q])

    def root_values(self) -> NDArray[np.float64]:
        """Return `[G]`, the mean backed-up values for the players to move at the roots."""
        totals = all_roots(self._arena, self._arena.edge_f[:, :, at.W]).sum(axis=1)
        visits = 1 + all_roots(self._arena, self._arena.edge_i[:, :, at.N]).sum(axis=1)
        values: NDArray[np.float64] = (self._arena.node_f[:, 0, at.VALUE] + totals) / visits
        return values

    def roots(self) -> tuple[WordArray, FloatArray, BoolArray]:
        """Return words `[G, W]`, observations `[G, *observation_shape]` and legal `[G, A]`."""
        words = self._game.words[:, 0].copy()
        observations = np.zeros((len(self), self._game.observations.shape[1]), np.float32)
        legal = np.zeros((len(self), self.environment.num_actions), np.bool_)
        for tree in range(len(self)):
            self._rules.observe(words[tree], observations[tree])
            self._rules.legal(words[tree], legal[tree])
        return words, observations.reshape(len(self), *self.environment.observation_shape), legal

    def simulations(self) -> Counts:
        """Return `[G]` simulations made."""
        return self._arena.tree_i[:, at.DONE].copy()

    def evaluations(self) -> Counts:
        """Return `[G]` states that the evaluator was asked for since the trees' resets."""
        return self._arena.tree_i[:, at.ASKED].copy()

    def summary(self, tree: int) -> SearchSummary:
        """Return a tree's root statistics; its seconds are 0, as trees share their time."""
        return root_summary(self._arena, tree, 0.0)

    def principal_variation(self, tree: int) -> tuple[int, ...]:
        """Return the most visited actions from the root on."""
        return best_line(self._arena, tree)

    def solution(self, tree: int) -> tuple[int, ...] | None:
        """Return a single player's actions to the best winning end seen, or None."""
        best = int(self._arena.tree_i[tree, at.BEST])
        if best < 0 or self.environment.num_players > 1:
            return None
        return line_to(self._arena, tree, best)

    def _gather(self, round_: Plain, uniform: bool) -> tuple[int, int]:
        rows, leaves, self._next = kernel.gather(
            self._plain, self._calls, round_, self._next, uniform
        )
        return rows, leaves

    def _judge(self, evaluator: BatchEvaluator, rows: int) -> None:
        shape = (rows, *self.environment.observation_shape)
        priors, values = evaluator.evaluate_batch(
            self._game.observations[:rows].reshape(shape), self._batch.legal[:rows]
        )
        for name, source, target in (
            ("priors", priors, self._batch.priors[:rows]),
            ("values", values, self._batch.values[:rows]),
        ):
            if np.shape(source) != target.shape:
                raise BadEvaluationError(f"{name} {np.shape(source)}; expected {target.shape}")
            target[:] = source

    def _drop(self, told: int, rows: int, leaves: int) -> None:
        """Make leaves that nobody judged ready to be asked for again."""
        slots = self._game.slots[:rows]
        self._memory.asked[slots[slots >= 0]] = at.FREE
        waiting = self._game.waiting[told:leaves]
        kernel.release_many(self._plain, waiting[:, 0].copy(), waiting[:, 1].copy())

    def _check(self, evaluator: BatchEvaluator) -> None:
        version = self.environment.version
        if evaluator.environment_version != version:
            raise ForeignEvaluatorError(
                f"the evaluator knows rules {evaluator.environment_version!r}, the search has "
                f"{version!r}; load weights of that version or train them"
            )
        if self.cache is not None:
            self.cache.check(evaluator.version, version)
