"""The kind `search/tictactoe`: find the best move; rules, reader and grader are beside it."""

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
from tasks.search.tictactoe_generator import difficulty_of, position
from tasks.search.tictactoe_grader import best_moves, mover, winner
from tasks.search.tictactoe_parser import check_position, read_board, read_move
from tasks.search.tictactoe_rules import Board, TicTacToeEnvironment, board_from_text, cell_name


@dataclass(frozen=True, slots=True)
class TicTacToePayload:
    """The position: nine characters of `XO.`, row by row; X began."""

    board: str


class TicTacToeKind:
    """Find a move that keeps the value of the position."""

    name = "search/tictactoe"
    title = "tic-tac-toe: best move"
    solved_by: SolvedBy = "learned"
    check_is_public = False  # judging a move needs the solution of the game
    has_grader = True
    instructions = (
        "Cells are numbered 1 to 9, row by row from the top left. Answer with the number of the "
        "best cell for the player to move, on the last line, as `Move: 5`."
    )
    examples: tuple[str, ...] = (
        "Tic-tac-toe, X to move:\nX O .\n. X .\n. . O",
        "Tic-tac-toe, O to move:\n X | O | X\n---+---+---\n   | X |\n---+---+---\n   |   | O",
        "X to move: XO..X...O",
        "tic-tac-toe: best first move",
    )

    def __init__(self) -> None:
        self._environment = TicTacToeEnvironment()
        self.environment: Environment[Any] | None = self._environment

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Draw one of the 4520 positions with a move to play, never one of another split."""
        board = position(seed, difficulty, split)
        drawn = self._environment.describe(board_from_text(board))
        prompt = f"Tic-tac-toe, {mover(board)} to move:\n{drawn}"
        return self._task(board, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a drawn board, nine characters in a row, or the question for the first move."""
        board = read_board(text)
        return None if board is None else self._task(board, text, difficulty_of(board), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> TicTacToePayload:
        """Read back the payload; the position must be legal and not over."""
        if set(data) != {"board"} or not isinstance(data["board"], str):
            raise InvalidTaskError(f"tic-tac-toe payload has fields {sorted(data)}; expected board")
        board = data["board"]
        if len(board) != 9 or set(board) - set("XO."):
            raise InvalidTaskError(
                f"board {board[:40]!r} is not nine characters of 'X', 'O' and '.'"
            )
        check_position(board)
        return TicTacToePayload(board)

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the move: a number, a row and column, or a name such as `center`."""
        cell = read_move(text)
        return None if cell is None else Answer(cell_name(cell))

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Answer with the first action."""
        if not actions:
            raise InvalidTaskError("no move was made; expected at least one action")
        state: Board = board_from_text(task.payload.board)
        after = self._environment.step(state, actions[0])
        return Answer(cell_name(actions[0]), actions[:1], (self._environment.describe(after),))

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Pass a move iff no other is better; the feedback only says whether it is legal."""
        board = task.payload.board
        cell = read_move(answer.text)
        if cell is None:
            return Verdict(False, 0.0, "no move found; name one of the cells 1 to 9")
        if answer.actions and answer.actions[0] != cell:
            return Verdict(
                False, 0.0, f"the text says {cell_name(cell)}, the actions something else"
            )
        if board[cell] != "." or winner(board):
            return Verdict(False, 0.0, f"cell {cell_name(cell)} is taken; choose a free one")
        passed = cell in best_moves(board)
        return Verdict(passed, float(passed), "the move is legal")

    def _task(self, board: str, prompt: str, difficulty: float, seed: int, split: Split) -> Task:
        payload = TicTacToePayload(board)
        return task_of(self.name, payload, prompt, difficulty, seed, split)
