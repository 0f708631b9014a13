"""Search for an answer with the kind's network: one node, one arithmetic loop, off the event loop.

The engine is `graphs.mcts`; whether the result is good enough is the router's and the check's
affair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from langgraph.config import get_stream_writer

from graphs.mcts.search import SearchConfig, TreeSearch, run_search
from graphs.routing.decision import Decision, Reason
from graphs.spans import maker_span
from graphs.state import AgentState, Run, Work, json_event, offload
from graphs.steps import searched_steps, with_draft
from neural.inference import NetEvaluator
from tasks.protocol import TaskKind


async def search(state: AgentState) -> AgentState:
    """Draft by value-guided search."""
    run, work = state["run"], state["work"]
    assert work is not None
    kind = run.means.kinds[work.task.kind]
    net, limit = run.net(kind), run.blocked("search")
    if net is None or kind.environment is None or limit:
        reason: Reason = "budget_spent" if limit else "no_network"
        decision = Decision(
            kind="answer", source="none", reason=reason, detail=f"search not run: {limit or reason}"
        )
        return {
            "work": replace(
                work,
                makers=(*work.makers, "search"),
                decisions=(*work.decisions, decision),
                failure=f"search was not run: {limit or 'no network'}",
            )
        }
    with maker_span("search", kind=kind.name, model_version=net.version) as span:
        before = work
        work = await offload(run, lambda stop: search_answer(run, before, kind, net, stop))
        span.report(work)
    summary = work.searched
    if summary is not None:
        get_stream_writer()(
            json_event(
                "search",
                index=len(state["done"]),
                simulations=summary.simulations,
                root_value=round(summary.root_value, 4),
                seconds=round(summary.seconds, 4),
                found=not work.failure,
            )
        )
    return {"work": work}


def search_answer(
    run: Run, work: Work, kind: TaskKind, net: NetEvaluator, should_stop: Callable[[], bool]
) -> Work:
    """Search from the start: the first solution of a derivation, the best move of a game."""
    environment = kind.environment
    assert environment is not None
    limit = run.options.max_simulations
    left = (
        run.means.simulations
        if limit is None
        else min(run.means.simulations, limit - run.spend.simulations)
    )
    config = SearchConfig(simulations=max(left, 1), stop_at_solution=environment.num_players == 1)
    root = environment.initial(work.task)
    tree = TreeSearch(environment, [root], config, np.random.default_rng(run.options.seed), None)
    run_search(tree, net, should_stop)
    summary = tree.summary(0)
    run.spend.simulations += summary.simulations
    run.spend.evaluations += summary.evaluations
    if environment.num_players == 1:
        found = tree.solution(0)
        actions = tuple(found) if found is not None else None
        confidence = 1.0 if found is not None else None
    else:
        visits = np.asarray(summary.visit_counts, dtype=np.float64)
        actions = (int(visits.argmax()),) if visits.any() else None
        confidence = (
            net.search_confidence(visits, environment.legal(root)) if visits.any() else None
        )
    decision = Decision(
        kind="answer",
        source="search",
        reason="check_failed" if work.drafts else "unsure",
        confidence=confidence,
        router=run.router.name,
        model_version=net.version,
        seconds=summary.seconds,
        detail=f"{summary.simulations} simulations, {summary.evaluations} states judged, "
        f"depth {summary.depth}",
    )
    work = replace(work, decisions=(*work.decisions, decision), searched=summary)
    if actions is None:
        return replace(
            work,
            makers=(*work.makers, "search"),
            failure=f"no solution within {summary.simulations} simulations",
        )
    steps = searched_steps(environment, work.task, actions, summary)
    return with_draft(work, kind, steps, "search", confidence)
