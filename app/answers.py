"""What a caller is told of a finished run: the `tandem` object, usage, and a page for people.

HTTP, tasks and the command line all say the same object. Everything is read from the Episode.
"""

from __future__ import annotations

from typing import Any

from graphs.episode import Episode
from tasks.protocol import Verdict


def tandem_object(episode: Episode) -> dict[str, Any]:
    """Return the object that every answer carries.

    `seconds` is the run's wall time and `dollars` what providers charged by the price table, a
    lower bound where `price_known` is false; `confidence` is in [0, 1] or null; `verified` is
    null where no grader exists, or where it reached its limit undecided.
    """
    answer = episode.answer
    return {
        "episode_id": episode.id,
        "answer": answer.text if answer else None,
        "verified": episode.verdict.passed if episode.verdict else None,
        "source": episode.source,
        "scripted": any("scripted" in e.tags for e in episode.walk()),
        "confidence": episode.confidence,
        "simulations": episode.spend.simulations,
        "seconds": round(episode.spend.seconds, 6),
        "dollars": episode.spend.dollars,
        "price_known": episode.spend.price_known,
        "outcome": episode.outcome,
        "failure": episode.failure,
        "kind": episode.task.kind,
        "derivation": list(answer.derivation) if answer else [],
        "subtasks": [tandem_object(child) for child in episode.children],
        "decisions": [decision.to_json() for decision in episode.all_decisions()],
    }


def usage_object(episode: Episode) -> dict[str, int]:
    """Return the tokens that providers reported; 0 when only networks answered."""
    read, written = episode.spend.input_tokens, episode.spend.output_tokens
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def page(episode: Episode) -> str:
    """Return a finished run as text for a terminal."""
    lines = _answer_lines(episode) if not episode.children else []
    for number, child in enumerate(episode.children, 1):
        lines += [
            f"problem {number}    {' '.join(child.task.prompt.split())}",
            *_answer_lines(child),
        ]
    spend = episode.spend
    bound = "" if spend.price_known else " at least (a price is unknown)"
    tokens = spend.input_tokens + spend.output_tokens
    called = f", {spend.llm_calls} model calls, {tokens} tokens" if spend.llm_calls else ""
    facts = [
        ("source", episode.source),
        ("confidence", "-" if episode.confidence is None else f"{episode.confidence:.3f}"),
        ("simulations", str(spend.simulations)),
        ("seconds", f"{spend.seconds:.3f}"),
        ("spend", f"${spend.dollars:.6f}{bound}{called}"),
        ("episode", episode.id),
    ]
    return "\n".join([*lines, "", *(f"{name:<12} {value}" for name, value in facts)])


def refusal(episode: Episode) -> str | None:
    """Return why a message that holds one problem was refused, as a code; None if it was not."""
    if episode.children:
        return None
    return {"no_model": "no_model", "invalid": "invalid_problem"}.get(
        episode.tags.get("refused", "")
    )


def _answer_lines(episode: Episode) -> list[str]:
    if episode.answer is None:
        return [f"{'answer':<12} none: {episode.failure}"]
    lines = [
        f"{'answer':<12} {episode.answer.text}",
        f"{'verified':<12} {_standing(episode.verdict)}",
    ]
    shown = [line for step in episode.answer.derivation for line in step.splitlines()]
    return lines + [f"{'steps' if n == 0 else '':<12} {line}" for n, line in enumerate(shown)]


def _standing(verdict: Verdict | None) -> str:
    """Say what the check found; a grader that could not decide gives its reason as feedback."""
    if verdict is None or (verdict.passed is None and not verdict.feedback):
        return "no check exists"
    if verdict.passed is None:
        return f"undecided: {verdict.feedback}"
    return "yes" if verdict.passed else "no: it fails the check"
