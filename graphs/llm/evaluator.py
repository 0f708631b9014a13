"""A language model as a judge of positions: one question each for priors, value and confidence.

The question is in `prompts`, its reading in `replies`; caps, retries and budget are `policy`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphs.budget import Budget, Spend
from graphs.llm.asking import ask, together
from graphs.llm.policy import LanguageModel
from graphs.llm.prompts import judge_messages
from graphs.llm.replies import read_judgement
from neural.evaluation import Evaluation
from tasks.protocol import Environment, TaskKind


class LLMEvaluator:
    """An Evaluator for one run: its calls are paid from the run's budget.

    Confidences are what the model states; nobody calibrated them.

    Args:
        kind: names the subject in the question; None for an environment of no kind.
        spend, budget: of the run.
        attempts: questions per state at most; after an unreadable reply the model is told why.
    """

    def __init__(
        self,
        language_model: LanguageModel,
        kind: TaskKind | None,
        spend: Spend,
        budget: Budget,
        *,
        attempts: int = 2,
    ) -> None:
        self.name = f"llm:{language_model.name}"
        self._model, self._title = language_model, kind.title if kind is not None else ""
        self._spend, self._budget, self._attempts = spend, budget, attempts

    async def evaluate(
        self, environment: Environment[Any], states: Sequence[Any]
    ) -> list[Evaluation]:
        """Judge the states side by side; the first failure stops the others.

        An Evaluation's dollars are 0 where the price is unknown; the run's Spend then says so.

        Raises:
            UnparsableReplyError: if a state's last reply cannot be read.
            BudgetSpentError, ProviderDownError, ModelRefusedError: as `LanguageModel.complete`.
        """
        return await together(self._judge(environment, state) for state in states)

    async def _judge(self, environment: Environment[Any], state: Any) -> Evaluation:
        legal = environment.legal(state)
        answered = await ask(
            self._model,
            judge_messages(environment, state, self._title),
            lambda text: read_judgement(text, legal),
            self._spend,
            self._budget,
            self._attempts,
        )
        return Evaluation(
            priors=answered.read.priors,
            value=answered.read.value,
            confidence=answered.read.confidence,
            source=self.name,
            signals={"stated": answered.read.confidence},
            seconds=answered.seconds,
            dollars=answered.dollars or 0.0,
        )
