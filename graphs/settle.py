"""End a subtask and end a run: build the episodes, combine the answers, say them."""

from __future__ import annotations

from dataclasses import replace

from langchain_core.messages import AIMessage
from langgraph.config import get_stream_writer

from graphs.budget import Spend
from graphs.episode import Episode, Outcome, new_id
from graphs.model_maker import NO_MODEL, SCRIPTED_LABEL
from graphs.routing.decision import Source
from graphs.state import AgentState, Run, Work, json_event
from tasks.open import open_task
from tasks.protocol import Answer, Verdict

AGENT = "agent"
LLM = ("llm", "llm_search")


async def settle(state: AgentState) -> AgentState:
    """Make the subtask's episode."""
    run, work = state["run"], state["work"]
    assert work is not None
    run.tick()
    episode = subtask_episode(run, work)
    get_stream_writer()(
        json_event(
            "settled",
            index=len(state["done"]),
            outcome=episode.outcome,
            source=episode.source,
            answer=episode.answer.text if episode.answer else None,
        )
    )
    return {"done": (*state["done"], episode), "work": None}


async def combine(state: AgentState) -> AgentState:
    """Make the run's episode: the only subtask's own, or one above several."""
    run, done = state["run"], state["done"]
    run_id = run.options.run_id or new_id()
    if len(done) == 1:
        only = done[0]
        return {
            "episode": replace(
                only,
                id=run_id,
                decisions=(*state["plan"], *only.decisions),
                spend=replace(run.spend),
            )
        }
    answered = [e for e in done if e.answer is not None]
    passed = [e.verdict.passed if e.verdict else None for e in done]
    confidences = [e.confidence for e in done if e.confidence is not None]
    task = open_task(state["text"])
    episode = Episode(
        id=run_id,
        task=task,
        solver=AGENT,
        versions={k: v for e in done for k, v in e.versions.items()},
        mode=run.options.mode,
        seed=run.options.seed,
        budget=run.options.budget,
        spend=replace(run.spend),
        outcome=_worst([e.outcome for e in done]),
        started_at=run.started_at,
        origin=run.options.origin,
        train=run.options.train,
        thread_id=run.options.thread_id,
        answer=Answer("; ".join(e.answer.text for e in answered if e.answer)) if answered else None,
        verdict=Verdict(all(passed), sum(map(bool, passed)) / len(passed))
        if None not in passed
        else None,
        confidence=min(confidences) if len(confidences) == len(done) else None,
        source="+".join(sorted({e.source for e in done})),
        decisions=state["plan"],
        children=done,
        failure="; ".join(e.failure for e in done if e.failure),
    )
    return {"episode": episode}


async def respond(state: AgentState) -> AgentState:
    """Say the answer in the chat."""
    text = reply_text(state["episode"])
    get_stream_writer()(json_event("answer", text=text))
    return {"messages": [AIMessage(content=text, id=state["episode"].id)]}


def reply_text(episode: Episode) -> str:
    """Write an episode as a chat answer: what, how far it is verified, and who says so."""
    if len(episode.children) > 1:
        return "\n".join(f"{n}. {reply_text(child)}" for n, child in enumerate(episode.children, 1))
    if episode.answer is None:
        return f"No answer: {episode.failure or 'the budget ran out'}."
    label = SCRIPTED_LABEL if "scripted" in episode.tags else ""
    if episode.task.kind == "open":
        return label + episode.answer.text
    verdict = episode.verdict.passed if episode.verdict else None
    standing = {True: "verified", False: "not verified: it fails the check", None: "not verified"}[
        verdict
    ]
    derivation = " → ".join(episode.answer.derivation)
    shown = f"\n{derivation}" if derivation and len(episode.answer.derivation) > 1 else ""
    return f"{label}{episode.answer.text} ({standing}; {episode.source}){shown}"


def subtask_episode(run: Run, work: Work) -> Episode:
    """Turn finished work into its episode."""
    kind = run.means.kinds[work.task.kind]
    net, model = run.nets.get(kind.name), run.means.language_model
    versions = {"code": run.means.code_version}
    if net is not None:
        versions[f"net:{kind.name}"] = net.version
    if model is not None:
        versions["model"] = model.name
    outcome, failure = _outcome(run, work)
    tags: dict[str, str] = {}
    if model is not None and model.scripted and work.drafts and work.drafts[-1].source in LLM:
        tags["scripted"] = model.name
    refused = work.failure == NO_MODEL or (work.task.kind == "open" and work.makers == ("none",))
    if refused:
        tags["refused"] = "no_model" if work.failure == NO_MODEL else "invalid"
    return Episode(
        id=new_id(),
        task=work.task,
        solver=AGENT,
        versions=versions,
        mode=run.options.mode,
        seed=run.options.seed,
        budget=run.options.budget,
        spend=_difference(run.spend, work.spend_before),
        outcome=outcome,
        started_at=work.started_at,
        origin=run.options.origin,
        train=run.options.train,
        thread_id=run.options.thread_id,
        answer=work.answer,
        verdict=work.verdict,
        confidence=work.confidence if work.drafts else None,
        source=work.drafts[-1].source if work.drafts else "none",
        steps=work.steps,
        drafts=work.drafts,
        decisions=work.decisions,
        failure=failure,
        tags=tags,
    )


def _outcome(run: Run, work: Work) -> tuple[Outcome, str]:
    """Return how the work ended, and why where it did not end well."""
    if work.verdict is not None and work.verdict.passed:
        return "solved", ""
    if work.answer is not None and work.verdict is not None and work.verdict.passed is False:
        return "failed", work.verdict.feedback or "the answer is graded wrong"
    if work.answer is not None:
        return "unverified", ""
    asked_last: Source = "search"
    if run.means.language_model is not None and run.options.mode != "neural_only":
        asked_last = "llm_search"
    limit = run.blocked(asked_last)
    if limit:
        return "out_of_budget", f"the limit on {limit} was reached; {work.failure}".rstrip("; ")
    return "failed", work.failure or "no maker gave an answer"


def _worst(outcomes: list[Outcome]) -> Outcome:
    order: tuple[Outcome, ...] = (
        "error",
        "cancelled",
        "failed",
        "out_of_budget",
        "unverified",
        "solved",
    )
    return min(outcomes, key=order.index)


def _difference(after: Spend, before: Spend) -> Spend:
    """Return what was used since `before`."""
    used = {
        name: getattr(after, name) - getattr(before, name)
        for name in Spend.__slots__
        if name != "price_known"
    }
    return Spend(**used, price_known=after.price_known)
