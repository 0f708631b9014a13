"""What flows through the agent graph: its state, the Work on one problem, the means of a Run.

Only `messages` is checkpointed. Everything else belongs to one run and lives in untracked
channels: a run is short, its record is the Episode, and a checkpoint stays a few hundred bytes
however large a search was.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol, TypeVar

from langchain_core.messages import AnyMessage
from langgraph.channels import UntrackedValue
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict  # on Python 3.11 pydantic refuses the one of typing

from graphs.budget import Budget, Limit, Spend
from graphs.episode import Draft, Episode, Mode, Origin, Step
from graphs.llm.policy import LanguageModel
from graphs.mcts.summary import SearchSummary
from graphs.routing.decision import Decision, Router, Source
from graphs.routing.policies import blocked_by
from neural.inference import NetEvaluator
from tasks.catalogue import Catalogue
from tasks.protocol import Answer, Task, TaskKind, Verdict

T = TypeVar("T")


class Nets(Protocol):
    """Which trained net judges a kind."""

    def evaluator(self, kind: TaskKind) -> NetEvaluator | None:
        """Return the live net of the kind, or None where no weights exist."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What the process offers to every run.

    Attributes:
        simulations: of one neural search, unless the run's budget is smaller.
        model_simulations: of one language-model search.
        refinements: how often a failed draft is handed to the next stronger maker.
        pool: where arithmetic loops run, so that the event loop stays free; None: asyncio's own.
    """

    kinds: Catalogue
    nets: Nets
    language_model: LanguageModel | None
    router_for: Callable[[Mode], Router]
    code_version: str
    simulations: int = 800
    model_simulations: int = 12
    refinements: int = 2
    pool: Executor | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOptions:
    """What one request may set; also the graph's context schema, so every field is plain data."""

    mode: Mode = "auto"
    seed: int = 0
    max_dollars: float | None = None
    max_seconds: float | None = 60.0
    max_simulations: int | None = None
    max_llm_calls: int | None = 8
    origin: Origin = "http"
    thread_id: str = ""
    train: bool = True
    run_id: str = ""

    @property
    def budget(self) -> Budget:
        """The limits as a Budget."""
        return Budget(
            dollars=self.max_dollars,
            seconds=self.max_seconds,
            simulations=self.max_simulations,
            llm_calls=self.max_llm_calls,
        )


@dataclass(kw_only=True, slots=True)
class Run:
    """One run: its means, options, and the Spend that every payer adds to."""

    means: Means
    options: RunOptions
    router: Router
    spend: Spend = field(default_factory=Spend)
    started_at: float = field(default_factory=time.time)
    started: float = field(default_factory=time.monotonic)
    nets: dict[str, NetEvaluator | None] = field(default_factory=dict)  # asked so far, by kind

    def net(self, kind: TaskKind) -> NetEvaluator | None:
        """Return the net of a kind: the one live when first asked, whatever goes live meanwhile."""
        if kind.name not in self.nets:
            self.nets[kind.name] = self.means.nets.evaluator(kind)
        return self.nets[kind.name]

    def tick(self) -> None:
        """Bring the spent seconds up to date."""
        self.spend.seconds = time.monotonic() - self.started

    def blocked(self, maker: Source) -> Limit | None:
        """Return the limit that forbids asking this maker, after reading the clock."""
        self.tick()
        return blocked_by(maker, self.options.budget, self.spend)


@dataclass(frozen=True, kw_only=True, slots=True)
class Subtask:
    """One problem of a message.

    Attributes:
        text: as it stands in the message.
        needs: names whose values come from earlier answers (`x`, or `answer` for "the answer").
        fault: why it cannot be attempted, for people; empty for most.
    """

    text: str
    needs: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """The subtask under way.

    Attributes:
        drafts: answers so far, weakest maker first.
        steps: of the newest draft, where it was reached step by step.
        searched: statistics of the last search.
        verdict: of the newest draft; steers only where the kind's check is public.
        confidence: of the newest draft.
        makers: sources asked so far, in order.
        failure: why no answer came, for people.
    """

    task: Task
    spend_before: Spend
    started_at: float
    drafts: tuple[Draft, ...] = ()
    steps: tuple[Step, ...] = ()
    searched: SearchSummary | None = None
    verdict: Verdict | None = None
    confidence: float | None = None
    makers: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    refinements: int = 0
    failure: str = ""

    @property
    def answer(self) -> Answer | None:
        """The newest draft's answer."""
        return self.drafts[-1].answer if self.drafts else None


class AgentInput(TypedDict):
    """What a caller gives: a chat."""

    messages: Annotated[list[AnyMessage], add_messages]


class AgentState(TypedDict, total=False):
    """What flows between the nodes."""

    messages: Annotated[list[AnyMessage], add_messages]
    run: Annotated[Run, UntrackedValue]
    text: Annotated[str, UntrackedValue]
    facts: Annotated[dict[str, str], UntrackedValue]
    subtasks: Annotated[tuple[Subtask, ...], UntrackedValue]
    plan: Annotated[tuple[Decision, ...], UntrackedValue]
    work: Annotated[Work | None, UntrackedValue]
    done: Annotated[tuple[Episode, ...], UntrackedValue]
    episode: Annotated[Episode, UntrackedValue]


class AgentOutput(TypedDict):
    """What a caller gets back: the chat with the answer, and the record of the run."""

    messages: Annotated[list[AnyMessage], add_messages]
    episode: Annotated[Episode, UntrackedValue]


async def offload(run: Run, work: Callable[[Callable[[], bool]], T]) -> T:
    """Run an arithmetic loop in the pool; `work` gets a `should_stop` to look at between rounds.

    It stops when the caller is cancelled or when the run's time is up.
    """
    cancelled = threading.Event()
    limit = run.options.max_seconds
    deadline = None if limit is None else run.started + limit

    def should_stop() -> bool:
        return cancelled.is_set() or (deadline is not None and time.monotonic() >= deadline)

    loop = asyncio.get_running_loop()
    waiting: Awaitable[T] = loop.run_in_executor(run.means.pool, work, should_stop)
    try:
        return await waiting
    except asyncio.CancelledError:
        cancelled.set()
        raise


def json_event(event: str, /, **fields: Any) -> dict[str, Any]:
    """Return a progress event for the stream writer."""
    return {"event": event, **fields}
