"""The kind `search/connect_four`: find the best move; rules, reader and grader are beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tasks.protocol import (
    Answer,
    Environment,
    InvalidTaskError,
    SolvedBy,
    Split,
    Task,
    Verdict,
    split_seed,
    task_of,
)
from tasks.search.connect_four_answers import read_move
from tasks.search.connect_four_generator import difficulty_of, position
from tasks.search.connect_four_grader import keeps_the_value
from tasks.search.connect_four_parser import checked_position, read_position
from tasks.search.connect_four_rules import (
    COLUMNS,
    MARKS,
    ConnectFourEnvironment,
    board_from_position,
    position_from_board,
)


@dataclass(frozen=True, slots=True)
class ConnectFourPayload:
    """The position: 42 characters of `XO.`, row by row from the top; X began."""

    board: str


class ConnectFourKind:
    """Find a move that keeps the value of the position: win, draw or loss.

    Positions that the grader cannot solve within its budget, most of those with few stones, get
    the verdict None.
    """

    name = "search/connect_four"
    title = "connect four: best move"
    solved_by: SolvedBy = "learned"
    check_is_public = False  # judging a move needs the solution of the game
    has_grader = True
    instructions = (
        "Columns are numbered 1 to 7 from the left; a stone falls to the lowest free cell of its "
        "column. Answer with the number of the best column for the player to move, on the last "
        "line, as `Move: 4`."
    )
    examples: tuple[str, ...] = (
        "Connect four, X to move:\n. . . . . . .\n. . . . . . .\n. . . . . . .\n"
        ". . . O . . .\n. . . X . . .\n. . O X . . .\n1 2 3 4 5 6 7",
        "Connect four, moves so far: 44453",
        "connect 4: best move after 4 4 5 3?",
        "connect-four: best first move",
    )

    def __init__(self) -> None:
        self._environment = ConnectFourEnvironment()
        self.environment: Environment[Any] | None = self._environment

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Draw a position by random play, never one of another split; few stones are hard."""
        state = position(seed, difficulty, split)
        mover = MARKS[self._environment.to_play(state)]
        prompt = f"Connect four, {mover} to move:\n{self._environment.describe(state)}"
        board = board_from_position(state)
        return self._task(board, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a drawn board, the moves so far, or the question for the first move."""
        state = read_position(text)
        if state is None:
            return None
        return self._task(board_from_position(state), text, difficulty_of(state), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> ConnectFourPayload:
        """Read back the payload; the position must be legal and not over."""
        if set(data) != {"board"} or not isinstance(data["board"], str):
            raise InvalidTaskError(
                f"connect-four payload has fields {sorted(data)}; expected board, a text"
            )
        checked_position(data["board"])
        return ConnectFourPayload(data["board"])

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the move: the number of a column, or a name such as `the centre column`."""
        column = read_move(text)
        return None if column is None else Answer(column_name(column))

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Answer with the first action."""
        if not actions:
            raise InvalidTaskError("no move was made; expected at least one action")
        state = position_from_board(task.payload.board)
        after = self._environment.step(state, actions[0])
        return Answer(column_name(actions[0]), actions[:1], (self._environment.describe(after),))

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Pass a move iff no other is better; None where that is not found within the budget.

        The feedback only says whether the move is legal, and whether it could be judged.
        """
        column = read_move(answer.text)
        if column is None:
            return Verdict(
                False, 0.0, f"no single move found; name one of the columns 1 to {COLUMNS}"
            )
        if answer.actions and answer.actions[0] != column:
            return Verdict(
                False, 0.0, f"the text says {column_name(column)}, the actions something else"
            )
        if not self._environment.legal(position_from_board(task.payload.board))[column]:
            return Verdict(False, 0.0, f"{column_name(column)} is full; choose another one")
        passed = keeps_the_value(task.payload.board, column)
        if passed is None:
            undecided = "the move is legal; the position is too open to judge it within the limit"
            return Verdict(None, 0.0, undecided)
        return Verdict(passed, float(passed), "the move is legal")

    def _task(self, board: str, prompt: str, difficulty: float, seed: int, split: Split) -> Task:
        payload = ConnectFourPayload(board)
        return task_of(self.name, payload, prompt, difficulty, seed, split)


def column_name(column: int) -> str:
    """Return `column 4` for column 3."""
    return f"column {column + 1}"
