"""The guide to self-play in Python does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "self_play.md"


def test_the_blocks_of_the_guide_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANDEM_HOME", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert len(blocks) == 4
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block, names)
    assert [names[n].outcome for n in ("derivation", "late")] == ["success", "timeout"]
    assert names["game"].outcome in ("success", "failure")
    assert names["batch"]["target"].sum(1).tolist() == pytest.approx([1.0] * 4)
    assert len(names["buffer"]) > 12
    assert names["trainer"].run.state.iteration == 1
    assert "keep_old" in capsys.readouterr().out
