"""Runs of self-play on disk: columns in safetensors, tasks and ids in a JSON manifest.

The manifest is written last, so its existence means that the columns beside it are complete; it
holds their hash, and one over what was played alone, without times and ids, which is the same
whenever the same games are played again. Letters: `M` runs, `S` steps of all runs, `Q` searches,
`A` actions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors import numpy as safetensors_numpy

from graphs.mcts.summary import SearchSummary
from neural.durable import write_durably
from tasks.catalogue import Catalogue
from tasks.protocol import InvalidTaskError, Task, task_to_json
from training.selfplay.played import Played

SHARD_FORMAT = 1
TIMES = ("seconds", "search_seconds")  # columns that are never the same twice
REMEDY = "A training run that is started again plays its games again"
Columns = dict[str, NDArray[Any]]
Manifest = dict[str, Any]


class BrokenShardError(RuntimeError):
    """Files that are not a complete shard of a format that this version reads."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Runs of one kind in one iteration.

    Attributes:
        kind, environment_version: whose tasks, under which rules.
        weights_version: of the net that played.
        iteration, seed: where in a training run it belongs.
        cpu_seconds: of the process that played.
    """

    kind: str
    environment_version: str
    weights_version: str
    iteration: int
    seed: int
    runs: tuple[Played, ...]
    cpu_seconds: float = 0.0


def save_shard(shard: Shard, path: Path) -> None:
    """Write a shard; `path` is the manifest's, ending in `.json`."""
    arrays = to_columns(shard.runs)
    columns = safetensors_numpy.save(arrays)
    starts = {run.task.id: run.task for run in shard.runs}
    manifest: Manifest = {
        "format": SHARD_FORMAT,
        "kind": shard.kind,
        "environment_version": shard.environment_version,
        "weights_version": shard.weights_version,
        "iteration": shard.iteration,
        "seed": shard.seed,
        "columns_sha256": hashlib.sha256(columns).hexdigest(),
        "games_sha256": games_hash(arrays, [run.task.id for run in shard.runs]),
        "cpu_seconds": shard.cpu_seconds,
        "ids": [run.id for run in shard.runs],
        "task_of_run": [run.task.id for run in shard.runs],
        "tasks": [task_to_json(task) for task in starts.values()],
    }
    write_durably(path.with_suffix(".safetensors"), columns)
    manifest["manifest_sha256"] = _manifest_hash(manifest)
    write_durably(path, json.dumps(manifest, separators=(",", ":")).encode())


def load_shard(path: Path, kinds: Catalogue) -> Shard:
    """Read a shard by its manifest.

    Raises:
        BrokenShardError: if a file is missing, damaged or of another format.
    """
    manifest, columns = load_columns(path)
    try:
        runs = from_columns(columns, manifest["ids"], tasks_of(manifest, kinds))
        return Shard(
            manifest["kind"],
            manifest["environment_version"],
            manifest["weights_version"],
            manifest["iteration"],
            manifest["seed"],
            runs,
            manifest.get("cpu_seconds", 0.0),
        )
    except (ValueError, KeyError, InvalidTaskError) as error:
        raise BrokenShardError(f"shard {path} does not read: {error!r}") from error


def load_columns(path: Path) -> tuple[Manifest, Columns]:
    """Read a shard's manifest and columns as they are.

    Raises:
        BrokenShardError: if a file is missing, damaged or of another format.
    """
    manifest = load_manifest(path)
    try:
        columns_bytes = path.with_suffix(".safetensors").read_bytes()
        if manifest["columns_sha256"] != hashlib.sha256(columns_bytes).hexdigest():
            raise BrokenShardError(
                f"shard {path}: the columns beside it are not those that were written. {REMEDY}"
            )
        return manifest, safetensors_numpy.load(columns_bytes)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise BrokenShardError(f"shard {path} does not read: {error!r}. {REMEDY}") from error


def load_manifest(path: Path) -> Manifest:
    """Read what a shard says of itself.

    Raises:
        BrokenShardError: if the file is missing, damaged or of another format.
    """
    try:
        manifest: Manifest = json.loads(path.read_text())
        if manifest["format"] != SHARD_FORMAT:
            raise BrokenShardError(
                f"shard {path} has format {manifest['format']}, not {SHARD_FORMAT}"
            )
        # Shards of the first versions carry no hash of the manifest itself.
        if manifest.get("manifest_sha256", _manifest_hash(manifest)) != _manifest_hash(manifest):
            raise BrokenShardError(f"shard {path}: its manifest was changed. {REMEDY}")
        return manifest
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenShardError(f"shard {path} does not read: {error!r}. {REMEDY}") from error


def tasks_of(manifest: Manifest, kinds: Catalogue) -> list[Task]:
    """Return the task of each run of a manifest."""
    tasks = {task.id: task for task in map(kinds.task_from_json, manifest["tasks"])}
    return [tasks[task] for task in manifest["task_of_run"]]


def games_hash(columns: Columns, tasks: Sequence[str]) -> str:
    """Return the SHA-256 of what was played: tasks `[M]` by id, and columns that are no times."""
    digest = hashlib.sha256("\n".join(tasks).encode())
    for name in sorted(set(columns) - set(TIMES)):
        digest.update(f"{name} {columns[name].dtype} {columns[name].shape}\n".encode())
        digest.update(np.ascontiguousarray(columns[name]).tobytes())
    return digest.hexdigest()


def _manifest_hash(manifest: Manifest) -> str:
    stated = {key: value for key, value in manifest.items() if key != "manifest_sha256"}
    return hashlib.sha256(json.dumps(stated, separators=(",", ":")).encode()).hexdigest()


def to_columns(runs: tuple[Played, ...]) -> Columns:
    """Turn runs into arrays; ids and tasks go into the manifest."""
    searches = [search for run in runs for search in run.searches]
    shape = (len(searches), len(searches[0].visit_counts) if searches else 0)
    spent = [(run.simulations, run.evaluations) for run in runs]
    counters = [(s.simulations, s.evaluations, s.depth) for s in searches]
    return {
        "actions": np.array([a for run in runs for a in run.actions], np.int32),
        "lengths": np.array([len(run.actions) for run in runs], np.int32),
        "searches": np.array([len(run.searches) for run in runs], np.int32),
        "passed": np.array([run.passed for run in runs], np.bool_),
        "spent": np.array(spent, np.int64).reshape(len(runs), 2),
        "seconds": np.array([run.seconds for run in runs], np.float64),
        "visit_counts": np.array([s.visit_counts for s in searches], np.int32).reshape(shape),
        "priors": np.array([s.priors for s in searches], np.float64).reshape(shape),
        "action_values": np.array([s.action_values for s in searches]).reshape(shape),
        "root_values": np.array([s.root_value for s in searches], np.float64),
        "counters": np.array(counters, np.int64).reshape(len(searches), 3),
        "search_seconds": np.array([s.seconds for s in searches], np.float64),
    }


def from_columns(columns: Columns, ids: list[str], tasks: list[Any]) -> tuple[Played, ...]:
    """Turn arrays back into runs.

    Args:
        columns: of `to_columns`.
        ids: `[M]`.
        tasks: `[M]`.
    """
    searches = _searches(columns)
    actions = columns["actions"].tolist()
    runs, step, search = [], 0, 0
    for n, (identity, task) in enumerate(zip(ids, tasks, strict=True)):
        length, own = int(columns["lengths"][n]), int(columns["searches"][n])
        runs.append(
            Played(
                identity,
                task,
                tuple(actions[step : step + length]),
                tuple(searches[search : search + own]),
                bool(columns["passed"][n]),
                int(columns["spent"][n, 0]),
                int(columns["spent"][n, 1]),
                float(columns["seconds"][n]),
            )
        )
        step, search = step + length, search + own
    return tuple(runs)


def _searches(columns: Columns) -> list[SearchSummary]:
    names = ("visit_counts", "priors", "action_values")
    rows = zip(*(columns[name].tolist() for name in names), strict=True)
    return [
        SearchSummary(
            visit_counts=tuple(visits),
            priors=tuple(priors),
            action_values=tuple(values),
            root_value=root,
            simulations=simulations,
            evaluations=evaluations,
            depth=depth,
            seconds=seconds,
        )
        for (visits, priors, values), root, (simulations, evaluations, depth), seconds in zip(
            rows,
            columns["root_values"].tolist(),
            columns["counters"].tolist(),
            columns["search_seconds"].tolist(),
            strict=True,
        )
    ]
