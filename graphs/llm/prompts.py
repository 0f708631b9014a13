"""What a language model is asked: to answer a task, to refine a draft, to judge a position.

The unchanging part comes first, so that providers can cache it. How replies are read is `replies`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from graphs.episode import Draft
from tasks.protocol import Environment, Task, TaskKind

JUDGE = """You judge positions. Reply with one JSON object and nothing else:
{"actions": {"INDEX": PROBABILITY, ...}, "value": VALUE, "confidence": CONFIDENCE}
- actions: for the indices of legal actions only, how probably each is the best; they sum to 1; an \
index that you leave out has probability 0.
- value: the expected result for the player to move, from -1 (lost) to 1 (won or solved).
- confidence: the probability, from 0 to 1, that your most probable action is the best."""

CHOOSE = """You choose one action. Reply with one JSON object and nothing else:
{"action": INDEX, "confidence": CONFIDENCE}
- action: the index of one legal action.
- confidence: the probability, from 0 to 1, that it is the best."""

APPRAISE = """You judge positions. Reply with one JSON object and nothing else:
{"value": VALUE, "confidence": CONFIDENCE}
- value: the expected result for the player to move, from -1 (lost) to 1 (won or solved).
- confidence: the probability, from 0 to 1, that the sign of your value is right."""


def answer_messages(kind: TaskKind, task: Task) -> list[BaseMessage]:
    """Ask for the answer of a task, in the form that its kind reads."""
    return [SystemMessage(kind.instructions), HumanMessage(_problem(kind, task))]


def refine_messages(kind: TaskKind, task: Task, drafts: Sequence[Draft]) -> list[BaseMessage]:
    """Ask for a better answer than the drafts so far; shows what public checks said of each."""
    parts = [_problem(kind, task)]
    for draft in drafts:
        parts.append(f"### Draft answer\n{draft.answer.text}")
        parts.append(f"### Check of this draft\n{_said(draft)}")
    system = (
        f"{kind.instructions}\nDrafts of the answer are given with what a check said of them. "
        "Find the mistake, if there is one, and answer anew in the form asked for."
    )
    return [SystemMessage(system), HumanMessage("\n".join(parts))]


def judge_messages(environment: Environment[Any], state: Any, title: str = "") -> list[BaseMessage]:
    """Ask for priors, value and confidence of a state that is no end."""
    legal = np.flatnonzero(environment.legal(state))
    actions = "\n".join(f"{a}: {environment.describe_action(state, int(a))}" for a in legal)
    about = f"### Subject\n{title}\n" if title else ""
    position = f"### Position\n{environment.describe(state)}"
    return [
        SystemMessage(JUDGE),
        HumanMessage(f"{about}{position}\n### Legal actions\n{actions}"),
    ]


def choose_messages(position: str, actions: str) -> list[BaseMessage]:
    """Ask for one action in a position given as text; `actions` has a line `INDEX: words` each."""
    return [SystemMessage(CHOOSE), HumanMessage(f"{position}\n### Legal actions\n{actions}")]


def appraise_messages(position: str) -> list[BaseMessage]:
    """Ask for the value of a position given as text."""
    return [SystemMessage(APPRAISE), HumanMessage(position)]


def correction(fault: str) -> HumanMessage:
    """Ask again after a reply that could not be read."""
    return HumanMessage(f"That reply could not be used: {fault}. Reply with the JSON object only.")


def _problem(kind: TaskKind, task: Task) -> str:
    """Return the task's text; free questions go out as they were asked."""
    return f"### Problem\n{task.prompt}" if kind.has_grader else task.prompt


def _said(draft: Draft) -> str:
    if draft.feedback:
        return draft.feedback
    return "nothing was checked" if draft.passed is None else "it is not right"
