"""Whether the net under training takes over: by graded test tasks, or by games alone.

Where a grader is cheap and public tasks are at hand (`compare`), every iteration is compared. Where
the truth about a position costs a solver minutes, nothing but games decides (`gate`), and
confidence is fitted for winners only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from neural.calibration import UNCALIBRATED
from neural.model_files import Model, make_model
from neural.policy_value import PolicyValueNet
from tasks.protocol import TaskKind
from training.calibrate import Calibrated, calibrate
from training.compare import compare
from training.gate import GateResult, run_gate
from training.selfplay.recipes import Recipe
from training.solving import environment_of

NOT_ASKED = "not compared: the gate is asked every {every} iterations, and in the last"
ELO = 400.0 / math.log(10.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a challenger.

    Attributes:
        challenger: with a card, calibrated where it was accepted or compared by tasks.
        accepted: whether it takes over.
        comparison: as JSON values, for the record.
        calibration: as JSON values; empty where nothing was calibrated.
        rating: Elo points above the first champion, added up over gates; None without a gate.
    """

    challenger: Model
    accepted: bool
    comparison: dict[str, Any]
    calibration: dict[str, Any]
    rating: float | None = None


def judge(
    kind: TaskKind,
    champion: Model,
    net: PolicyValueNet,
    recipe: Recipe,
    training: Mapping[str, Any],
    *,
    iteration: int,
    rating: float,
    seed: int,
    last: bool = False,
) -> Judged:
    """Compare a fitted net with the champion.

    Args:
        kind: of both.
        champion: keeps its place in a tie.
        net: wants it.
        recipe: how to compare.
        training: for the challenger's card.
        iteration: of the run; a gate is asked at multiples of `recipe.gate_every`.
        rating: of the champion.
        seed: of the gate's openings.
        last: whether the run ends here, so that the gate is asked in any case.
    """
    if recipe.gate is None:
        return _by_tasks(kind, champion, net, recipe, training)
    challenger = _model(kind, net, champion, training)
    if iteration % recipe.gate_every and not last:
        why = NOT_ASKED.format(every=recipe.gate_every)
        skipped = _comparison(champion, challenger, accepted=False, why=why)
        return Judged(challenger, False, skipped, {}, rating)
    result = run_gate(kind, champion, challenger, recipe.gate, seed)
    comparison = _comparison(champion, challenger, accepted=result.accepted, why=result.why)
    comparison["gate"] = result.to_json()
    comparison["challenger_figures"] = _figures(result)
    rating += elo(result.score)
    if not result.accepted:
        return Judged(challenger, False, comparison, {}, rating)
    calibrated = calibrate(kind, net, tasks=recipe.calibration_tasks, temperature=1.0)
    model = _model(kind, net, champion, training, calibrated)
    return Judged(model, True, comparison, calibrated.to_json(), rating)


def elo(score: float) -> float:
    """Return the difference of ratings that a mean score in [0, 1] stands for, at most 800."""
    score = min(max(score, 0.01), 0.99)
    return ELO * math.log(score / (1.0 - score))


def _by_tasks(
    kind: TaskKind,
    champion: Model,
    net: PolicyValueNet,
    recipe: Recipe,
    training: Mapping[str, Any],
) -> Judged:
    calibrated = calibrate(kind, net, tasks=recipe.calibration_tasks)
    model = _model(kind, net, champion, training, calibrated)
    verdict = compare(kind, champion, model, recipe.compare)
    return Judged(model, verdict.accepted, verdict.to_json(), calibrated.to_json())


def _model(
    kind: TaskKind,
    net: PolicyValueNet,
    champion: Model,
    training: Mapping[str, Any],
    calibrated: Calibrated | None = None,
) -> Model:
    return make_model(
        net,
        kind=kind.name,
        environment=environment_of(kind),
        training=training,
        created_at=datetime.now(UTC),
        parent=champion.card.weights_version,
        calibration=calibrated.priors if calibrated else UNCALIBRATED,
        search_calibration=calibrated.search if calibrated else UNCALIBRATED,
    )


def _comparison(champion: Model, challenger: Model, *, accepted: bool, why: str) -> dict[str, Any]:
    return {
        "champion": champion.card.weights_version,
        "challenger": challenger.card.weights_version,
        "accepted": accepted,
        "why": why,
        "champion_figures": {},
        "challenger_figures": {},
        "differences": {},
    }


def _figures(result: GateResult) -> dict[str, float]:
    """Return the figures that other comparisons have too, of the challenger's games."""
    reward, games = 2.0 * result.score - 1.0, max(result.games_played, 1)
    effort = result.simulations / games * result.cpu_seconds / games
    return {
        "score": result.score,
        "reward": reward,
        "length": result.moves / games,
        "efficiency": reward / max(effort, 1e-9),
    }
