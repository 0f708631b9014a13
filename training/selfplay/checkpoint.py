"""Checkpoints of a training run: one folder per iteration, complete or not there at all.

A folder is written under a hidden name, flushed, and renamed. Layout: `state.json`, and per kind
a folder with the champion's two files, `learner.safetensors` (weights and optimiser) and nothing
else.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors_torch
from torch import Tensor

from neural.durable import flush_folder, write_durably
from neural.model_files import load_model, save_model, shipped_name
from neural.policy_value import NetShape, PolicyValueNet, empty_net
from tasks.catalogue import Catalogue
from training.selfplay.state import KindState, RunState
from training.solving import environment_of

CHECKPOINT_FORMAT = 2
KEEP_BEST = 5
NAME = re.compile(r"iteration-(\d{4,})")


class BrokenCheckpointError(RuntimeError):
    """A folder that is no complete checkpoint of a format that this version reads."""


def save_checkpoint(state: RunState, folder: Path) -> Path:
    """Write the state after an iteration and return the checkpoint's path.

    Args:
        state: of the run.
        folder: of all checkpoints of this run.

    Raises:
        DiskFullError: if there is no room; nothing is left of the attempt then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"iteration-{state.iteration:04d}"
    hidden = _hidden(target)
    try:
        _write(state, hidden)
        if target.exists():
            _remove(target)
        hidden.replace(target)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    flush_folder(folder)
    return target


def _write(state: RunState, folder: Path) -> None:
    kinds: dict[str, Any] = {}
    for kind, known in state.kinds.items():
        own = folder / shipped_name(kind)
        save_model(known.champion, own)
        tensors, groups = _optimiser_tensors(known.optimiser)
        tensors |= {f"net.{name}": t for name, t in known.learner.state_dict().items()}
        contiguous = {name: tensor.contiguous() for name, tensor in tensors.items()}
        learner = safetensors_torch.save(contiguous)
        write_durably(own / "learner.safetensors", learner)
        kinds[kind] = {
            "learner_sha256": hashlib.sha256(learner).hexdigest(),
            "champion": known.champion.card.name,
            "shape": known.learner.shape.to_json(),
            "optimiser_groups": groups,
            "level": known.level,
            "tasks_drawn": known.tasks_drawn,
            "shards": known.shards,
            "games": known.games,
            "seconds": known.seconds,
            "evaluations": known.evaluations,
            "cpu_seconds": known.cpu_seconds,
            "rating": known.rating,
            "provenance": known.provenance,
            "trained_before": known.trained_before,
        }
        flush_folder(own)
    plain = {
        "format": CHECKPOINT_FORMAT,
        "seed": state.seed,
        "iteration": state.iteration,
        "kinds": kinds,
        "history": state.history,
        "config": state.config,
    }
    plain["sha256"] = _hash(plain)
    write_durably(folder / "state.json", json.dumps(plain, indent=1).encode())


def _hash(plain: dict[str, Any]) -> str:
    """Return the SHA-256 of all fields of a state but this one."""
    fields = json.loads(json.dumps({n: value for n, value in plain.items() if n != "sha256"}))
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _hidden(path: Path) -> Path:
    """Return a name beside a checkpoint's that nobody takes for a checkpoint."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def _remove(path: Path) -> None:
    """Delete a checkpoint; a kill on the way leaves all of it or nothing that looks like one."""
    hidden = _hidden(path)
    path.rename(hidden)
    shutil.rmtree(hidden)


def newest_checkpoint(folder: Path) -> Path | None:
    """Return the checkpoint with the highest iteration, None if there is none."""
    return max(_checkpoints(folder), key=_iteration_of, default=None)


def load_checkpoint(path: Path, kinds: Catalogue) -> RunState:
    """Read a checkpoint.

    Raises:
        BrokenCheckpointError: if it is not complete, or of another format.
        StaleWeightsError: if a kind's rules have changed since.
        UnknownKindError: if it is about a kind that the catalogue does not hold.
    """
    try:
        plain = json.loads((path / "state.json").read_text())
        if plain["format"] != CHECKPOINT_FORMAT:
            raise BrokenCheckpointError(
                f"{path} has format {plain['format']}, not {CHECKPOINT_FORMAT}"
            )
        if plain["sha256"] != _hash(plain):
            raise ValueError("state.json is not what was written")
        states = {
            kind: _load_kind(path / shipped_name(kind), kind, data, kinds)
            for kind, data in plain["kinds"].items()
        }
        return RunState(
            seed=plain["seed"],
            iteration=plain["iteration"],
            kinds=states,
            history=plain["history"],
            config=plain["config"],
        )
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise BrokenCheckpointError(
            f"checkpoint {path} does not read: {error!r}. Move it away, and the same command goes "
            "on from the one before it"
        ) from error


def prune(folder: Path, merit: dict[int, float]) -> None:
    """Delete all but the newest and the KEEP_BEST best ones, and what a kill left unfinished.

    Args:
        folder: of all checkpoints.
        merit: iteration -> figure, higher is better.
    """
    for left in folder.glob(".iteration-*.tmp"):
        shutil.rmtree(left)
    found = sorted(_checkpoints(folder), key=_iteration_of)
    best = sorted(found, key=lambda p: (merit.get(_iteration_of(p), 0.0), _iteration_of(p)))
    for path in set(found) - set(best[-KEEP_BEST:]) - set(found[-1:]):
        _remove(path)


def _checkpoints(folder: Path) -> list[Path]:
    found = folder.glob("iteration-*") if folder.is_dir() else ()
    return [p for p in found if NAME.fullmatch(p.name) and (p / "state.json").exists()]


def _iteration_of(path: Path) -> int:
    match = NAME.fullmatch(path.name)
    assert match is not None
    return int(match[1])


def _load_kind(folder: Path, kind: str, data: dict[str, Any], kinds: Catalogue) -> KindState:
    environment = environment_of(kinds[kind])
    written = (folder / "learner.safetensors").read_bytes()
    if data.get("learner_sha256") not in (None, hashlib.sha256(written).hexdigest()):
        raise ValueError(f"{folder.name}/learner.safetensors is not what was written")
    tensors = safetensors_torch.load(written)
    learner: PolicyValueNet = empty_net(NetShape.from_json(data["shape"]))
    weights = {n.removeprefix("net."): t for n, t in tensors.items() if n.startswith("net.")}
    learner.load_state_dict(weights)
    return KindState(
        champion=load_model(folder / f"{data['champion']}.json", environment),
        learner=learner,
        optimiser=_optimiser(tensors, data["optimiser_groups"]),
        level=data["level"],
        tasks_drawn=data["tasks_drawn"],
        shards=list(data["shards"]),
        games=data["games"],
        seconds=data["seconds"],
        evaluations=data["evaluations"],
        cpu_seconds=data["cpu_seconds"],
        rating=data["rating"],
        provenance=data["provenance"],
        trained_before=data["trained_before"],
    )


def _optimiser_tensors(state: dict[str, Any] | None) -> tuple[dict[str, Tensor], Any]:
    """Split torch's optimiser state into tensors and JSON values."""
    if state is None:
        return {}, None
    tensors = {
        f"optimiser.{index}.{name}": torch.as_tensor(value)
        for index, values in state["state"].items()
        for name, value in values.items()
    }
    return tensors, state["param_groups"]


def _optimiser(tensors: dict[str, Tensor], groups: Any) -> dict[str, Any] | None:
    if groups is None:
        return None
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, index, field = name.split(".", 2)
            state.setdefault(int(index), {})[field] = tensor
    return {"state": state, "param_groups": groups}
