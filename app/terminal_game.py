"""A game on the terminal, a person against the agent, whose every move is a recorded run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import HumanMessage

from app.assemble import Services, assembled
from app.runs import Ask
from app.settings import Settings
from tasks.protocol import Environment
from tasks.search.connect_four_rules import ConnectFourEnvironment, Position
from tasks.search.tictactoe_rules import Board, TicTacToeEnvironment, board_to_text

AskLine = Callable[[str], str | None]
Say = Callable[[str], None]


class UnknownGameError(ValueError):
    """A game that the terminal does not know."""


@dataclass(frozen=True, slots=True)
class Game:
    """What the terminal needs to know of a game whose actions are numbered places.

    Attributes:
        title: with which the agent is asked.
        environment: its rules; player 0 is X.
        start: the first position.
        place: what an action is called.
        help: which numbers there are.
        taken: what a place is where no move is possible.
        draw: position -> lines for a person.
    """

    title: str
    environment: Environment[Any]
    start: Any
    place: str
    help: str
    taken: str
    draw: Callable[[Any], str]


async def play_game(
    settings: Settings,
    game: Game,
    first: bool,
    options: dict[str, Any],
    ask_line: AskLine,
    say: Say,
) -> bool:
    """Play one game; return whether it came to its end or was left by the person.

    Args:
        settings: of the agent.
        game: from `game_named`.
        first: whether the person begins (and is X).
        options: of the agent's runs.
        ask_line: shows a prompt and returns a line, None at the end of input.
        say: shows a line.
    """
    environment = game.environment
    person = 0 if first else 1
    state = game.start
    say(f"You are {'XO'[person]}. {game.help}; q ends.")
    async with assembled(settings) as services:
        while not environment.is_terminal(state):
            if environment.to_play(state) == person:
                say(game.draw(state))
                action = _person_move(game, state, ask_line, say)
                if action is None:
                    say("Game left.")
                    return True
            else:
                chosen = await _agent_move(services, game, state, options, say)
                if chosen is None:
                    return False
                action = chosen
            state = environment.step(state, action)
    say(game.draw(state))
    result = float(environment.returns(state)[person])
    say("You win." if result > 0 else "You lose." if result < 0 else "A draw.")
    return True


def game_named(name: str) -> Game:
    """Return one of the games.

    Raises:
        UnknownGameError: if there is none of that name.
    """
    games = {"tictactoe": _tictactoe, "connect_four": _connect_four}
    if name not in games:
        raise UnknownGameError(f"no game {name!r}; known: {', '.join(games)}")
    return games[name]()


def _tictactoe() -> Game:
    return Game(
        title="Tic-tac-toe",
        environment=TicTacToeEnvironment(),
        start=Board(0, 0),
        place="cell",
        help="Cells are 1 to 9, row by row",
        taken="taken",
        draw=_drawn_cells,
    )


def _connect_four() -> Game:
    environment = ConnectFourEnvironment()
    return Game(
        title="Connect four",
        environment=environment,
        start=Position(0, 0),
        place="column",
        help="Columns are 1 to 7 from the left",
        taken="full",
        draw=environment.describe,
    )


def _person_move(game: Game, state: Any, ask_line: AskLine, say: Say) -> int | None:
    legal = game.environment.legal(state)
    numbers = {str(action + 1) for action in range(game.environment.num_actions)}
    free = ", ".join(str(action + 1) for action in legal.nonzero()[0])
    while True:
        line = ask_line("Your move: ")
        if line is None or line.strip().lower() in ("q", "quit", "exit"):
            return None
        text = line.strip()
        if text not in numbers:
            say(f"{text[:20]!r} is no {game.place}; type one of {free}, or q to end.")
        elif not legal[int(text) - 1]:
            say(f"{game.place.capitalize()} {text} is {game.taken}; free are {free}.")
        else:
            return int(text) - 1


async def _agent_move(
    services: Services, game: Game, state: Any, options: dict[str, Any], say: Say
) -> int | None:
    environment = game.environment
    mover = "XO"[environment.to_play(state)]
    prompt = f"{game.title}, {mover} to move:\n{environment.describe(state)}"
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


def _drawn_cells(state: Board) -> str:
    marks = board_to_text(state)
    cells = [mark if mark != "." else str(number + 1) for number, mark in enumerate(marks)]
    rows = [" " + " | ".join(cells[row : row + 3]) for row in (0, 3, 6)]
    return "\n---+---+---\n".join(rows)
