"""Put the product together: Settings in, Services out, and everything closed again at the end.

The only module of this floor that names the checkpointer. What a request wants is the affair of
`runs` and the routes.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from app.kinds import finish_interrupted, kinds_of
from app.runs import Runs
from app.settings import Settings
from app.threads import THREADS_FILE
from graphs.agent import DEFAULT_THRESHOLD, Agent
from graphs.episode import Episode, Origin
from graphs.llm.models import ModelSettings
from graphs.llm.policy import CallPolicy, LanguageModel, open_language_model
from graphs.nets import StoredNets, code_version
from graphs.redaction import Redaction, redact_episode
from graphs.routing.policies import router_for
from graphs.state import Means, RunOptions
from graphs.store.retention import Retention
from graphs.store.store import Store
from graphs.store.writer import GroupWriter
from graphs.trace_spans import langsmith_client
from graphs.traces import TraceSink, trace
from neural.device import use_threads
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue
from training.metrics import Metrics

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Services:
    """What a process is made of."""

    settings: Settings
    kinds: Catalogue
    store: Store
    writer: GroupWriter
    sink: TraceSink
    models: ModelStore
    nets: StoredNets
    language_model: LanguageModel | None
    means: Means
    saver: AsyncSqliteSaver
    runs: Runs
    metrics: Metrics
    folding: ThreadPoolExecutor  # one thread: metrics are folded in order, off the event loop
    redaction: Redaction

    async def has_thread(self, thread_id: str) -> bool:
        """Say whether earlier turns of a thread are kept."""
        found = await self.saver.aget_tuple({"configurable": {"thread_id": thread_id}})
        return found is not None

    def options(self, origin: Origin, **asked: Any) -> RunOptions:
        """Return a run's options: what was asked, else the settings', at most the ceilings."""
        chosen: dict[str, Any] = {
            "max_dollars": self.settings.max_dollars,
            "max_seconds": self.settings.max_seconds,
            "train": self.settings.train,
            **{name: value for name, value in asked.items() if value is not None},
        }
        options = RunOptions(origin=origin, **{k: v for k, v in chosen.items() if v is not None})
        return replace(
            options,
            max_dollars=_lower(options.max_dollars, self.settings.ceiling_dollars),
            max_seconds=_lower(options.max_seconds, self.settings.ceiling_seconds),
        )


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncIterator[Services]:
    """Open everything that the settings name, and close it in the order that loses nothing.

    Raises:
        KindModuleError, ModelSettingsError, MissingPackageError, StoreError, RedactionError: what
            the parts say of their settings.
    """
    use_threads(1)
    kinds = kinds_of(settings)
    language_model = open_language_model(model_settings(settings), call_policy(settings))
    redaction = redaction_of(settings)
    home = settings.home
    store = await asyncio.to_thread(open_store, settings)
    sink = open_sink(settings, store, redaction)
    pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="search")
    folding = ThreadPoolExecutor(1, thread_name_prefix="metrics")
    writer = GroupWriter(store)
    metrics = Metrics({k.name: k.environment.discount for k in kinds if k.environment is not None})
    models = ModelStore(home)
    finish_interrupted(home, kinds, models)
    nets = StoredNets(models)
    async with aiosqlite.connect(home / THREADS_FILE) as connection:
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=NORMAL")
        saver = AsyncSqliteSaver(connection)
        means = means_of(settings, kinds, nets, language_model, pool)

        async def save(episode: Episode, key_hash: str) -> None:
            await writer.save_episode(redact_episode(episode, redaction, kinds), key_hash)

        runs = Runs(
            Agent(means, saver),
            save,
            lambda episode: _fold(folding, metrics, episode),
            partial(_traced, sink, settings.trace_share),
            running=settings.running,
            waiting=settings.waiting,
        )
        try:
            yield Services(
                settings=settings,
                kinds=kinds,
                store=store,
                writer=writer,
                sink=sink,
                models=models,
                nets=nets,
                language_model=language_model,
                means=means,
                saver=saver,
                runs=runs,
                metrics=metrics,
                folding=folding,
                redaction=redaction,
            )
        finally:
            await runs.drain(settings.shutdown_seconds)
            await writer.close()
            await asyncio.to_thread(sink.close)
            folding.shutdown()
            pool.shutdown(cancel_futures=True)
            store.close()


def check_parts(settings: Settings) -> None:
    """Open what the settings name and close it again, so that a mistake is told before the start.

    Raises:
        KindModuleError, ModelSettingsError, MissingPackageError, StoreError, RedactionError: what
            the parts say of their settings.
    """
    kinds_of(settings)
    open_language_model(model_settings(settings), call_policy(settings))
    redaction_of(settings)
    open_store(settings).close()


def open_store(settings: Settings) -> Store:
    """Open the store that the settings name."""
    url = settings.database_url
    return Store.open(settings.home, url.get_secret_value() if url else None)


def open_sink(settings: Settings, store: Store, redaction: Redaction) -> TraceSink:
    """Start the local trace sink; it forwards to LangSmith only where that was asked for."""
    remote = None
    if settings.forwards_traces:
        key = settings.langsmith_api_key.get_secret_value()
        remote = langsmith_client(key, settings.langsmith_endpoint or None)
    return TraceSink(store, redaction=redaction, project=settings.langsmith_project, remote=remote)


def means_of(
    settings: Settings,
    kinds: Catalogue,
    nets: Any,
    language_model: LanguageModel | None,
    pool: ThreadPoolExecutor | None = None,
) -> Means:
    """Return what runs may use; what the settings leave open keeps the agent's own defaults."""
    threshold = DEFAULT_THRESHOLD if settings.threshold is None else settings.threshold
    chosen = {} if settings.simulations is None else {"simulations": settings.simulations}
    return Means(
        kinds=kinds,
        nets=nets,
        language_model=language_model,
        router_for=lambda mode: router_for(mode, threshold),
        code_version=code_version(),
        pool=pool,
        **chosen,
    )


def model_settings(settings: Settings) -> ModelSettings:
    """Return the part of the settings that names the language model."""
    return ModelSettings(
        model=settings.model,
        base_url=settings.model_base_url,
        api_key=settings.model_api_key.get_secret_value(),
        temperature=settings.model_temperature,
        max_tokens=settings.model_max_tokens,
        price_input=settings.model_price_input,
        price_output=settings.model_price_output,
        price_cached_input=settings.model_price_cached_input,
    )


def call_policy(settings: Settings) -> CallPolicy:
    """Return how the language model is called."""
    per_minute = settings.model_calls_per_minute
    chosen = {
        "timeout_seconds": settings.model_timeout_seconds,
        "concurrency": settings.model_concurrency,
        "requests_per_second": None if per_minute is None else per_minute / 60.0,
    }
    return CallPolicy(**{k: v for k, v in chosen.items() if v is not None})  # type: ignore[arg-type]


def redaction_of(settings: Settings) -> Redaction:
    """Return what is taken out of traces and episodes."""
    return Redaction(
        mode=settings.redact,
        patterns=settings.redact_patterns,
        hide_inputs=settings.hide_inputs,
        hide_outputs=settings.hide_outputs,
        episodes=settings.redact_episodes,
    )


def retention_of(settings: Settings) -> Retention:
    """Return how long rows are kept."""
    return Retention(
        runs_days=settings.keep_runs_days,
        episodes_days=settings.keep_episodes_days,
        feedback_days=settings.keep_feedback_days,
        requests_days=settings.keep_requests_days,
    )


def hashed_keys(settings: Settings) -> tuple[str, ...]:
    """Return the SHA-256 of every API key; `sha256:<hex>` in the settings is one already."""
    return tuple(hashed_key(secret.get_secret_value()) for secret in settings.api_keys)


def hashed_key(key: str) -> str:
    """Return the SHA-256 of one API key, hex."""
    prefix, _, digest = key.partition(":")
    return digest.lower() if prefix == "sha256" else hashlib.sha256(key.encode()).hexdigest()


def _lower(asked: float | None, ceiling: float | None) -> float | None:
    """Return the lower of two limits, where None is no limit."""
    limits = [limit for limit in (asked, ceiling) if limit is not None]
    return min(limits) if limits else None


def _traced(sink: TraceSink, share: float, options: RunOptions) -> AbstractContextManager[None]:
    """Record a run, or nothing of it; which one is decided by its id, so that it can be told."""
    drawn = int(options.run_id.replace("-", "")[-8:], 16) / 2**32  # the random end of a uuid7
    if drawn >= share:
        return trace(None)
    metadata = {"mode": options.mode, "origin": options.origin, "episode_id": options.run_id}
    if options.thread_id:
        metadata["thread_id"] = options.thread_id
    return trace(sink, metadata=metadata, tags=[options.origin])


def _fold(folding: ThreadPoolExecutor, metrics: Metrics, episode: Episode) -> None:
    folding.submit(metrics.observe_episode, episode).add_done_callback(_say_failure)


def _say_failure(folded: Future[None]) -> None:
    if folded.exception() is not None:
        log.error("episode missing in the metrics", exc_info=folded.exception())
