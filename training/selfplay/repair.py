"""What a kill or a bad disk left in a run's folder, put right before the run goes on.

Half written files are removed. A shard that does not read is played again: a chunk always gives the
same games, as long as the net that played it is at hand. The damaged files are kept under another
name. If the same games cannot be had, nothing is touched and the run does not start.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from neural.durable import append_durably, flush_folder
from neural.model_files import Model, load_card, shipped_name
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from training.selfplay.chunks import Chunk, chunks_of, iteration_of
from training.selfplay.recipes import Recipe
from training.selfplay.shards import (
    BrokenShardError,
    Manifest,
    load_columns,
    load_manifest,
    load_shard,
    save_shard,
)
from training.selfplay.state import RunState
from training.selfplay.workers import WorkerPool

log = logging.getLogger(__name__)

REPAIRS = "repairs.jsonl"
AGAIN = ".again.tmp"  # where lost games are played


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing put right: what it was, what was wrong with it, and what became of it."""

    what: str
    why: str
    done: str


def repair(
    folder: Path,
    state: RunState,
    catalogue: Catalogue,
    recipe: Callable[[TaskKind], Recipe],
    pool: WorkerPool,
) -> list[Repair]:
    """Put a run's folder right; the caller holds its lock.

    Args:
        folder: of the run.
        state: that the run goes on from.
        catalogue: holds the kinds.
        recipe: kind -> how it was played.
        pool: plays lost games again.

    Returns:
        What was done; it also stands in the log and in `repairs.jsonl`.

    Raises:
        BrokenShardError: if a shard that is still learned from is lost for good.
    """
    repairs = _sweep(folder)
    shards = folder / "shards"
    for name, known in state.kinds.items():
        kind = catalogue[name]
        oldest = state.iteration - recipe(kind).window + 1
        for shard in [s for s in known.shards if iteration_of(s) >= oldest]:
            path = shards / f"{shard}.json"
            why = _damage(path)
            if why:
                how = _play_again(path, why, folder, state, kind, recipe(kind), catalogue, pool)
                repairs.append(Repair(shard, why, how))
    finished = {shard for known in state.kinds.values() for shard in known.shards}
    for path in sorted(shards.glob("iteration-*.json")):
        why = _damage(path) if path.stem not in finished else ""
        if why:
            kept = set_aside(path)
            repairs.append(Repair(path.stem, why, f"kept as {kept}; its iteration is made again"))
    for done in repairs:
        log.warning("training run repaired", extra=asdict(done))
        append_durably(folder / REPAIRS, json.dumps(asdict(done)))
    return repairs


def played_by(player: Model, shards: Sequence[Path]) -> set[str]:
    """Return the names of those shards that are there and were played by a net.

    One that another net played is set aside: a run that was taken back to an older checkpoint, and
    went on otherwise, must not learn from the games of its former future.
    """
    names = set()
    for path in shards:
        if not path.exists():
            continue
        if load_manifest(path)["weights_version"] == player.card.weights_version:
            names.add(path.stem)
        else:
            kept = set_aside(path)
            why = {"what": path.stem, "why": "another net played it", "done": f"kept as {kept}"}
            log.warning("shard set aside", extra=why)
    return names


def _sweep(folder: Path) -> list[Repair]:
    """Remove what was half written when a run was killed; such names begin with a dot."""
    written = (folder / place for place in ("shards", "checkpoints", "learners", "best", "player"))
    found = [path for place in written for path in place.rglob(".*.tmp")]
    found = [path for path in found if not any(parent in found for parent in path.parents)]
    for path in found:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    why = "half written when the run was killed"
    return [Repair(str(path.relative_to(folder)), why, "removed") for path in found]


def _damage(path: Path) -> str:
    """Return what is wrong with a shard; nothing if it reads."""
    try:
        load_columns(path)
    except BrokenShardError as error:
        return str(error)
    return ""


def set_aside(path: Path) -> str:
    """Rename both files of a shard, the manifest first; return the name that they got."""
    number = 1
    while any(path.parent.glob(f"{path.stem}.*.corrupt-{number}")):
        number += 1
    for file in (path, path.with_suffix(".safetensors")):
        if file.exists():
            file.rename(file.with_name(f"{file.name}.corrupt-{number}"))
    flush_folder(path.parent)
    return f"{path.stem}.*.corrupt-{number}"


def _play_again(
    path: Path,
    why: str,
    folder: Path,
    state: RunState,
    kind: TaskKind,
    recipe: Recipe,
    catalogue: Catalogue,
    pool: WorkerPool,
) -> str:
    """Play a finished iteration's chunk again and put it in its place; return how that went."""
    manifest = _readable(path)
    chunk = _chunk(path, state, kind, recipe)
    player = _player(path, folder, kind, manifest, state, recipe)
    if chunk is None or player is None:
        lost = "what was played" if chunk is None else "the net that played it"
        raise BrokenShardError(
            f"{why}. But {lost} is no longer known, so these games cannot be played again: "
            f"restore {path.name} and its columns from a backup, or begin a new run in another "
            "--checkpoint-dir"
        )
    place = path.parent / AGAIN
    then = replace(recipe, games=recipe.games_of(state.kinds[kind.name].age(chunk.iteration)))
    pool.play([chunk], player, then, place)
    again = load_shard(place / path.name, catalogue)
    played = load_manifest(place / path.name)["games_sha256"]
    shutil.rmtree(place)
    if manifest is not None and played != manifest["games_sha256"]:
        raise BrokenShardError(
            f"{why}. Played again, it gave other games; that happens with another version of the "
            "program, another processor or other options. Go on where the run was made, restore "
            f"{path.name} from a backup, or begin a new run in another --checkpoint-dir"
        )
    how = "under new ids and not compared, as the manifest is lost"
    if manifest is not None:
        named = zip(again.runs, manifest["ids"], strict=True)
        again = replace(again, runs=tuple(replace(run, id=identity) for run, identity in named))
        how = "the same games and ids"
    kept = set_aside(path)
    save_shard(again, path)
    return f"kept as {kept}, and played again: {how}"


def _readable(path: Path) -> Manifest | None:
    try:
        return load_manifest(path)
    except BrokenShardError:
        return None


def _chunk(path: Path, state: RunState, kind: TaskKind, recipe: Recipe) -> Chunk | None:
    """Return what the shard held, by the records of its run; None if they do not tell."""
    iteration = iteration_of(path.stem)
    records = [record for record in state.history if record["kind"] == kind.name]
    before = [record for record in records if record["iteration"] < iteration]
    games = sum(record["games"] for record in records if record["iteration"] == iteration)
    planned = chunks_of(
        kind.name,
        recipe.chunk,
        games,
        iteration=iteration,
        run_seed=state.seed,
        level=before[-1]["level"] if before else 0.0,
        first=sum(record["games"] for record in before),
    )
    return next((chunk for chunk in planned if chunk.name == path.stem), None)


def _player(
    path: Path,
    folder: Path,
    kind: TaskKind,
    manifest: Manifest | None,
    state: RunState,
    recipe: Recipe,
) -> Path | None:
    """Return the card of the net that played a shard: as it says, or those beside it, or the run.

    Without any of the iteration's manifests it is the learner of the iteration before, or who the
    records name as champion.
    """
    iteration = iteration_of(path.stem)
    learners = folder / "learners" / shipped_name(kind.name)
    beside = path.parent.glob(f"iteration-{iteration:04d}-*.json")
    manifests = [manifest, *(_readable(other) for other in sorted(beside))]
    versions = [m["weights_version"] for m in manifests if m and m["kind"] == kind.name]
    if recipe.player == "champion":
        records = [
            r for r in state.history if (r["iteration"], r["kind"]) == (iteration, kind.name)
        ]
        versions += [record["comparison"]["champion"] for record in records]
    elif not versions:
        card = learners / f"iteration-{iteration - 1:04d}.json"
        return card if card.exists() else None
    places = [folder / place / shipped_name(kind.name) for place in ("player", "best")]
    for card in (card for place in (*places, learners) for card in sorted(place.glob("*.json"))):
        if versions and load_card(card).weights_version == versions[0]:
            return card
    return None
