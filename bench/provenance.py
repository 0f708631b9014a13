"""Can the start of a model's training be repeated from what its card says?

The card notes seed, games per iteration, hashes of the first iterations' games and of the weights
after each. Here the same training runs again from its random weights, in an empty folder that is
far from the shipped weights and the user's home. On the instruction set of the card every hash must
be equal; elsewhere the last bits of sums differ and games go other ways, so the number of games
must be equal and the loss within 1 %.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.report import Report, Row, versions
from neural.device import instruction_set
from neural.model_files import Card, load_card, random_model, shipped_name
from tasks.catalogue import default_catalogue
from training.solving import environment_of

ROOT = Path(__file__).resolve().parents[1]
NEEDED = ("instruction_set", "threads", "seed", "kinds", "games", "shards", "learners", "loss")
CLOSE = 0.01  # relative, of losses on another instruction set
Tell = Callable[[str], None]


class NoProvenanceError(ValueError):
    """A card that does not note how its training began."""


@dataclass(frozen=True, slots=True)
class Trail:
    """What the first iterations of a run left behind.

    Attributes:
        shards: hash of what was played, by shard.
        learners: version of the weights, by iteration's name.
        played: games and evaluations in all.
        loss: of the last learner, see `training.selfplay.provenance.reference_loss`.
    """

    shards: Mapping[str, str]
    learners: Mapping[str, str]
    played: Mapping[str, int]
    loss: float


def add_provenance(report: Report, card: Card, tell: Tell) -> None:
    """Repeat the noted iterations and add what is equal.

    Raises:
        NoProvenanceError: if the card notes too little.
    """
    notes = notes_of(card)
    noted = Trail(notes["shards"], notes["learners"], notes.get("played", {}), notes["loss"])
    random = random_model(
        card.kind, environment_of(default_catalogue()[card.kind]), notes["seed"]
    ).card
    with tempfile.TemporaryDirectory(prefix="tandem-provenance-") as name:
        folder = Path(name)
        command = repeating(notes, folder)
        tell(f"provenance: {shlex.join(command[1:])}")
        run(command)
        found = read_trail(folder / "run", card.kind)
    exact = same_processor(notes, tell)
    start = {"iteration-0000": random.weights_version}
    _add(report, "start-equal", [found.learners.get(k) == start[k] for k in start], must=exact)
    compare(report, noted, found, exact=exact)


def notes_of(card: Card) -> Mapping[str, Any]:
    """Return what the card notes of the start of its training."""
    notes = card.training.get("provenance")
    missing = [key for key in NEEDED if not isinstance(notes, Mapping) or key not in notes]
    if missing:
        raise NoProvenanceError(
            f"the card of {card.name} does not note {', '.join(missing)} under provenance; only "
            "weights made by `python -m training.cli self-play --fresh` can be repeated"
        )
    assert isinstance(notes, Mapping)
    return notes


def repeating(notes: Mapping[str, Any], folder: Path) -> list[str]:
    """Return the command that makes the noted iterations again below a folder."""
    last = max(int(name.removeprefix("iteration-")) for name in notes["learners"])
    kinds = [word for kind in notes["kinds"] for word in ("--kind", kind)]
    numbers = {
        "--games": notes["games"],
        "--seed": notes["seed"],
        "--threads": notes["threads"],
        "--iterations": last,
    }
    return [
        *(sys.executable, "-m", "training.cli", "self-play", "--fresh", "--no-promote"),
        *kinds,
        *(str(word) for pair in numbers.items() for word in pair),
        *("--checkpoint-dir", str(folder / "run"), "--home", str(folder / "home")),
    ]


def run(command: list[str]) -> None:
    """Run the training; what it prints goes to standard error."""
    done = subprocess.run(command, cwd=ROOT, stdout=sys.stderr)
    if done.returncode:
        raise RuntimeError(f"{shlex.join(command)} ended with status {done.returncode}")


def read_trail(folder: Path, kind: str) -> Trail:
    """Return what a run left in its folder."""
    manifests = {
        path.stem: json.loads(path.read_text())
        for path in sorted((folder / "shards").glob(f"iteration-*-{shipped_name(kind)}*.json"))
    }
    paths = sorted((folder / "learners" / shipped_name(kind)).glob("iteration-*.json"))
    cards = {path.stem: load_card(path) for path in paths}
    last = list(cards.values())[-1].training
    newest = max((folder / "checkpoints").glob("iteration-*/state.json"))
    state = json.loads(newest.read_text())
    return Trail(
        {name: manifest["games_sha256"] for name, manifest in manifests.items()},
        {name: card.weights_version for name, card in cards.items()},
        {"games": last["games"], "evaluations": last["evaluations"]},
        state["kinds"][kind]["provenance"]["loss"],
    )


def same_processor(notes: Mapping[str, Any], tell: Tell) -> bool:
    """Say whether hashes must be equal here, and tell why where they need not."""
    wanted, here = str(notes["instruction_set"]), instruction_set()
    if wanted != here:
        tell(
            f"provenance: the weights were trained on {wanted}, this processor has {here}: the "
            f"number of games must be equal and the loss within {CLOSE:.0%}; hashes need not be"
        )
    older, now = notes.get("versions", {}), versions()
    changed = [f"{k} {old}, now {now[k]}" for k, old in older.items() if now.get(k, old) != old]
    if changed:
        tell(
            f"provenance: trained with {'; '.join(changed)}; where hashes differ, look there first"
        )
    return wanted == here


def compare(report: Report, noted: Trail, found: Trail, *, exact: bool) -> None:
    """Add the shares of hashes, counts and the loss that agree."""
    for name, old, new in (
        ("shards", noted.shards, found.shards),
        ("weights", noted.learners, found.learners),
    ):
        _add(report, f"{name}-present", [key in new for key in old], must=True)
        _add(report, f"{name}-equal", [new.get(key) == old[key] for key in old], must=exact)
    for name in ("games", "evaluations"):
        if name in noted.played:
            equal = noted.played[name] == found.played[name]
            _add(report, f"{name}-equal", [equal], must=exact or name == "games")
    close = abs(found.loss - noted.loss) <= CLOSE * abs(noted.loss)
    _add(report, "loss-within-1-percent", [close], must=True)


def _add(report: Report, name: str, agree: list[bool], *, must: bool) -> None:
    report.add(
        Row(
            figure=f"provenance/{name}",
            value=sum(agree) / len(agree) if agree else None,
            unit="share",
            n=len(agree),
            must="== 1" if must else "",
        )
    )
