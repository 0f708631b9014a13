"""Take a chat in: the newest question, what earlier turns established, and the means of the run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.runtime import Runtime

from graphs.state import AgentState, Means, Run, RunOptions

FACT = re.compile(r"(?<![\w^])([A-Za-z])\s*=\s*([-\u2212]?\d+(?:/\d+|\.\d+)?)(?![\w/.(*+^-])")


class EmptyQuestionError(ValueError):
    """A chat without a question from the user."""


class Node(Protocol):
    """A node that reads the run's options."""

    async def __call__(self, state: AgentState, runtime: Runtime[RunOptions]) -> AgentState:
        """Return the keys it changed."""
        ...


def make_intake(means: Callable[[], Means]) -> Node:
    """Return the intake node over what the process offers; the first run calls `means`."""

    async def intake(state: AgentState, runtime: Runtime[RunOptions]) -> AgentState:
        options = runtime.context or RunOptions()
        offered = means()
        run = Run(means=offered, options=options, router=offered.router_for(options.mode))
        question, earlier = last_question(state["messages"])
        return {
            "run": run,
            "text": question,
            "facts": established(earlier),
            "done": (),
            "work": None,
        }

    return intake


def last_question(messages: Sequence[AnyMessage]) -> tuple[str, Sequence[AnyMessage]]:
    """Return the newest user text, and the messages before it.

    Raises:
        EmptyQuestionError: if no message of the user has text.
    """
    for index in range(len(messages) - 1, -1, -1):
        message = messages[index]
        if isinstance(message, HumanMessage) and message.text.strip():
            return message.text.strip(), messages[:index]
    raise EmptyQuestionError("no user message with text; send at least one")


def established(messages: Sequence[AnyMessage]) -> dict[str, str]:
    """Read the values that earlier answers gave: `{"x": "4", "answer": "4"}`; the newest wins."""
    facts: dict[str, str] = {}
    for message in messages:
        if isinstance(message, AIMessage):
            for name, value in FACT.findall(message.text):
                facts[name] = facts["answer"] = value.replace("\u2212", "-")
    return facts
