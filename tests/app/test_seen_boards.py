"""Legal moves read out of an observation that somebody sent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.seen_boards import LEGAL_OF
from tasks.search.connect_four_rules import ConnectFourEnvironment, Position

RULES = ConnectFourEnvironment()
read = LEGAL_OF["search/connect_four"]


def reached(columns: list[int]) -> Position:
    state = Position(0, 0)
    for column in columns:
        if RULES.legal(state)[column]:
            state = RULES.step(state, column)
    return state


@given(st.lists(st.integers(0, 6), max_size=30))
def test_the_columns_to_play_are_read_as_the_rules_have_them(columns: list[int]) -> None:
    state = reached(columns)
    if RULES.is_terminal(state):
        with pytest.raises(ValueError, match="over"):
            read(RULES.observe(state).reshape(-1))
    else:
        assert (read(RULES.observe(state).reshape(-1)) == RULES.legal(state)).all()


@given(st.lists(st.integers(0, 6), max_size=12), st.integers(0, 167))
def test_one_wrong_cell_is_refused(columns: list[int], cell: int) -> None:
    observation = RULES.observe(reached(columns)).reshape(-1)
    observation[cell] = 1.0 - observation[cell]
    with pytest.raises(ValueError, match=r"connect-four|over"):
        read(observation)


def test_a_stone_in_the_air_is_refused() -> None:
    observation = RULES.observe(Position(0, 0))
    observation[0, 3, 3] = observation[1, 3, 4] = 1.0
    with pytest.raises(ValueError, match="legal connect-four position"):
        read(np.ascontiguousarray(observation).reshape(-1))
