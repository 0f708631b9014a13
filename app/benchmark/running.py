"""Let the agent answer records, in this process or several, and note what came of each.

Every record goes through the whole agent, as a message of a user without a language model.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

from langchain_core.messages import HumanMessage

from app.benchmark.judging import Status, judge
from app.benchmark.prompts import intent_set, prompt_of
from app.benchmark.records import Record
from graphs.agent import DEFAULT_THRESHOLD, Agent
from graphs.nets import FixedNets, StoredNets, code_version
from graphs.routing.policies import router_for
from graphs.state import Means, Nets, RunOptions
from neural.device import use_threads
from neural.inference import NetEvaluator
from neural.model_files import Model
from tasks.catalogue import Catalogue, default_catalogue
from tasks.protocol import InvalidTaskError, Task, TaskKind

SAMPLE = 20  # records of a module that are read to see whose it is
CHUNK = 8  # records handed to a process at once
Came = Status | Literal["needs_model", "no_kind"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one record.

    Attributes:
        kind: of the task that was read; empty where none was.
        came: one of the judge's words, `needs_model` (no kind reads it), `no_kind` (no text door).
        gap: to the optimum, relative; None where nothing is optimised.
        source: who made the answer.
        seconds: wall time of the run.
        answer: as it was said; empty for none.
    """

    record: Record
    kind: str
    came: Came
    gap: float | None = None
    source: str = ""
    seconds: float = 0.0
    answer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HowToRun:
    """What the runs have in common.

    Attributes:
        kinds: modules with kinds of one's own.
        only: names of kinds, or beginnings of names, whose records are answered; empty for all.
        seconds: limit of one run.
        seed: of the runs.
        jobs: processes.
    """

    kinds: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    seconds: float = 60.0
    seed: int = 0
    jobs: int = 1


@dataclass(slots=True)
class LabelledKinds:
    """Kinds that were made of labelled texts for these runs, with the nets trained for them."""

    kinds: list[TaskKind] = field(default_factory=list)
    nets: dict[str, NetEvaluator] = field(default_factory=dict)

    def add(self, kind: TaskKind, model: Model) -> None:
        """Add a kind and its net."""
        self.kinds.append(kind)
        self.nets[kind.name] = NetEvaluator(model)


def of_kinds(
    records: Sequence[Record], how: HowToRun, labelled: LabelledKinds | None = None
) -> list[Record]:
    """Return the records of the files and modules that the asked kinds read, unread ones included.

    A module belongs to the kind that reads most of a sample of its records.
    """
    if not how.only:
        return list(records)
    catalogue = catalogue_with(how, labelled)
    modules: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        modules.setdefault((record.file, record.module), []).append(record)
    kept = {
        key
        for key, group in modules.items()
        if _kind_of(group[:: len(group) // SAMPLE + 1], catalogue).startswith(how.only)
    }
    return [record for record in records if (record.file, record.module) in kept]


def catalogue_with(how: HowToRun, labelled: LabelledKinds | None) -> Catalogue:
    """Return the kinds of a run; those made of labelled texts are asked first."""
    return Catalogue([*(labelled.kinds if labelled else ()), *default_catalogue(how.kinds)])


def run_records(
    records: Sequence[Record], how: HowToRun, labelled: LabelledKinds | None = None
) -> Iterator[Outcome]:
    """Yield what comes of the records: first of those without labels, in their order."""
    texts = [r for r in records if intent_set(r.task) is not None]
    others = [r for r in records if intent_set(r.task) is None]
    if how.jobs <= 1:
        answering = Answering(how)
        yield from map(answering.outcome, others)
    else:
        yield from _in_processes(others, how)
    if texts:  # their kinds live in this process
        answering = Answering(how, labelled)
        yield from map(answering.outcome, texts)


class Answering:
    """An agent that answers one record after the other."""

    def __init__(self, how: HowToRun, labelled: LabelledKinds | None = None) -> None:
        use_threads(1)
        self._kinds = catalogue_with(how, labelled)
        nets: Nets = StoredNets.shipped() if labelled is None else FixedNets(labelled.nets)
        means = Means(
            kinds=self._kinds,
            nets=nets,
            language_model=None,
            router_for=lambda mode: router_for(mode, DEFAULT_THRESHOLD),
            code_version=code_version(),
        )
        self._agent = Agent(means)
        self._how = how
        self._runner = asyncio.Runner()
        self._warm: set[str] = set()

    def outcome(self, record: Record) -> Outcome:
        """Answer the record and judge the answer.

        An answer that the agent itself marks as failing its public check is an abstention. Of a
        record that was split, the last part's answer is the answer.
        """
        prompt = prompt_of(record.task, record.data)
        if prompt is None:
            return Outcome(record, "", "no_kind")
        task = _read(prompt, self._kinds)
        kind = task.kind if task is not None else ""
        if kind and kind not in self._warm:  # compiling is not what is measured
            self._warm.add(kind)
            self._runner.run(self._agent.run([HumanMessage(prompt)], self._options()))
        started = time.perf_counter()
        episode = self._runner.run(self._agent.run([HumanMessage(prompt)], self._options()))
        seconds = time.perf_counter() - started
        if episode.children:  # the question comes last
            episode = episode.children[-1]
        refused = episode.verdict is not None and episode.verdict.passed is False
        check = self._kinds[episode.task.kind].check_is_public
        said = None if episode.answer is None or (refused and check) else episode.answer.text
        if said is None and episode.tags.get("refused") == "no_model":
            return Outcome(record, kind, "needs_model", seconds=seconds)
        judged = judge(record.task, record.data, said)
        return Outcome(record, kind, judged.status, judged.gap, episode.source, seconds, said or "")

    def _options(self) -> RunOptions:
        return RunOptions(
            seed=self._how.seed, max_seconds=self._how.seconds, origin="evaluation", train=False
        )


def _kind_of(sample: Sequence[Record], kinds: Catalogue) -> str:
    prompts = [prompt_of(record.task, record.data) for record in sample]
    tasks = [_read(prompt, kinds) for prompt in prompts if prompt is not None]
    counted = Counter(task.kind for task in tasks if task is not None)
    return counted.most_common(1)[0][0] if counted else ""


def _read(prompt: str, kinds: Catalogue) -> Task | None:
    try:
        return kinds.parse(prompt)
    except InvalidTaskError:
        return None


_answering: Answering | None = None  # of a worker process


def _in_processes(records: Sequence[Record], how: HowToRun) -> Iterator[Outcome]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(how.jobs, context, _start_worker, (how,)) as pool:
        yield from pool.map(_answer, records, chunksize=CHUNK)


def _start_worker(how: HowToRun) -> None:
    global _answering  # a process of the pool has one agent for all its records
    _answering = Answering(how)


def _answer(record: Record) -> Outcome:
    assert _answering is not None
    return _answering.outcome(record)
