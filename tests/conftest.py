"""What all tests share: repeatable hypothesis runs and golden files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "golden"

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/ and pass")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with `tests/golden/NAME`; `--update-golden` rewrites the file instead."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.write_text(text)
        assert text == path.read_text(), f"{name} differs; review, then run with --update-golden"

    return compare


@pytest.fixture(scope="session")
def benchdata() -> Path:
    """The folder of external test files: TANDEM_BENCHDATA, else beside the checkout; or skip."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "benchdata"
    folder = Path(os.environ.get("TANDEM_BENCHDATA") or beside)
    if not folder.is_dir():
        pytest.skip("no external test files; set TANDEM_BENCHDATA to their folder")
    return folder
