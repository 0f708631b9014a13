"""Tic-tac-toe on the terminal, a person against the agent, whose every move is a recorded run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain_core.messages import HumanMessage

from app.assemble import Services, assembled
from app.runs import Ask
from app.settings import Settings
from tasks.search.tictactoe_rules import Board, TicTacToeEnvironment, board_to_text

AskLine = Callable[[str], str | None]
Say = Callable[[str], None]


async def play_tictactoe(
    settings: Settings, first: bool, options: dict[str, Any], ask_line: AskLine, say: Say
) -> bool:
    """Play one game; return whether it came to its end or was left by the person.

    Args:
        settings: of the agent.
        first: whether the person begins (and is X).
        options: of the agent's runs.
        ask_line: shows a prompt and returns a line, None at the end of input.
        say: shows a line.
    """
    environment = TicTacToeEnvironment()
    person = 0 if first else 1
    state = Board(0, 0)
    say(f"You are {'XO'[person]}. Cells are 1 to 9, row by row; q ends.")
    async with assembled(settings) as services:
        while not environment.is_terminal(state):
            if environment.to_play(state) == person:
                say(_drawn(state))
                action = _person_move(environment, state, ask_line, say)
                if action is None:
                    say("Game left.")
                    return True
            else:
                chosen = await _agent_move(services, environment, state, options, say)
                if chosen is None:
                    return False
                action = chosen
            state = environment.step(state, action)
    say(_drawn(state))
    result = float(environment.returns(state)[person])
    say("You win." if result > 0 else "You lose." if result < 0 else "A draw.")
    return True


def _person_move(
    environment: TicTacToeEnvironment, state: Board, ask_line: AskLine, say: Say
) -> int | None:
    legal = environment.legal(state)
    free = ", ".join(str(cell + 1) for cell in legal.nonzero()[0])
    while True:
        line = ask_line("Your move: ")
        if line is None or line.strip().lower() in ("q", "quit", "exit"):
            return None
        text = line.strip()
        if not (text.isascii() and text.isdigit() and len(text) == 1 and text != "0"):
            say(f"{text[:20]!r} is no cell; type one of {free}, or q to end.")
        elif not legal[int(text) - 1]:
            say(f"Cell {text} is taken; free are {free}.")
        else:
            return int(text) - 1


async def _agent_move(
    services: Services,
    environment: TicTacToeEnvironment,
    state: Board,
    options: dict[str, Any],
    say: Say,
) -> int | None:
    mover = "XO"[environment.to_play(state)]
    prompt = f"Tic-tac-toe, {mover} to move:\n{environment.describe(state)}"
    asked = services.options("cli", **options)
    episode = await services.runs.start(
        Ask(messages=[HumanMessage(prompt)], options=asked)
    ).episode()
    if episode.answer is None or not episode.answer.actions:
        say(f"The agent has no move: {episode.failure or episode.outcome}.")
        return None
    action = episode.answer.actions[0]
    sure = "" if episode.confidence is None else f", {episode.confidence:.0%} sure"
    say(
        f"{environment.describe_action(state, action)} "
        f"({episode.source}{sure}, {episode.spend.simulations} simulations)"
    )
    return action


def _drawn(state: Board) -> str:
    marks = board_to_text(state)
    cells = [mark if mark != "." else str(number + 1) for number, mark in enumerate(marks)]
    rows = [" " + " | ".join(cells[row : row + 3]) for row in (0, 3, 6)]
    return "\n---+---+---\n".join(rows)
