"""Two models of a kind against each other, for the documented `compare_models`.

In games they meet (`gate`); where there is one player they solve the same tasks, and a pair of
results is scored like a pair of games: 1 where only the new one passes, a half where both or none
do. Either way one sequential test decides.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Literal

from graphs.mcts.search import SearchConfig
from neural.inference import NetEvaluator
from neural.model_files import Model
from tasks.protocol import TaskKind
from training.gate import GateConfig, run_gate
from training.sequential import decide
from training.solving import environment_of, fixed_tasks, solve_by_search

Recommendation = Literal["deploy_new", "keep_old"]
TASK_SIMULATIONS = 100  # few enough that a better net shows


@dataclass(frozen=True, slots=True)
class Match:
    """What two models of one kind made of each other.

    Attributes:
        wins, draws, losses: of the new one; of tasks, where there is one player.
        accepted: by the sequential test.
        why: in words.
    """

    kind: str
    wins: int
    draws: int
    losses: int
    accepted: bool
    why: str


def match(kind: TaskKind, old: Model, new: Model, games: int) -> Match:
    """Compare two models.

    Args:
        kind: of both.
        old: stays unless the new one is shown to be better.
        new: may replace it.
        games: at most, or tasks.

    The two decide the openings: another challenger meets others, the same one the same again.

    Raises:
        ValueError: if there are no games.
    """
    if games < 1:
        raise ValueError(f"{games} games decide nothing; let them play 2 or more")
    if environment_of(kind).num_players == 2:
        config = replace(GateConfig(), max_pairs=max(games // 2, 1))
        text = f"{old.card.weights_version} {new.card.weights_version}"
        found = run_gate(kind, old, new, config, zlib.crc32(text.encode()))
        return Match(kind.name, found.wins, found.draws, found.losses, found.accepted, found.why)
    return _on_tasks(kind, old, new, games)


def summary(matches: list[Match]) -> dict[str, float | str]:
    """Return the documented figures; `deploy_new` only if the test accepted in every kind."""
    total = max(sum(m.wins + m.draws + m.losses for m in matches), 1)
    accepted = bool(matches) and all(m.accepted for m in matches)
    recommendation: Recommendation = "deploy_new" if accepted else "keep_old"
    return {
        "old_win_rate": sum(m.losses for m in matches) / total,
        "new_win_rate": sum(m.wins for m in matches) / total,
        "draw_rate": sum(m.draws for m in matches) / total,
        "recommendation": recommendation,
        "games": float(sum(m.wins + m.draws + m.losses for m in matches)),
        "why": "; ".join(f"{m.kind}: {m.why}" for m in matches),
    }


def _on_tasks(kind: TaskKind, old: Model, new: Model, count: int) -> Match:
    tasks = fixed_tasks(kind, "test", max(count, 1))
    searching = SearchConfig(simulations=TASK_SIMULATIONS, stop_at_solution=True)
    before, after = (
        [r.passed for r in solve_by_search(kind, NetEvaluator(model), tasks, searching)]
        for model in (old, new)
    )
    scores = [0.5 + (b - a) / 2.0 for a, b in zip(before, after, strict=True)]
    ruling = decide(scores, replace(GateConfig(), max_pairs=len(scores)).test())
    wins, losses = scores.count(1.0), scores.count(0.0)
    why = (
        f"{ruling.outcome} after {ruling.pairs} of {len(scores)} tasks, score {ruling.mean:.3f} "
        f"[{ruling.low:.3f}, {ruling.high:.3f}]"
    )
    draws = len(scores) - wins - losses
    return Match(kind.name, wins, draws, losses, ruling.outcome == "accepted", why)
