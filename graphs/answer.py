"""Make the first draft with the cheapest maker the mode allows.

Kinds that need no net are solved by their own means (`without_net`). The network goes on alone
while the router trusts each of its steps; the first step it does not trust ends the attempt and the
search takes over. Other kinds go to the language model.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from langgraph.config import get_stream_writer

from graphs.decompose import UnresolvedReferenceError, bind
from graphs.episode import Step
from graphs.model_maker import answer_by_model
from graphs.routing.decision import Decision, Offer, Source
from graphs.spans import maker_span
from graphs.state import AgentState, Run, Work, json_event, offload
from graphs.steps import make_step, with_draft
from graphs.verify import looks_ahead
from graphs.without_net import draft_without_net, makes_without_net
from neural.inference import NetEvaluator
from neural.model_files import training_command
from tasks.open import MAX_CHARACTERS, open_task
from tasks.protocol import Environment, InvalidTaskError, TaskKind


async def answer(state: AgentState) -> AgentState:
    """Take the next subtask and draft an answer to it."""
    run = state["run"]
    subtask = state["subtasks"][len(state["done"])]
    facts = {**state["facts"], **established_by(state)}
    started_at, before = time.time(), replace(run.spend)
    try:
        task = bind(subtask, run.means.kinds, facts)
    except (InvalidTaskError, UnresolvedReferenceError) as error:
        task = open_task(subtask.text[:MAX_CHARACTERS])
        work = Work(task=task, spend_before=before, started_at=started_at)
        hopeless = run.means.language_model is None or run.options.mode == "neural_only"
        if hopeless or subtask.fault:
            return {"work": replace(work, failure=str(error), makers=("none",))}
        return {"work": await answer_by_model(run, work)}
    work = Work(task=task, spend_before=before, started_at=started_at)
    get_stream_writer()(json_event("task", index=len(state["done"]), kind=task.kind))
    return {"work": await first_draft(run, work, len(state["done"]))}


def established_by(state: AgentState) -> dict[str, str]:
    """Return what the run's own earlier answers gave: values by unknown, and "answer"."""
    facts: dict[str, str] = {}
    for episode in state["done"]:
        if episode.answer is None:
            continue
        parts = episode.answer.text.split(",")
        pairs = [[side.strip() for side in part.split("=")] for part in parts]
        values = {pair[0]: pair[-1] for pair in pairs if set(pair[-1]) <= set("0123456789-/.")}
        if len(values) < len(pairs):  # a word, or one name with two values
            continue
        facts |= {name: value for name, value in values.items() if value != name}
        if len(pairs) == 1:
            facts["answer"] = pairs[0][-1]
    return facts


async def first_draft(run: Run, work: Work, index: int) -> Work:
    """Draft by the kind's own means or its network where the mode allows it, else by the model."""
    kind = run.means.kinds[work.task.kind]
    if run.options.mode != "llm_only" and makes_without_net(kind):
        return await draft_without_net(run, work, index)
    if run.options.mode == "llm_only" or kind.environment is None:
        return await answer_by_model(run, work)
    net = run.net(kind)
    if net is None:
        if run.means.language_model is not None and run.options.mode == "auto":
            return await answer_by_model(run, work, reason="no_network")
        return replace(
            work,
            makers=("none",),
            failure=f"no weights for {kind.name}; train some: {training_command(kind.name)}",
        )
    with maker_span("network", kind=kind.name, model_version=net.version) as span:
        before = work
        work = await offload(run, lambda stop: follow_network(run, before, kind, net, stop))
        span.report(work)
    return work


def follow_network(
    run: Run, work: Work, kind: TaskKind, net: NetEvaluator, should_stop: Callable[[], bool]
) -> Work:
    """Execute the network's best action while the router trusts it; one action in two-player kinds.

    Returns:
        The work with a draft if the end was reached, or with the decision that handed over.
    """
    environment = kind.environment
    assert environment is not None
    state = environment.initial(work.task)
    steps: list[Step] = []
    seen = {state}
    last_step = 1 if environment.num_players > 1 else environment.max_steps
    while len(steps) < last_step and not environment.is_terminal(state) and not should_stop():
        step = _network_step(run, kind, environment, net, state)
        decision = step.decision
        assert decision is not None
        if decision.reason == "last_resort" and not looks_ahead(kind):
            decision = replace(decision, source="none", reason="unsure")  # it abstains
        if decision.source != "network":
            return replace(
                work,
                decisions=(*work.decisions, decision),
                makers=("network",),
                failure=decision.detail,
            )
        steps.append(step)
        state = environment.step(state, step.action)
        if state in seen:
            break
        seen.add(state)
    unfinished = not environment.is_terminal(state)
    if unfinished and (environment.num_players == 1 or not steps):  # no time for a single move
        looped = Decision(
            kind="expand",
            source="search",
            reason="unsure",
            router=run.router.name,
            model_version=net.version,
            detail=f"the network went in a circle or ran out of steps after {len(steps)}",
        )
        return replace(work, decisions=(*work.decisions, looped), makers=("network",))
    confidence = min((s.decision.confidence or 0.0 for s in steps if s.decision), default=1.0)
    return with_draft(work, kind, tuple(steps), "network", confidence)


def _network_step(
    run: Run,
    kind: TaskKind,
    environment: Environment[Any],
    net: NetEvaluator,
    state: object,
) -> Step:
    (evaluation,) = net.judge(environment, [state])
    run.spend.evaluations += 1
    run.tick()
    offer = Offer(
        kind="expand",
        confidence=evaluation.confidence,
        proposer="network",
        fallback="search" if looks_ahead(kind) else _model_of(run),
        model_version=net.version,
        slice=kind.name,
    )
    decision = run.router.decide(offer, run.options.budget, run.spend)
    decision = replace(decision, seconds=evaluation.seconds)
    return make_step(environment, state, int(evaluation.priors.argmax()), decision=decision)


def _model_of(run: Run) -> Source:
    """Return the maker above a network that has nothing to search."""
    return "none" if run.means.language_model is None else "llm"
