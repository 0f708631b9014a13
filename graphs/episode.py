"""The one record of a run: Step, Draft, Episode, and the Solver that makes it.

Training data, metrics, traces and answers are read from episodes; nothing else is stored. The
JSON form is versioned (`schema`), holds data only and comes back without loss. Observations are
not stored: a step keeps its action, and the environment makes the observation again from the
task, so the two cannot disagree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Protocol

from langsmith import uuid7

from graphs.budget import Budget, Spend
from graphs.mcts.summary import SearchSummary
from graphs.routing.decision import Decision
from tasks.catalogue import Catalogue
from tasks.protocol import Answer, Task, Verdict, task_to_json

EPISODE_SCHEMA = 1
Outcome = Literal["solved", "failed", "unverified", "out_of_budget", "cancelled", "error"]
Mode = Literal["auto", "neural_only", "llm_only"]
Origin = Literal["http", "cli", "selfplay", "evaluation", "import"]


class EpisodeFormatError(ValueError):
    """Stored JSON that is not an episode of a schema this code reads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One executed action.

    Attributes:
        state: the state before the action, in words.
        legal: indices of the legal actions.
        to_play: player to move.
        action: executed action; `action_text` in words.
        search: statistics of the search that chose it; None when the network alone chose.
        decision: who chose it and why; None inside self-play, where the search always does.
        reward: of this step, in [-1, 1], for the player who moved.
    """

    state: str
    legal: tuple[int, ...]
    to_play: int
    action: int
    action_text: str
    search: SearchSummary | None = None
    decision: Decision | None = None
    reward: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An answer on its way: who made it, and what a public check said of it."""

    answer: Answer
    source: str
    confidence: float | None
    passed: bool | None
    feedback: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Episode:
    """The full record of a run; written once, when the run ends, however it ends.

    Attributes:
        id: time-ordered (uuid7); also the LangSmith run id of the root span and the feedback
            handle.
        solver: name of what ran. `versions`: what it ran with (`net:<kind>` -> weights version,
            `code` ...).
        arm: side of an A/B test; empty outside one.
        origin: where the task came from.
        train: False when its owner opted out of training.
        steps: of the executed derivation or game; empty for answers from text.
        children: episodes of the subtasks of a composed message.
        decisions: of the run as a whole; those of single steps are with the steps.
        confidence: of the final answer, in [0, 1]; None where nothing was judged.
        failure: what stopped the run, for people, when outcome is not solved or unverified.
        started_at: Unix seconds.
    """

    id: str
    task: Task
    solver: str
    versions: dict[str, str]
    mode: Mode
    seed: int
    budget: Budget
    spend: Spend
    outcome: Outcome
    started_at: float
    origin: Origin
    arm: str = ""
    train: bool = True
    thread_id: str = ""
    answer: Answer | None = None
    verdict: Verdict | None = None
    confidence: float | None = None
    source: str = "none"
    steps: tuple[Step, ...] = ()
    drafts: tuple[Draft, ...] = ()
    decisions: tuple[Decision, ...] = ()
    children: tuple[Episode, ...] = ()
    failure: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    def walk(self) -> Iterator[Episode]:
        """Yield this episode and those below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all_decisions(self) -> list[Decision]:
        """Return every decision of the run, those of its steps and children included."""
        own = [*self.decisions, *(s.decision for s in self.steps if s.decision is not None)]
        return own + [d for child in self.children for d in child.all_decisions()]


class Solver(Protocol):
    """Whatever turns a task into an episode; returns one even when it fails."""

    name: str

    async def solve(self, task: Task, budget: Budget, seed: int) -> Episode:
        """Run the task to its end."""
        ...


def new_id() -> str:
    """Return a fresh time-ordered id."""
    return str(uuid7())


def id_time(uuid7_text: str) -> float:
    """Return the Unix seconds that a uuid7 carries."""
    return int(uuid7_text.replace("-", "")[:12], 16) / 1000.0


def episode_to_json(episode: Episode) -> dict[str, Any]:
    """Turn an episode into JSON values."""
    plain = {
        f.name: getattr(episode, f.name)
        for f in fields(episode)
        if f.name not in ("task", "children", "budget", "spend", "answer", "verdict")
    }
    plain["steps"] = [_step_to_json(step) for step in episode.steps]
    plain["drafts"] = [asdict(draft) for draft in episode.drafts]
    plain["decisions"] = [_one_level(decision) for decision in episode.decisions]
    return {
        "schema": EPISODE_SCHEMA,
        **plain,
        "task": task_to_json(episode.task),
        "budget": asdict(episode.budget),
        "spend": asdict(episode.spend),
        "answer": asdict(episode.answer) if episode.answer else None,
        "verdict": asdict(episode.verdict) if episode.verdict else None,
        "children": [episode_to_json(child) for child in episode.children],
    }


def episode_from_json(data: dict[str, Any], kinds: Catalogue) -> Episode:
    """Read back `episode_to_json`.

    Raises:
        EpisodeFormatError: if the schema is another one or a field is missing or unknown.
    """
    if data.get("schema") != EPISODE_SCHEMA:
        raise EpisodeFormatError(
            f"episode schema {data.get('schema')!r}; this version reads {EPISODE_SCHEMA}"
        )
    try:
        plain = {k: v for k, v in data.items() if k != "schema"}
        plain["task"] = kinds.task_from_json(plain["task"])
        plain["budget"] = Budget(**plain["budget"])
        plain["spend"] = Spend(**plain["spend"])
        plain["answer"] = _answer(plain["answer"])
        plain["verdict"] = Verdict(**plain["verdict"]) if plain["verdict"] else None
        plain["steps"] = tuple(_step(s) for s in plain["steps"])
        plain["drafts"] = tuple(
            Draft(**{**d, "answer": _answer(d["answer"])}) for d in plain["drafts"]
        )
        plain["decisions"] = tuple(Decision(**d) for d in plain["decisions"])
        plain["children"] = tuple(episode_from_json(c, kinds) for c in plain["children"])
        return Episode(**plain)
    except (KeyError, TypeError) as error:
        raise EpisodeFormatError(f"not an episode of schema {EPISODE_SCHEMA}: {error}") from error


def episode_to_text(episode: Episode) -> str:
    """Return the canonical JSON text: keys sorted, no spaces; equal episodes give equal text."""
    return json.dumps(episode_to_json(episode), sort_keys=True, separators=(",", ":"))


def _answer(data: dict[str, Any] | None) -> Answer | None:
    if data is None:
        return None
    return Answer(data["text"], tuple(data["actions"]), tuple(data["derivation"]))


def _step_to_json(step: Step) -> dict[str, Any]:
    # `asdict` copies every visit count by a call of its own, which is ten times slower
    search, decision = step.search, step.decision
    return {
        **_one_level(step),
        "search": None if search is None else _one_level(search),
        "decision": None if decision is None else _one_level(decision),
    }


def _one_level(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def _step(data: dict[str, Any]) -> Step:
    search, decision = data["search"], data["decision"]
    return Step(
        **{
            **data,
            "legal": tuple(data["legal"]),
            "search": SearchSummary.from_json(search) if search else None,
            "decision": Decision(**decision) if decision else None,
        }
    )
