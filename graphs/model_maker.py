"""Drafts by a language model: an answer from text, and search over the kind's environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from langgraph.config import get_stream_writer

from graphs.episode import Draft
from graphs.llm.evaluator import LLMEvaluator
from graphs.llm.policy import (
    BudgetSpentError,
    ModelRefusedError,
    ProviderDownError,
    UnparsableReplyError,
)
from graphs.llm.prompts import answer_messages, refine_messages
from graphs.mcts.search import SearchConfig, TreeSearch, arun_search
from graphs.routing.decision import Decision, Reason
from graphs.spans import maker_span
from graphs.state import Run, Work, json_event
from graphs.steps import searched_steps, with_draft

SCRIPTED_LABEL = "[scripted model, not a real one] "
NO_MODEL = (
    "this question needs a language model, and none is configured. Set TANDEM_MODEL (for example "
    "openai:gpt-4.1-mini with OPENAI_API_KEY, or any OpenAI-compatible server with "
    "TANDEM_MODEL_BASE_URL), or ask what needs none, such as an equation, a sudoku, a maze or a "
    "game position: `tandem kinds` lists it with examples"
)


async def answer_by_model(run: Run, work: Work, reason: Reason = "forced") -> Work:
    """Ask the model for an answer; with an earlier draft, show it and its public feedback."""
    kind = run.means.kinds[work.task.kind]
    model = run.means.language_model
    if model is None or run.options.mode == "neural_only":
        decision = Decision(kind="answer", source="none", reason="no_model", detail=NO_MODEL)
        return replace(
            work,
            decisions=(*work.decisions, decision),
            makers=(*work.makers, "none"),
            failure=NO_MODEL,
        )
    if not work.drafts and kind.environment is None:
        reason = "no_environment"
    messages = (
        refine_messages(kind, work.task, work.drafts)
        if work.drafts
        else answer_messages(kind, work.task)
    )
    stream_tokens = not kind.has_grader
    writer = get_stream_writer()
    if stream_tokens and model.scripted:
        writer(json_event("token", text=SCRIPTED_LABEL))
    with maker_span("llm", kind=kind.name, model_version=model.name) as span:
        try:
            reply = await model.complete(
                messages,
                run.spend,
                run.options.budget,
                on_token=(lambda text: writer(json_event("token", text=text)))
                if stream_tokens
                else None,
            )
        except (ProviderDownError, ModelRefusedError, BudgetSpentError) as error:
            return _failed(work, error, "llm")
        answer = kind.answer_from_text(work.task, reply.text)
        decision = Decision(
            kind="refine" if work.drafts else "answer",
            source="llm",
            reason=reason,
            model_version=model.name,
            router=run.router.name,
            dollars=reply.dollars or 0.0,
            seconds=reply.seconds,
        )
        work = replace(work, decisions=(*work.decisions, decision), makers=(*work.makers, "llm"))
        if answer is None:
            work = replace(
                work, failure="the language model's reply holds no answer in the expected form"
            )
        else:
            draft = Draft(answer=answer, source="llm", confidence=None, passed=None)
            work = replace(
                work,
                drafts=(*work.drafts, draft),
                steps=(),
                verdict=None,
                confidence=None,
                failure="",
            )
        span.report(work)
    return work


async def search_by_model(run: Run, work: Work) -> Work:
    """Search the kind's environment with the language model as evaluator, within the budget."""
    refused = bool(work.drafts) and work.drafts[-1].passed is False
    kind = run.means.kinds[work.task.kind]
    model, environment = run.means.language_model, kind.environment
    assert model is not None
    assert environment is not None
    config = SearchConfig(
        simulations=run.means.model_simulations,
        leaves=4,
        stop_at_solution=environment.num_players == 1,
    )
    root = environment.initial(work.task)
    search = TreeSearch(environment, [root], config, np.random.default_rng(run.options.seed), None)
    evaluator = LLMEvaluator(model, kind, run.spend, run.options.budget)
    with maker_span("llm_search", kind=kind.name, model_version=model.name) as span:
        try:
            await arun_search(search, environment, evaluator)
        except (
            ProviderDownError,
            ModelRefusedError,
            BudgetSpentError,
            UnparsableReplyError,
        ) as error:
            return _failed(work, error, "llm_search")
        finally:
            run.spend.simulations += search.simulations(0)
        actions: Sequence[int] | None = search.solution(0)
        summary = search.summary(0)
        if environment.num_players > 1:
            actions = (int(np.argmax(summary.visit_counts)),)
        decision = Decision(
            kind="refine",
            source="llm_search",
            reason="check_failed" if refused else "unsure",
            model_version=model.name,
            router=run.router.name,
            seconds=summary.seconds,
            detail=f"{summary.simulations} simulations, {summary.evaluations} states judged",
        )
        work = replace(
            work,
            decisions=(*work.decisions, decision),
            searched=summary,
        )
        if actions is None:
            work = replace(
                work,
                makers=(*work.makers, "llm_search"),
                failure="language-model search found no solution within its budget",
            )
        else:
            steps = searched_steps(environment, work.task, tuple(actions), summary)
            work = with_draft(work, kind, steps, "llm_search", None)
        span.report(work)
    return work


def _failed(work: Work, error: Exception, source: Any) -> Work:
    """Record why the language model gave nothing."""
    reason: Reason = "budget_spent" if isinstance(error, BudgetSpentError) else "provider_down"
    decision = Decision(kind="answer", source="none", reason=reason, detail=str(error))
    return replace(
        work,
        decisions=(*work.decisions, decision),
        makers=(*work.makers, source),
        failure=str(error),
    )
