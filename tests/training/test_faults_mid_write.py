"""A process that ends in the middle of writing a shard: no clean-up, half a file on the disk."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tasks.catalogue import Catalogue
from tests.training.test_faults import (
    ROOT,
    all_games_are_there_once,
    ids,
    mend,
    same_run,
    shards,
    start,
)

HALF = 2000  # bytes of the columns that come to the disk
DYING = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from neural.device import use_threads
from tasks.catalogue import default_catalogue
from tests.training.test_faults import CONFIG
from training.selfplay.loop import SelfPlay

def let_the_kernel_end_it(kind, done):
    if done == 10:  # in the second of three chunks
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, ({half}, {half}))

use_threads(1)
SelfPlay(CONFIG, default_catalogue(), Path({folder!r}), on_progress=let_the_kernel_end_it).iterate()
"""


def test_a_kill_in_the_middle_of_a_shard_loses_no_finished_game(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    code = DYING.format(root=str(ROOT), half=HALF, folder=str(tmp_path / "run"))
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True)
    assert ended.returncode == -signal.SIGXFSZ, ended.stderr
    (left,) = (tmp_path / "run" / "shards").glob(".*.tmp")
    assert "chunk-001.safetensors" in left.name
    assert left.stat().st_size == HALF
    before = ids(tmp_path / "run")
    assert len(before) == 8  # of the first chunk
    undisturbed = start(catalogue, tmp_path / "whole")
    undisturbed.iterate()
    run = start(catalogue, tmp_path / "run")
    (told,) = mend(run, catalogue, tmp_path / "run")
    assert (told.what, told.done) == (f"shards/{left.name}", "removed")
    run.iterate()
    assert set(before) < set(ids(tmp_path / "run"))
    assert all_games_are_there_once(run, tmp_path / "run")
    assert shards(tmp_path / "run") == shards(tmp_path / "whole")
    assert same_run(run, undisturbed)
