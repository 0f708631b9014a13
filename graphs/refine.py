"""Hand a draft and its public feedback to the next stronger maker: the model, then its search."""

from __future__ import annotations

from dataclasses import replace

from langgraph.config import get_stream_writer

from graphs.model_maker import answer_by_model, search_by_model
from graphs.state import AgentState, json_event


async def refine(state: AgentState) -> AgentState:
    """Let the next stronger maker try, once."""
    run, work = state["run"], state["work"]
    assert work is not None
    work = replace(work, refinements=work.refinements + 1, failure="")
    environment = run.means.kinds[work.task.kind].environment
    asked = "llm" in work.makers
    get_stream_writer()(
        json_event(
            "refine",
            index=len(state["done"]),
            attempt=work.refinements,
            maker="llm_search" if asked and environment is not None else "llm",
            feedback=work.drafts[-1].feedback if work.drafts else "",
        )
    )
    if asked and environment is not None:
        return {"work": await search_by_model(run, work)}
    return {
        "work": await answer_by_model(run, work, reason="check_failed" if work.drafts else "unsure")
    }
