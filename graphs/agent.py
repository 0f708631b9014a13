"""The agent graph: intake, decompose, per subtask answer, verify, search, refine; respond.

`build_graph` wires it over what a process offers; `graph` is the export for LangGraph's own
server, compiled without a saver; `Agent` runs it as a Solver and returns an Episode whatever
happens.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

from langchain_core.messages import AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import TracePolicy

from graphs.answer import answer
from graphs.budget import Budget, Spend
from graphs.decompose import MAX_PROBLEMS, decompose
from graphs.episode import Episode, Outcome, id_time, new_id
from graphs.intake import EmptyQuestionError, make_intake
from graphs.nets import StoredNets, code_version
from graphs.refine import refine
from graphs.routing.policies import router_for
from graphs.search import search
from graphs.settle import AGENT, combine, respond, settle
from graphs.spans import brief_state
from graphs.state import AgentInput, AgentOutput, AgentState, Means, Run, RunOptions
from graphs.verify import Next, stronger_maker, verify
from tasks.catalogue import default_catalogue
from tasks.open import MAX_CHARACTERS, open_task
from tasks.protocol import Task

log = logging.getLogger(__name__)
Compiled = CompiledStateGraph[AgentState, RunOptions, AgentInput, AgentOutput]
RECURSION_LIMIT = 10 * MAX_PROBLEMS  # supersteps: nine per problem at most, and four around them
DEFAULT_THRESHOLD = 0.8


def build_graph(
    means: Callable[[], Means],
) -> StateGraph[AgentState, RunOptions, AgentInput, AgentOutput]:
    """Wire the nodes; `means` is called by the first run, so building needs no key or weights."""
    builder = StateGraph(
        AgentState, context_schema=RunOptions, input_schema=AgentInput, output_schema=AgentOutput
    )
    brief = TracePolicy(process_inputs=brief_state, process_outputs=brief_state)
    builder.add_node("intake", make_intake(means), trace_policy=brief)
    builder.add_node("decompose", decompose, trace_policy=brief)
    builder.add_node("answer", answer, trace_policy=brief)
    builder.add_node("verify", verify, trace_policy=brief)
    builder.add_node("search", search, trace_policy=brief)
    builder.add_node("refine", refine, trace_policy=brief)
    builder.add_node("settle", settle, trace_policy=brief)
    builder.add_node("combine", combine, trace_policy=brief)
    builder.add_node("respond", respond, trace_policy=brief)
    builder.add_edge(START, "intake")
    builder.add_edge("intake", "decompose")
    builder.add_edge("decompose", "answer")
    builder.add_edge("answer", "verify")
    builder.add_conditional_edges("verify", after_verify, ["search", "refine", "settle"])
    builder.add_edge("search", "verify")
    builder.add_edge("refine", "verify")
    builder.add_conditional_edges("settle", after_settle, ["answer", "combine"])
    builder.add_edge("combine", "respond")
    builder.add_edge("respond", END)
    return builder


async def after_verify(state: AgentState) -> Next:
    """Escalate only as far as needed."""
    work = state["work"]
    assert work is not None
    return stronger_maker(state["run"], work)


async def after_settle(state: AgentState) -> Literal["answer", "combine"]:
    """Take the next subtask, or put the answers together."""
    return "answer" if len(state["done"]) < len(state["subtasks"]) else "combine"


class Agent:
    """Runs the graph; implements Solver."""

    name = AGENT

    def __init__(self, means: Means, saver: BaseCheckpointSaver[str] | None = None) -> None:
        self.means = means
        builder = build_graph(lambda: means)
        self._stateless: Compiled = builder.compile(name="tandem")
        self._threaded: Compiled | None = (
            builder.compile(name="tandem", checkpointer=saver) if saver is not None else None
        )

    async def solve(self, task: Task, budget: Budget, seed: int) -> Episode:
        """Answer the task's prompt as a request without a thread."""
        options = RunOptions(
            seed=seed,
            max_dollars=budget.dollars,
            max_seconds=budget.seconds,
            max_simulations=budget.simulations,
            max_llm_calls=budget.llm_calls,
            origin="evaluation",
        )
        return await self.run([HumanMessage(task.prompt)], options)

    async def run(
        self,
        messages: Sequence[AnyMessage],
        options: RunOptions,
        on_event: Callable[[dict[str, Any]], None] | None = None,
        on_cancel: Callable[[Episode], None] | None = None,
    ) -> Episode:
        """Answer a chat.

        Args:
            messages: the chat; with a thread id only what is new in it.
            options: mode, seed, limits, thread.
            on_event: told of plan, search, drafts, tokens and the answer as they happen.
            on_cancel: given the episode of a run that its caller cancelled, before the
                cancellation goes on.

        Returns:
            The episode, also of a run that failed.
        """
        options = options if options.run_id else replace(options, run_id=new_id())
        graph = (
            self._threaded if options.thread_id and self._threaded is not None else self._stateless
        )
        config: RunnableConfig = {
            "run_id": options.run_id,  # type: ignore[typeddict-item]
            "run_name": "solve",
            "recursion_limit": RECURSION_LIMIT,
            "metadata": {
                "mode": options.mode,
                "origin": options.origin,
                "thread_id": options.thread_id,
            },
            "configurable": {"thread_id": options.thread_id},
        }
        episode: Episode | None = None
        run: Run | None = None
        try:
            async for part in graph.astream(
                {"messages": list(messages)},
                config,
                context=options,
                stream_mode=["custom", "updates"],
                durability="async" if options.thread_id else None,
                version="v2",
            ):
                if part["type"] == "custom" and on_event is not None:
                    on_event(part["data"])
                elif part["type"] == "updates" and "intake" in part["data"]:
                    run = part["data"]["intake"]["run"]
                elif part["type"] == "updates" and "combine" in part["data"]:
                    episode = part["data"]["combine"]["episode"]
        except asyncio.CancelledError:
            if on_cancel is not None:
                why = "the caller went away"
                on_cancel(self._unfinished(messages, options, run, "cancelled", why))
            raise
        except EmptyQuestionError:
            raise
        except (
            Exception
        ) as error:  # the solver's outer edge: a failed run is a record, not a lost request
            log.exception("run failed", extra={"episode_id": options.run_id})
            failure = f"{type(error).__name__}: {error}"
            return self._unfinished(messages, options, run, "error", failure)
        assert episode is not None
        return episode

    def _unfinished(
        self,
        messages: Sequence[AnyMessage],
        options: RunOptions,
        run: Run | None,
        outcome: Outcome,
        failure: str,
    ) -> Episode:
        """Make the record of a run that did not reach its end, with what it spent until then."""
        text = messages[-1].text if messages else ""
        if run is not None:
            run.tick()
        return Episode(
            id=options.run_id,
            task=open_task(text[:MAX_CHARACTERS]),
            solver=AGENT,
            versions={"code": self.means.code_version},
            mode=options.mode,
            seed=options.seed,
            budget=options.budget,
            spend=Spend() if run is None else replace(run.spend),
            outcome=outcome,
            started_at=id_time(options.run_id),
            origin=options.origin,
            train=False,
            thread_id=options.thread_id,
            failure=failure,
        )


@lru_cache(maxsize=1)
def shipped_means() -> Means:
    """Return what the package offers by itself: shipped weights, no language model."""
    return Means(
        kinds=default_catalogue(),
        nets=StoredNets.shipped(),
        language_model=None,
        router_for=lambda mode: router_for(mode, DEFAULT_THRESHOLD),
        code_version=code_version(),
    )


graph: Compiled = build_graph(shipped_means).compile(name="tandem")
