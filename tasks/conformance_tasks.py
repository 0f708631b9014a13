"""Checks of generator, reader and payload: repeatable, distinct, splits apart, JSON and back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, asdict, fields, is_dataclass
from typing import Any

from tasks.finding import FAULTS, Finding, shown
from tasks.protocol import InvalidTaskError, Split, Task, TaskKind, split_seed, task_id
from tasks.splits import SPLITS

DISTINCT_SHARE = 0.8  # of tasks of mixed difficulty
SECONDS_TO_READ = 2.0  # processor time for one long text
FOREIGN_TEXTS = (
    "",
    "hello",
    "What is the capital of France?",
    "Write a poem about the number seven, please.",
    "a " * 50_000,
    "(" * 50_000,
    "9" * 100_000,
)


def check_tasks(kind: TaskKind, tasks: int) -> Iterator[Finding]:
    """Yield what is wrong with the kind's tasks, whoever makes them."""
    generated = sample(kind, tasks)
    yield from _check_fields(kind, generated)
    yield from _check_determinism(kind, generated)
    yield from _check_variety(kind)
    yield from _check_payloads(kind, generated)
    yield from _check_reader(kind, generated)


def sample(kind: TaskKind, tasks: int, split: Split = "train") -> list[Task]:
    """Return tasks of all difficulties, easiest first."""
    return [kind.generate(seed, seed / max(1, tasks - 1), split) for seed in range(tasks)]


def _check_fields(kind: TaskKind, tasks: list[Task]) -> Iterator[Finding]:
    for index, task in enumerate(tasks):
        expected: dict[str, Any] = {
            "kind": kind.name,
            "seed": split_seed("train", index),
            "split": "train",
            "difficulty": index / max(1, len(tasks) - 1),
            "id": task_id(kind.name, task.payload, split_seed("train", index), "train"),
        }
        wrong = [n for n, v in expected.items() if getattr(task, n) != v]
        if wrong or not task.prompt.strip():
            name = wrong[0] if wrong else "prompt"
            yield Finding(
                f"field {name} of a task",
                shown(expected.get(name, "a text")),
                shown(getattr(task, name)),
                "build tasks with split_seed(split, seed) and task_id(name, payload, seed, split)",
            )
            return


def _check_determinism(kind: TaskKind, tasks: list[Task]) -> Iterator[Finding]:
    for index, task in enumerate(tasks):
        again = kind.generate(index, task.difficulty, "train")
        if again != task:
            yield Finding(
                "generator repeats itself",
                f"generate({index}, {task.difficulty:.3f}, 'train') makes the same task each time",
                f"{shown(task)} and then {shown(again)}",
                "draw all randomness from a generator seeded by split_seed(split, seed)",
            )
            return


def _check_variety(kind: TaskKind) -> Iterator[Finding]:
    count = 60
    payloads = {split: {t.payload for t in sample(kind, count, split)} for split in SPLITS}
    for split, found in payloads.items():
        if len(found) < DISTINCT_SHARE * count:
            yield Finding(
                "tasks are distinct",
                f"at least {DISTINCT_SHARE:.0%} of {count} {split} tasks of mixed difficulty",
                f"{len(found)} distinct payloads",
                "let the seed choose among more problems, or use all of the seed",
            )
    for first, second in (("train", "calibration"), ("train", "test"), ("calibration", "test")):
        shared = payloads[first] & payloads[second]  # type: ignore[index]
        if shared:
            yield Finding(
                "splits are disjoint",
                f"no problem in both {first} and {second}",
                shown(next(iter(shared))),
                "draw again until tasks.splits.split_of(canonical text) is the asked split",
            )


def _check_payloads(kind: TaskKind, tasks: list[Task]) -> Iterator[Finding]:
    for task in tasks:
        payload = task.payload
        if not is_dataclass(payload) or isinstance(payload, type) or not _is_frozen(payload):
            yield Finding(
                "payload type", "a frozen dataclass", shown(payload), "@dataclass(frozen=True)"
            )
            return
        back = kind.payload_from_json(json.loads(json.dumps(asdict(payload))))
        if back != payload or hash(back) != hash(payload):
            yield Finding(
                "payload through JSON",
                shown(payload),
                shown(back),
                "let payload_from_json undo dataclasses.asdict (lists back into tuples)",
            )
            return
    for broken in ({}, {"no such field": 1}, {**asdict(tasks[0].payload), "no such field": 1}):
        try:
            accepted = kind.payload_from_json(broken)
        except InvalidTaskError:
            continue
        except FAULTS as error:
            accepted = error
        yield Finding(
            "broken payload",
            f"InvalidTaskError for the fields {sorted(broken)}",
            shown(accepted),
            "compare set(data) with the payload's fields first",
        )
        return


def _is_frozen(payload: Any) -> bool:
    name = fields(payload)[0].name if fields(payload) else "x"
    try:
        setattr(payload, name, getattr(payload, name, None))
    except (FrozenInstanceError, AttributeError, TypeError):
        return True
    return False


def _check_reader(kind: TaskKind, tasks: list[Task]) -> Iterator[Finding]:
    for task in tasks:
        read = kind.parse(task.prompt)
        if read is None or read.payload != task.payload:
            yield Finding(
                "parse reads generated prompts",
                shown(task.payload),
                f"{shown(read and read.payload)} from {shown(task.prompt)}",
                "let parse read the prompts that generate writes",
            )
            return
        if (read.kind, read.seed, read.split) != (kind.name, 0, "test"):
            yield Finding(
                "parsed task",
                "the kind's name, seed 0 and split 'test'",
                shown((read.kind, read.seed, read.split)),
                "a text has no seed of ours, and must not be trained on by mistake",
            )
            return
    for example in kind.examples:
        if kind.parse(example) is None:
            yield Finding(
                "parse reads the examples", "a task", f"None for {shown(example)}", "mend parse"
            )
    for text in FOREIGN_TEXTS:
        started = time.process_time()
        task_read = _parse_quietly(kind, text)
        seconds = time.process_time() - started
        if task_read is not None:
            yield Finding(
                "parse leaves other texts alone",
                f"None for {shown(text, 60)}",
                shown(task_read.payload),
                "be strict: read only texts that are wholly a problem of this kind",
            )
        if seconds > SECONDS_TO_READ:
            yield Finding(
                "parse is quick on long texts",
                f"at most {SECONDS_TO_READ} s for {len(text)} characters",
                f"{seconds:.1f} s for {shown(text, 40)}",
                "look at the length first, and avoid nested repetition in patterns",
            )


def _parse_quietly(kind: TaskKind, text: str) -> Task | None:
    try:
        return kind.parse(text)
    except InvalidTaskError:
        return None  # recognised, and refused: as good as None for these texts
