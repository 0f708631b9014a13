"""People's wording of blocks: tables, rows of stacks, towers, who is where along the way."""

import pytest

from tasks.reasoning.planning_parser import read_problem

TOWER = {("on", "b", "a"), ("on", "c", "b"), ("ontable", "a")}


@pytest.mark.parametrize(
    "text",
    [
        "| block | on |\n|---|---|\n| A | table |\n| B | A |\n| C | B |\n\nBlocks world, initial "
        "state as listed. In the goal state B is on C.",
        "Blocks world: a tower of three blocks: A at the bottom, B in the middle, C on top. "
        "I want B on C.",
        "My stacks (bottom \u2192 top):\n- A, B, C\n\nTarget: B on C. One block per move.",
        "Tower 1: A, B, C (bottom to top). How can I move the blocks so that B is on C?",
        "Right now: c on b on a, a is on the table. I want b on c, as few moves as possible.",
        "Stacking task. Now: B on A, A on the table, C on B. Afterwards: B on C.",
        "Before: b on a, c on b, a on table. After: b on c. Blocks world plan please.",
        "Find the shortest plan that puts block B on block C. At the moment, A is on the table "
        "with B on top of it and C is on B.",
        "Is there a plan that ends with B on C? At the beginning C is on B, B on A, A on the table",
    ],
)
def test_states_in_peoples_wording_are_read(text: str) -> None:
    payload = read_problem(text)
    assert payload is not None
    assert set(payload.init) >= TOWER
    assert payload.goal == (("on", "b", "c"),)


@pytest.mark.parametrize(
    "text",
    [
        "blocks a, b, c all on the table. want the tower a on b on c. plan?",
        "I have three blocks on the table: a, b and c, nothing stacked. I want a on b and b on c.",
        "A on the table and so is B; C on the table too. Make it so that A is on B and B is on C.",
    ],
)
def test_a_tower_is_built_from_the_table(text: str) -> None:
    payload = read_problem(text)
    assert payload is not None
    assert {("ontable", name) for name in "abc"} <= set(payload.init)
    assert payload.goal == (("on", "a", "b"), ("on", "b", "c"))


@pytest.mark.parametrize(
    "text",
    [
        "Blocks world: A on B. Goal: C on A.",
        "| bottom | top |\n|---|---|\n| A | B |\n\nBlocks world, initial state. Goal: A on B.",
        "| thing | seen |\n|---|---|\n| A | B |\n\nBlocks world. In the goal state B is on C.",
        "Blocks A, B and C. In the goal state B is on C. Blocks world.",
        "Blocks world. A is on B or on C, B on table, C on table. Goal: B on C.",
        "Blocks world. A on B, B on table, C is somewhere. Goal: B on C.",
        "Blocks world. A on B, B on table, C on table. C may never touch A. Goal: B on C.",
    ],
)
def test_a_state_that_is_not_wholly_read_is_left_open(text: str) -> None:
    assert read_problem(text) is None


def test_blocks_may_be_listed_before_facts() -> None:
    payload = read_problem("blocks A B C\nstart: on(A,B), ontable(B), ontable(C)\ngoal: on(C,A)")
    assert payload is not None
    assert payload.blocks == ("a", "b", "c")
