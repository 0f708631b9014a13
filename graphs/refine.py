"""Hand a draft and its public feedback to the next stronger maker: the model, then its search."""

from __future__ import annotations

from dataclasses import replace

from langgraph.config import get_stream_writer

from graphs.model_maker import answer_by_model, search_by_model
from graphs.routing.decision import Reason
from graphs.state import AgentState, json_event
from graphs.verify import next_model_maker


async def refine(state: AgentState) -> AgentState:
    """Let the next stronger maker try, once."""
    run, work = state["run"], state["work"]
    assert work is not None
    work = replace(work, refinements=work.refinements + 1, failure="")
    maker = next_model_maker(work, run.means.kinds[work.task.kind])
    get_stream_writer()(
        json_event(
            "refine",
            index=len(state["done"]),
            attempt=work.refinements,
            maker=maker,
            feedback=work.drafts[-1].feedback if work.drafts else "",
        )
    )
    if maker == "llm_search":
        return {"work": await search_by_model(run, work)}
    refused = bool(work.drafts) and work.drafts[-1].passed is False
    reason: Reason = "check_failed" if refused else "unsure"
    return {"work": await answer_by_model(run, work, reason=reason)}
