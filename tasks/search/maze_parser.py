"""Read drawn mazes and grids of digits, with the words around them.

How a drawing becomes rows is `maze_drawing`. Outside the drawing a text may hold only words that
belong to such a question, and a few that nobody knows (`wording`).
"""

from __future__ import annotations

import re

from tasks.protocol import InvalidTaskError
from tasks.search.maze_compiled import SIZE
from tasks.search.maze_drawing import Drawing, legend_of, split_off_drawing
from tasks.wording import belongs

MOST_CHARACTERS = 8000
MOST_WORDS_CHARACTERS = 900
Cell = tuple[int, int]
Maze = tuple[tuple[str, ...], Cell, Cell, bool]
_SAYS_SO = re.compile(
    r"\b(?:maze|labyrinth|grid|map|path|route|way|walk|shortest|cheapest|board|exit|get from"
    r"|go from)\b",
    re.I,
)
_WAY = re.compile(r"\b(?:paths?|routes?|way|walk|maze|cheapest|shortest)\b", re.I)
_WEIGHTED = re.compile(
    r"\b(?:costs?|costly|weight(?:s|ed)?|cheap(?:est|er)?|expensive|price|pay|toll|risk|effort"
    r"|terrain|sum)\b",
    re.I,
)
_NUMBERED = (
    r"\(\s*(?P<{0}r>\d{{1,3}})\s*[,;]\s*(?P<{0}c>\d{{1,3}})\s*\)|\[\s*(?P<{0}R>\d{{1,3}})\s*,"
    r"\s*(?P<{0}C>\d{{1,3}})\s*\]|\(?r(?:ow)? ?(?P<{0}x>\d{{1,3}}),? ?"
    r"(?:and )?c(?:ol(?:umn)?)?\.? ?(?P<{0}y>\d{{1,3}})\)?"
    r"|(?P<{0}n>\d{{1,3}}),\s?(?P<{0}m>\d{{1,3}})"
)
_CORNER = (
    r"(?:the )?(?P<{0}v>top|upper|bottom|lower)[ -]?(?P<{0}h>left|right)(?:[ -]?hand)?"
    r"(?: corner| cell| square)*(?: ?\(\d{{1,3}}, ?\d{{1,3}}\))?"
)
_PLACE = rf"(?:{_NUMBERED}|{_CORNER})"
_START = (
    r"(?:\bfrom|\bstart(?:s|ing|ed)?(?: (?:cell|position|point|square|field))?"
    r"|\bbegin(?:s|ning)?|\bs)"
)
_GOAL = (
    r"(?:\bto|\bgoal(?: (?:cell|position|point))?|\bend(?:s|ing)?(?: (?:cell|position|point))?"
    r"|\bexit|\bfinish|\btarget|\bdestination|\breach|\buntil|->|\bg|\be)"
)
_LINK = (
    r"(?:\s*(?:is|are|at|in|on|=|:|of|cell|position|point|location|the|\(row, ?col(?:umn)?\)"
    r"|\(r, ?c\)))*\s*"
)
_FROM = re.compile(_START + _LINK + _PLACE.format("s"), re.I)
_TO = re.compile(_GOAL + _LINK + _PLACE.format("g"), re.I)
_BARE = re.compile(_PLACE.format("s") + r"(?=\s*(?:to\b|->|\u2192))", re.I)  # `top left to ...`
_FROM_ONE = re.compile(
    r"\b(?:1-(?:based|indexed)|one-based|(?:numbered|counted|counting|count|indexed|indices|index"
    r"|starts?|starting|numbering)(?: (?:at|from|with|by)) (?:1|one))\b",
    re.I,
)
_FROM_ZERO = re.compile(
    r"\b(?:0-(?:based|indexed)|zero-(?:based|indexed)|(?:numbered|counted|counting|count|indexed"
    r"|indices|index|starts?|starting|numbering)(?: (?:at|from|with|by)) (?:0|zero))\b",
    re.I,
)
_SIZES = re.compile(r"\b\d{1,3} ?(?:x|by|×) ?\d{1,3}\b", re.I)
_MEANS = r"\s*(?:=|:|is|are|means?|marks?|for|stands? for|represents?)?\s*(?:an? |the )?"
_SHUT = r"(?:walls?|blocked|obstacles?|impassable|closed)"
_OPEN = r"(?:free|open|empty|paths?|passages?|passable|floor|walkable)"
_NOT_ENTERED = r" (?:cells? )?(?:cannot|can't|can not) be (?:entered|crossed)"


def _walls(wall: str, free: str) -> re.Pattern[str]:
    """Return what says that one of two digits is a wall, or the other is free."""
    return re.compile(
        rf"\b{wall}{_MEANS}{_SHUT}|\b{wall}{_NOT_ENTERED}|\b{free}{_MEANS}{_OPEN}\b"
        rf"|\bwalls?\s*(?:=|:|is|are)?\s*\(?{wall}\b",
        re.I,
    )


_ZERO, _ONE = r"(?:0s?|zeros?|zeroes)", r"(?:1s?|ones?)"
_ZERO_WALL, _ONE_WALL = _walls(_ZERO, _ONE), _walls(_ONE, _ZERO)
_NO_DIAGONALS = re.compile(
    r"(?:\bbut )?\b(?:no|not|without|never|cannot|can't|don't|isn't|aren't)\b "
    r"(?:\w+ ){0,3}diagonal\w*"
    r"|\bdiagonal\w*(?: \w+){0,2} (?:is|are) (?:not|forbidden|disallowed)(?: allowed| permitted)?"
)
_COUNTED = re.compile(r"\b\d{1,2} (?:directions|neighbou?rs|rows|columns|cells|moves|steps)\b")
_FOUR = re.compile(r"\b4[- ](?:directional|way|connected|connectivity|neighbou?r\w*)(?: moves)?\b")
_SIDES = re.compile(r"\b(?:up|down|left|right)(?:wards?)?\b")
_CORNERS = re.compile(r"\b(?:top|upper|bottom|lower)(?:[ -]?most)?[ -](?:left|right)")
_NAMED_START = r"(?:start\w*|first|initial|both|beginning|s|origin)\b"
_COUNTED_START = re.compile(
    r"\b(?:includ\w+|count(?:s|ed|ing)?|pay(?:ing)?|plus|add(?:ed|ing)?)\b[^.;?]{0,30}?\b"
    + _NAMED_START
    + r"|\b"
    + _NAMED_START
    + r"[^.;?]{0,40}?\b(?:includ\w+|count(?:s|ed)?|paid|added)\b"
)
_NOT = re.compile(r"\b(?:no|not|never|without|free|exclud\w+|except|\w+n'?t)\b")
_NINE = re.compile(r"\b(?:1 ?(?:-|–|to) ?9|0 ?(?:-|–|to) ?9)\b")
_WORDS = frozenset(
    re.findall(
        r"[\w'-]+",
        """a an the this that these those it its is are be was of in on at to from for with by as
        and or not no if there any i me my you your we us can could would should will may must
        how what whats which where who do does did find give show tell help solve compute calculate
        determine get go goes going move moves moving walk walks walking step steps stepping reach
        travel traverse escape leave leads lead shortest quickest fastest cheapest best optimal
        minimal minimum least lowest fewest few many long short length cost costs costing total
        weight weights weighted digit digits number numbers number's value values price path paths
        way ways route routes maze mazes labyrinth grid grids map board matrix below above following
        here drawn cell cells square squares field fields tile tiles position positions point points
        row rows column columns col cols start starts starting begin begins beginning goal end ends
        ending exit exits entrance entry finish target destination out through into wall walls
        blocked block blocks obstacle obstacles impassable open free empty space spaces passage
        passages passable floor corridor walkable up down left right north south east west
        horizontally vertically four directions direction neighbour neighbours
        neighbor neighbors neighbouring adjacent only each every one all so that possible possibly
        please hello hi hey thanks thank mark marks marked denote denotes mean means represent
        represents stand stands symbol character characters hash hashes dot dots letter enter
        entering entered enters using use just than more have has counted counting count numbered
        numbering index indexed indices based zero zeros zeroes ones top bottom upper lower corner
        sequence list answer s g e u r d l a b x o else then too also allowed permitted costly sum
        say whether exists exist when lie lies located where's i'm need want robot mouse player
        character agent hero first last both like written given as whose per without crossing
        hitting any unreachable impossible reachable simple ascii text current location am
        being expense toll terrain itself does count counts include included including not
        0-based 1-based zero-based one-based 0-indexed 1-indexed up-down""",
    )
)
_HINT = "draw rows of equal length of # (wall) and . (free) with one S and one G"


def read_maze(text: str) -> Maze | None:
    """Return rows, start, goal and whether cells have costs; None if no maze is drawn.

    Raises:
        InvalidTaskError: if a maze is drawn and asked about, but not clearly, or is too large.
    """
    if len(text) > MOST_CHARACTERS or ("\n" not in text and "[" not in text and "/" not in text):
        return None
    drawing = split_off_drawing(text)
    if drawing is None or len(drawing.words) > MOST_WORDS_CHARACTERS:
        return None
    words = " ".join(drawing.words.lower().replace("’", "'").split())
    legend, words_left = legend_of(words)
    start, goal, words_left = _places(words_left, drawing)
    if not _only_words(words_left):
        return None
    digits = all(mark.isdigit() for row in drawing.rows for mark in row if mark not in "SGE")
    if digits:
        return _of_digits(drawing, words, start, goal)
    rows, drawn_start, drawn_goal = drawing.marked(legend)
    if drawn_start is None and drawn_goal is None and start is None and goal is None:
        if not _SAYS_SO.search(words):
            return None
        raise InvalidTaskError(f"the maze has neither start nor goal; {_HINT}")
    return checked_maze(rows, drawn_start or start, drawn_goal or goal, False)


def checked_maze(
    rows: tuple[str, ...], start: Cell | None, goal: Cell | None, weighted: bool
) -> Maze:
    """Return the maze if the rules allow it.

    Raises:
        InvalidTaskError: with what is wrong.
    """
    if not rows or not all(len(row) == len(rows[0]) > 0 for row in rows):
        raise InvalidTaskError(f"the rows of the maze differ in length; {_HINT}")
    height, width = len(rows), len(rows[0])
    if max(height, width) > SIZE:
        raise InvalidTaskError(
            f"the maze has {height} rows of {width}; at most {SIZE} rows of {SIZE} are solved here"
        )
    allowed = "0123456789" if weighted else "#."
    if strange := {mark for row in rows for mark in row} - set(allowed):
        raise InvalidTaskError(f"unknown marks {sorted(strange)[:5]}; expected those of {allowed}")
    for name, cell in (("start", start), ("goal", goal)):
        if cell is None:
            raise InvalidTaskError(f"the maze has no {name}; {_HINT}")
        if not (0 <= cell[0] < height and 0 <= cell[1] < width):
            raise InvalidTaskError(f"the {name} {cell} is outside {height} rows of {width}")
        if rows[cell[0]][cell[1]] in "#0":
            raise InvalidTaskError(f"the {name} {cell} is a wall; choose a free cell")
    assert start is not None
    assert goal is not None
    if start == goal:
        raise InvalidTaskError(f"start and goal are the same cell {start}; choose two")
    return rows, start, goal, weighted


def _of_digits(drawing: Drawing, words: str, start: Cell | None, goal: Cell | None) -> Maze | None:
    """Read a grid of digits: costs with 0 as a wall, or 0 and 1 with either as the wall."""
    if not _SAYS_SO.search(words) and not (start and goal):
        return None
    rows, drawn_start, drawn_goal = drawing.digits()
    start, goal = drawn_start or start, drawn_goal or goal
    weighted = _WEIGHTED.search(words) is not None
    if weighted and _pays_for_start(words):
        return None
    if {mark for row in rows for mark in row} <= {"0", "1"}:
        zero, one = _ZERO_WALL.search(words), _ONE_WALL.search(words)
        if (zero is None) == (one is None) and not weighted:
            raise InvalidTaskError("say which of 0 and 1 is a wall, such as '1 is a wall'")
        if one or not weighted:
            wall = "1" if one else "0"
            plain = tuple("".join(".#"[mark == wall] for mark in row) for row in rows)
            return checked_maze(plain, start, goal, False)
    elif start is None and goal is None and not (weighted and _WAY.search(words)):
        return None  # a sudoku or another grid of digits
    return checked_maze(rows, start, goal, True)


def _places(words: str, drawing: Drawing) -> tuple[Cell | None, Cell | None, str]:
    """Return start and goal where the words name them, and the words without them."""
    found: list[Cell | None] = []
    named: list[bool] = []
    for pattern, side in ((_FROM, "s"), (_TO, "g")):
        match = pattern.search(words)
        if match is None and pattern is _FROM:
            match = _BARE.search(words)
        cell = None
        if match is not None:
            cell, by_number = _cell(match, side, drawing)
            named.append(by_number)
            words = f"{words[: match.start()]} start {words[match.end() :]}"
        found.append(cell)
    start, goal = found
    one = _FROM_ONE.search(words) is not None
    if not one and _FROM_ZERO.search(words) is None and all(named) and start and goal:
        # only counting from 1 fits
        size = (len(drawing.rows), len(drawing.rows[0]))
        one = any(c[i] == size[i] for c in (start, goal) for i in (0, 1)) and all(
            number > 0 for cell in (start, goal) for number in cell
        )
    if one:
        start = (start[0] - 1, start[1] - 1) if start and named[0] else start
        goal = (goal[0] - 1, goal[1] - 1) if goal and named[-1] else goal
    return start, goal, words


def _cell(match: re.Match[str], side: str, drawing: Drawing) -> tuple[Cell, bool]:
    if vertical := match[f"{side}v"]:
        row = 0 if vertical in ("top", "upper") else len(drawing.rows) - 1
        column = 0 if match[f"{side}h"] == "left" else len(drawing.rows[0]) - 1
        return (row, column), False
    for a, b in ("rc", "RC", "xy", "nm"):
        if match[side + a] is not None:
            return (int(match[side + a]), int(match[side + b])), True
    raise AssertionError("a place has numbers or a corner")


def _is_one_way(words: str) -> bool:
    """Say whether only some of the four directions are allowed."""
    named = {side.removesuffix("s").removesuffix("ward") for side in
             _SIDES.findall(_CORNERS.sub(" ", words))}  # fmt: skip
    return bool(named) and len(named) < 4


def _pays_for_start(words: str) -> bool:
    """Say whether the start's cost counts too, which is not so here."""
    said = _COUNTED_START.search(words)
    return said is not None and not _NOT.search(words)


def _only_words(words: str) -> bool:
    """Say whether the words around the drawing ask for a way and nothing else."""
    if _is_one_way(words):
        return False
    for pattern in (_SIZES, _FOUR, _NINE, _FROM_ONE, _FROM_ZERO, _ZERO_WALL, _ONE_WALL, _COUNTED):
        words = pattern.sub(" ", words)
    words = _NO_DIAGONALS.sub(" ", words)
    return "diagonal" not in words and belongs(words, _WORDS)
