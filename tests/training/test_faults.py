"""What may go wrong in a training run: nothing is lost or counted twice, and the message helps."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from neural.durable import DiskFullError
from tasks.catalogue import Catalogue
from tests.training.conftest import GAME, QUICK, quick_config
from training.fit import FitConfig, FitError
from training.selfplay.checkpoint import BrokenCheckpointError, newest_checkpoint
from training.selfplay.config import LoopConfig
from training.selfplay.loop import SelfPlay
from training.selfplay.repair import Repair, repair
from training.selfplay.shards import BrokenShardError, load_manifest
from training.selfplay.workers import WorkerPool

ROOT = Path(__file__).parents[2]
RECIPE = replace(QUICK, chunk=8)
CONFIG = replace(quick_config((GAME,), games=24), recipes={GAME: RECIPE})


def start(catalogue: Catalogue, folder: Path, config: LoopConfig = CONFIG) -> SelfPlay:
    return SelfPlay(config, catalogue, folder)


def mend(run: SelfPlay, catalogue: Catalogue, folder: Path) -> list[Repair]:
    with WorkerPool(0, catalogue=catalogue) as pool:
        return repair(folder, run.state, catalogue, CONFIG.recipe, pool)


def shards(folder: Path) -> dict[str, str]:
    """Return shard -> hash of its games."""
    paths = sorted((folder / "shards").glob("*.json"))
    return {path.stem: load_manifest(path)["games_sha256"] for path in paths}


def ids(folder: Path) -> list[str]:
    found = [load_manifest(path)["ids"] for path in (folder / "shards").glob("*.json")]
    return [identity for own in found for identity in own]


def all_games_are_there_once(run: SelfPlay, folder: Path) -> bool:
    """Whether the records, the state and the shards agree on what was played."""
    counted = sum(record["games"] for record in run.state.history)
    known = run.state.kinds[GAME]
    assert set(known.shards) == set(shards(folder))
    assert len(known.shards) == len(set(known.shards))
    return counted == known.games == len(ids(folder)) == len(set(ids(folder)))


def same_run(one: SelfPlay, other: SelfPlay) -> bool:
    """Whether nets and optimisers of two runs are equal, bit by bit."""
    a, b = one.state.kinds[GAME], other.state.kinds[GAME]
    for mine, theirs in zip(
        a.learner.state_dict().values(), b.learner.state_dict().values(), strict=True
    ):
        assert torch.equal(mine, theirs)
    assert a.optimiser is not None
    assert b.optimiser is not None
    for index, values in a.optimiser["state"].items():
        for name, value in values.items():
            assert torch.equal(
                torch.as_tensor(value), torch.as_tensor(b.optimiser["state"][index][name])
            )
    assert a.champion.card.weights_version == b.champion.card.weights_version
    versions = [[r["weights_version"] for r in run.state.history] for run in (one, other)]
    return versions[0] == versions[1]


@pytest.fixture(scope="module")
def whole(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> tuple[SelfPlay, Path]:
    """A run of three iterations that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    run = start(catalogue, folder)
    for _ in range(3):
        run.iterate()
    assert all_games_are_there_once(run, folder)
    return run, folder


TRAINER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from neural.device import use_threads
from tasks.catalogue import default_catalogue
from tests.training.test_faults import CONFIG
from training.selfplay.loop import SelfPlay
from training.selfplay.repair import repair
from training.selfplay.run_lock import RunLock
from training.selfplay.workers import WorkerPool
if __name__ == "__main__":
    use_threads(1)
    catalogue, folder = default_catalogue(), Path({folder!r})
    with RunLock(folder, "test"), WorkerPool(1) as pool:
        tell = lambda kind, done: print("played", done, flush=True)
        run = SelfPlay(CONFIG, catalogue, folder, on_progress=tell, pool=pool)
        repair(folder, run.state, catalogue, CONFIG.recipe, pool)
        while run.state.iteration < 3:
            run.iterate()
            print("finished", run.state.iteration, flush=True)
"""


def trainer(folder: Path) -> subprocess.Popen[bytes]:
    code = TRAINER.format(root=str(ROOT), folder=str(folder))
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    )


def test_a_run_killed_with_all_its_workers_goes_on_to_the_same_end(
    whole: tuple[SelfPlay, Path], catalogue: Catalogue, tmp_path: Path
) -> None:
    process = trainer(tmp_path)
    assert process.stdout is not None
    while process.stdout.readline() != b"played 10\n":  # in the second of three chunks
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = ids(tmp_path)
    assert 0 < len(before) < 24
    run = start(catalogue, tmp_path)
    mend(run, catalogue, tmp_path)
    for _ in range(3):
        run.iterate()
    assert set(before) <= set(ids(tmp_path))
    assert all_games_are_there_once(run, tmp_path)
    assert shards(tmp_path) == shards(whole[1])
    assert same_run(run, whole[0])


@pytest.mark.slow
@pytest.mark.parametrize("group", [False, True])
def test_kills_while_playing_fitting_and_saving_change_nothing(
    group: bool, whole: tuple[SelfPlay, Path], catalogue: Catalogue, tmp_path: Path
) -> None:
    hit = []
    for moment in ("playing", "fitting", "saving"):
        process = trainer(tmp_path)
        wait_for(moment, tmp_path, process)
        if group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()
        hit.append((moment, process.returncode))
    assert hit == [(m, -signal.SIGKILL) for m in ("playing", "fitting", "saving")]
    output, _ = trainer(tmp_path).communicate()
    assert output.splitlines()[-1] == b"finished 3"
    run = start(catalogue, tmp_path)
    assert all_games_are_there_once(run, tmp_path)
    assert shards(tmp_path) == shards(whole[1])
    assert same_run(run, whole[0])
    assert not list(tmp_path.rglob(".*.tmp"))


def wait_for(moment: str, folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Return when a run is in iteration 1 playing, 2 fitting, or saving any."""
    while process.poll() is None:
        played = len(list((folder / "shards").glob("*.json")))
        saving = any((folder / "checkpoints").glob(".iteration-*.tmp/*"))
        if (
            (moment == "playing" and played == 1)
            or (moment == "fitting" and played == 6 and not saving)
            or (moment == "saving" and saving)
        ):
            return
        time.sleep(0.0005)
    raise AssertionError(f"the run ended before it was {moment}")


def test_half_written_files_are_removed_and_told(
    whole: tuple[SelfPlay, Path], catalogue: Catalogue, tmp_path: Path
) -> None:
    run = start(catalogue, tmp_path)
    left = [
        tmp_path / "shards" / ".iteration-0001-search-tictactoe-chunk-000.json.0123.tmp",
        tmp_path / "checkpoints" / ".iteration-0001.0123.tmp" / "state.json",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"half')
    assert [r.done for r in mend(run, catalogue, tmp_path)] == ["removed", "removed"]
    assert not list(tmp_path.rglob(".*.tmp"))
    run.iterate()
    assert shards(tmp_path).items() <= shards(whole[1]).items()


DAMAGES = {
    "a flipped bit in the columns": ("safetensors", lambda data: data[:-9] + b"\xff" + data[-8:]),
    "columns cut short": ("safetensors", lambda data: data[: len(data) // 2]),
    "a flipped letter in the manifest": ("json", lambda d: d.replace(b'"ids":["', b'"ids":["X', 1)),
    "an empty manifest": ("json", lambda data: b""),
    "columns gone": ("safetensors", None),
    "manifest gone": ("json", None),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("iteration", [2, 3])
def test_a_damaged_shard_is_kept_aside_and_its_games_played_again(
    damage: str, iteration: int, catalogue: Catalogue, tmp_path: Path
) -> None:
    run = start(catalogue, tmp_path)
    run.iterate()
    run.iterate()
    expected, known = shards(tmp_path), ids(tmp_path)
    name = f"iteration-{iteration:04d}-{GAME.replace('/', '-')}-chunk-001"
    if iteration == 3:  # the iteration that a kill interrupted: the state does not know it yet
        start(catalogue, tmp_path).iterate()
        checkpoint = newest_checkpoint(tmp_path / "checkpoints")
        assert checkpoint is not None
        expected, known = shards(tmp_path), ids(tmp_path)
    ending, change = DAMAGES[damage]
    path = tmp_path / "shards" / f"{name}.{ending}"
    if change is None:
        path.unlink()
    else:
        path.write_bytes(change(path.read_bytes()))
    repairs = mend(run, catalogue, tmp_path)
    if iteration == 3:
        run.iterate()
    assert shards(tmp_path) == expected
    lost = iteration == 3 or ending == "json"
    assert len(set(known) - set(ids(tmp_path))) == (8 if lost else 0)
    assert len(ids(tmp_path)) == len(set(ids(tmp_path))) == len(known)
    if (iteration, damage) == (3, "manifest gone"):
        assert repairs == []  # as if it had not been played yet
        return
    assert [r.what for r in repairs] == [name]
    assert "corrupt-1" in repairs[0].done
    kept = list((tmp_path / "shards").glob(f"{name}.*.corrupt-1"))
    assert len(kept) == (1 if change is None else 2)
    told = (tmp_path / "repairs.jsonl").read_text().splitlines()
    assert json.loads(told[0])["what"] == name
    assert mend(run, catalogue, tmp_path) == []


def test_games_of_a_net_that_is_gone_are_not_made_up(catalogue: Catalogue, tmp_path: Path) -> None:
    run = start(catalogue, tmp_path)
    run.iterate()
    for place in ("player", "best", "learners"):
        for card in (tmp_path / place).rglob("*.json"):
            card.unlink()
    path = next((tmp_path / "shards").glob("*chunk-001.safetensors"))
    path.write_bytes(b"")
    files = sorted(p.name for p in path.parent.iterdir())
    with pytest.raises(BrokenShardError, match=r"the net that played it is no longer known.*back"):
        mend(run, catalogue, tmp_path)
    assert sorted(p.name for p in path.parent.iterdir()) == files


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the kernel refuse to write files beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


NETS, ALL_BUT_CHECKPOINTS = 60_000, 300_000  # bytes; a net here takes 185 kB, a checkpoint's 555


@pytest.mark.parametrize("size", [NETS, ALL_BUT_CHECKPOINTS])
def test_a_full_disk_stops_the_run_and_room_lets_it_go_on(
    size: int, whole: tuple[SelfPlay, Path], catalogue: Catalogue, tmp_path: Path
) -> None:
    run = start(catalogue, tmp_path)
    run.iterate()
    before, finished = ids(tmp_path), newest_checkpoint(tmp_path / "checkpoints")
    with largest_file(size), pytest.raises(DiskFullError) as raised:
        run.iterate()
    assert len(ids(tmp_path)) == (24 if size == NETS else 48)
    assert not list(tmp_path.rglob(".*.tmp"))
    said = str(raised.value)
    assert f"no room for {tmp_path}" in said
    assert "bytes of its disk are free" in said
    assert "run the same command again" in said
    assert newest_checkpoint(tmp_path / "checkpoints") == finished
    assert set(before) <= set(ids(tmp_path))
    again = start(catalogue, tmp_path)
    mend(again, catalogue, tmp_path)
    again.iterate()
    again.iterate()
    assert all_games_are_there_once(again, tmp_path)
    assert shards(tmp_path) == shards(whole[1])
    assert same_run(again, whole[0])


FULL_DISK = """
import json, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from neural.device import use_threads
from neural.durable import DiskFullError
from tasks.catalogue import default_catalogue
from tests.training.test_faults import CONFIG, ids, shards
from training.selfplay.loop import SelfPlay
use_threads(1)
folder, filler = Path({folder!r}), Path({folder!r}, "filler")
def fill(kind, done):
    if done == 10 and not filler.exists():  # in the second chunk of three
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096): pass
            except OSError: pass
try:
    SelfPlay(CONFIG, default_catalogue(), folder, on_progress=fill).iterate()
except DiskFullError as error:
    first = ids(folder)
    print(json.dumps([str(error), len(first)]))
    filler.write_bytes(b"")
    run = SelfPlay(CONFIG, default_catalogue(), folder)
    while run.state.iteration < 3:
        run.iterate()
    print(json.dumps([set(first) <= set(ids(folder)), shards(folder)]))
    print(json.dumps([record["weights_version"] for record in run.state.history]))
"""


def test_games_finished_before_a_disk_was_full_are_kept(
    whole: tuple[SelfPlay, Path], tmp_path: Path
) -> None:
    disk, script = tmp_path / "disk", tmp_path / "script.py"
    disk.mkdir()
    script.write_text(FULL_DISK.format(root=str(ROOT), folder=str(disk)))
    command = f'mount -t tmpfs -o size=16m none "{disk}" && {sys.executable} "{script}"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip(f"no file system of one's own may be mounted here: {done.stderr[-200:]}")
    assert done.stderr == ""
    (said, first), (kept, played), versions = map(json.loads, done.stdout.splitlines())
    assert "chunk-001.safetensors: No space left on device. It takes" in said
    assert "bytes, and 0 bytes of its disk are free" in said
    assert (first, kept) == (8, True)
    assert played == shards(whole[1])
    assert versions == [record["weights_version"] for record in whole[0].state.history]


def test_a_loss_that_is_not_finite_leaves_the_last_good_iteration(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    start(catalogue, tmp_path).iterate()
    good = newest_checkpoint(tmp_path / "checkpoints")
    wild = replace(RECIPE, fit=FitConfig(epochs=4, batch_size=64, learning_rate=1e30))
    with pytest.raises(FitError, match="lower the learning rate"):
        start(catalogue, tmp_path, replace(CONFIG, recipes={GAME: wild})).iterate()
    assert newest_checkpoint(tmp_path / "checkpoints") == good
    played = shards(tmp_path)
    run = start(catalogue, tmp_path)
    run.iterate()
    assert shards(tmp_path) == played
    assert all_games_are_there_once(run, tmp_path)


def test_a_damaged_checkpoint_is_told_and_the_one_before_it_serves(
    whole: tuple[SelfPlay, Path], catalogue: Catalogue, tmp_path: Path
) -> None:
    run = start(catalogue, tmp_path)
    run.iterate()
    run.iterate()
    newest = newest_checkpoint(tmp_path / "checkpoints")
    assert newest is not None
    tensors = next(newest.rglob("learner.safetensors"))
    tensors.write_bytes(tensors.read_bytes()[:-1] + b"!")
    with pytest.raises(BrokenCheckpointError, match="Move it away, and the same command goes on"):
        start(catalogue, tmp_path)
    newest.rename(tmp_path / "moved")
    run = start(catalogue, tmp_path)
    run.iterate()
    run.iterate()
    assert all_games_are_there_once(run, tmp_path)
    assert same_run(run, whole[0])
