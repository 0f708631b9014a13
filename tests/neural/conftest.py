"""Nets this small are slower on two threads than on one, and far slower when cores are shared."""

import pytest

from neural.device import use_threads


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    use_threads(1)
