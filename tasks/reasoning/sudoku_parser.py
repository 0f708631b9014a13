"""Read sudokus of side 4, 6 and 9 as people type them: one line, rows, frames, lists.

The reader is strict: apart from the cells, a text may hold only words of such a question. Without
the word sudoku only a text of nothing but cells is read, if it cannot well be anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tasks.protocol import InvalidTaskError

MAX_CHARACTERS = 3000
SIDES = {16: 4, 36: 6, 81: 9}
_NAME = re.compile(r"\bsu\s?doku", re.I)
_BARE = re.compile(r"[\s\d._*?xX|+,;:/\[\](){}\"'`=\u2500-\u257f-]+")
_ROW = re.compile(r"(?:[\d._*][ |]{0,3}){9}")
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a an list and answer are as be been below blank blanks board box boxes by can cell cells
        check classic complete correct could cross digit digits do does each easy empty
        every evil exactly expert extreme fill filled filling find finish following for
        from get give given grid grids had hard has have hello help here hey hi how i if
        in into is it its just left like line lines logic magazine main me mean means
        medium mini missing morning my need newspaper no number numbers of on once one
        only or out over please position possible proper puzzle puzzles question read
        regular row rows sent set should show sized small solution solutions solvable
        uniquely solve solved solver solves solving some square squares standard stuck
        su doku sudoku sudokus that thanks thank the there these they this to today
        todays try unique unknown unknowns unsolved up use used using valid values want
        was what whats where which whole will with would you your zero zeros zeroes dot
        dots dash dashes star stars underscore underscores s m im ive t d four six nine
        first start starting text string format regions region column columns side size
        block blocks rules usual so far got tell reply rest spaces space gap gaps hole
        holes marked shown written represent represents represented denote denotes stand
        stands letter x placeholder placeholders mark marks other teaser brain challenge
        tricky difficult hardest world worlds own made daughter son kid kids wife so
        husband friend let lets us we our go now then next well ok okay good great""",
    )
)
_OTHER_RULES = (
    frozenset(
        re.findall(
            r"\w+",
            """diagonal diagonals diagonally killer jigsaw irregular hyper windoku samurai cage
        cages sum sums add adds thermo thermometer knight king queen chess greater less than even
        odd consecutive arrow arrows kropki sandwich anti asterisk colour colours color colors hex
        wrong error errors mistake mistakes incorrect invalid hint hints program code python
        java function script algorithm write explain generate create design difficulty rate
        many count transpose rotate mirror describe remove change swap replace also
        additionally extra except without instead twice variant not cannot never shaded grey gray
        letters words wordoku multiplication product prime outside clue clues inequality domino
        repeat repeats verify validate check checked correctly fewer minimal add guess strategy
        technique step steps logic logically reason candidates candidate pencil same different
        print draw display convert translate turn flip reverse upside down render encode decode
        french german spanish english latin json csv html svg image picture sort shuffle compare
        better best harder easier invent similar analyse analyze estimate price buy history who
        why when latex poem story top bottom ascii table save file read load parse test class
        don doesn isn aren mustn either or broken disjoint windows offset center centre""",
        )
    )
    - _WORDS
)
_MOST_UNKNOWN = 15
_EMPTY = r"(?:empty|blanks?|unknowns?|missing|free|unfilled)(?:\s(?:cells?|squares?|fields?))?"
_MARK = r"[\"'`]?[.0_*?xX-][\"'`]?"
_LEGEND = re.compile(
    rf"[(\[]?{_MARK}\s?(?:=|is|are|means?|for|marks?|stands? for|denotes?)\s?(?:an?\s|the\s)*"
    rf"{_EMPTY}[)\]]?"
    rf"|{_EMPTY}\s?(?:=|:|(?:(?:is|are)\s)?(?:(?:marked|shown|written|given|represented|denoted)\s)?"
    rf"(?:as|by|with|is|are))\s?{_MARK}(?![\d.])"
    r"|\b(?:digits|numbers|values)\s(?:from\s)?1\s?(?:to|-|\u2013|through|\.\.)\s?[469]\b"
    r"|\b1\s(?:to|-|\u2013|through)\s[469]\b"
    r"|(?<=[a-z] )1\s?[-\u2013]\s?[469](?![\w.*?-])"
    r"|\b\d\s?(?:rows?|columns?|cols?|cells?)\s?(?:by|x|\u00d7|and|times|,|wide|high)\s?"
    r"(?:and\s)?\d\s?(?:rows?|columns?|cols?|cells?)\b(?:\s(?:wide|high))?",
    re.I,
)
_SIZE = re.compile(
    r"(?<![\w.*?-])(?:([469]) ?(?:x|\u00d7|by|\*) ?\1|[23] ?(?:x|\u00d7|by|\*) ?[23])"
    r"(?![\w.*?-]*[\d.*?_])(?= ?[A-Za-z(\[),.:;!?-]| [\d.*_?]{4}|\s*\n|$)",
    re.I,
)
_LABEL = re.compile(r"(?:(?<=\s)|^)(?:row|line|r)\s?#?\d\s?[:=.)]|(?<=\n)\s*[A-I]\s?[:|]", re.I)
_HEADING = re.compile(
    r"(?m)^[ ]*\|(?:[ ]*[A-Za-z]\w{0,9}[ ]*\|){4,9}[ ]*\n(?=[ ]*\|[ ]*:?-{2,})"
)  # of a table
_WORD = re.compile(r"[A-Za-z][A-Za-z\u2019']*[,:;!]*(?:[.?]+(?=\s|$))?")
_LONG_WORD = re.compile(r"[A-Za-z]{4}")
_FORMULA = re.compile(r"[\dx)] ?[=+^] ?[\dx(-]", re.I)
_CELL = "[1-9.0_*?xX]"


def read_sudoku(text: str) -> str | None:
    """Return 16, 36 or 81 characters, `.` for empty; None if the text is no sudoku.

    Raises:
        InvalidTaskError: if it surely is one, but not of 4, 6 or 9 cells a side with its digits.
    """
    if len(text) > MAX_CHARACTERS:
        return None
    named = _NAME.search(text) is not None
    if not named and not _BARE.fullmatch(text) and not _ROW.search(text):
        return None
    rest = _LEGEND.sub(" a", text)  # a word, so that a full stop behind it is no cell
    rest = _HEADING.sub("", rest)
    rest = _LABEL.sub("\n" if "\n" in text else "", rest)
    rest = "\n".join(
        _SIZE.sub(" ", line) if _LONG_WORD.search(line) else line for line in rest.split("\n")
    )
    if not _may_say(re.findall(r"[a-z]+", rest.lower()), named):
        return None
    rest = _WORD.sub(lambda word: word[0] if set(word[0]) <= set("xX") else "\n", rest)
    if _FORMULA.search(rest):
        return None
    lines = [line for line in rest.splitlines() if re.search(r"[\d.*?xX_|-]", line)]
    readings = [reading for reading in _readings(lines) if sum(map(len, reading)) in SIDES]
    for rows in readings:
        cells = "".join(rows)
        side = SIDES[len(cells)]
        if _fits(rows, side) and (named or _is_plain(rows, side, text)):
            return _checked(cells, side) if named or set(cells) <= _marks(side) else None
    found = max((sum(map(len, reading)) for reading in _readings(lines)), default=0)
    if named and found >= 12 and re.search(r"\d", "".join(lines)):
        raise InvalidTaskError(
            f"found {found} cells of a sudoku in {len(lines)} lines; expected 4, 6 or 9 rows of as "
            "many cells, with a dot or 0 for each empty one"
        )
    return None


def _may_say(words: list[str], named: bool) -> bool:
    """Say whether nothing but a plain sudoku is spoken of, and no further rule or other wish."""
    strange = [word for word in words if word not in _WORDS and set(word) != {"x"}]
    if not named:
        return not strange
    return len(strange) <= _MOST_UNKNOWN and all(
        word not in _OTHER_RULES and len(word) < 16 for word in strange
    )


def _readings(lines: list[str]) -> list[list[str]]:
    """Return the rows of cells in each way that the marks can be meant, the likeliest first."""
    plain = [re.sub(rf"(?!{_CELL}).", "", line) for line in lines]
    rows = [row for row in plain if row]
    dashes = [
        re.sub(rf"(?!{_CELL}|-).", "", line)
        for line in lines
        if "+" not in line and not re.fullmatch(r"[\s|=-]*-{2}[\s|=-]*", line)
    ]
    all_dashes = [re.sub(rf"(?!{_CELL}|-).", "", line) for line in lines if "+" not in line]
    framed = _whole(_framed, lines)
    listed = _whole(_listed, lines)
    body = framed[1:] if framed and set(framed[0]) == {"."} else []  # under a heading of blanks
    readings = [
        rows,
        *[[row for row in found if row] for found in (dashes, all_dashes, framed, body, listed)],
    ]
    ends = []
    if rows and re.fullmatch(r".*(?:[1-9]\.|\?)", rows[-1]):  # the end of a sentence
        ends.append([*rows[:-1], rows[-1][:-1]])
    found = []
    for reading in [*readings, *ends]:
        cells = [re.sub(r"[^1-9]", ".", row) for row in reading]
        if cells not in found:
            found.append(cells)
    return found


def _whole(read_row: Callable[[str], str], lines: list[str]) -> list[str]:
    """Read rows; none if a line with digits is no row."""
    rows = [read_row(line) for line in lines]
    sound = all(row or not re.search(r"\d", line) for row, line in zip(rows, lines, strict=True))
    return rows if sound else []


def _framed(line: str) -> str:
    """Read `| 5 | 3 |   | 7 |`, where a blank between bars is an empty cell."""
    parts = [part.strip() for part in re.split(r"\|+", line.strip().strip("|"))]
    if len(parts) in SIDES.values() and all(len(part) <= 1 for part in parts):
        return "".join(part or "." for part in parts)
    return ""


def _listed(line: str) -> str:
    """Read `5,3,,,7,,,,`, where nothing between commas is an empty cell."""
    parts = [part.strip() for part in line.strip().split(",")]
    if len(parts) in SIDES.values() and all(len(part) <= 1 for part in parts):
        return "".join(part or "." for part in parts)
    return ""


def _fits(rows: list[str], side: int) -> bool:
    """Say whether each line holds whole rows."""
    return all(len(row) % side == 0 for row in rows)


def _is_plain(rows: list[str], side: int, text: str) -> bool:
    """Say whether cells without a word are a sudoku and no number, matrix or other drawing."""
    cells = "".join(rows)
    givens = len(cells) - cells.count(".")
    if len(cells) < 81:
        return 4 <= givens < len(cells) and len(rows) == side and "0" not in text
    return 17 <= givens < 81


def _marks(side: int) -> set[str]:
    return set(".123456789"[: side + 1])


def _checked(cells: str, side: int) -> str:
    """Return the cells.

    Raises:
        InvalidTaskError: if a digit is above the side.
    """
    wrong = sorted(set(cells) - _marks(side))
    if wrong:
        raise InvalidTaskError(
            f"a sudoku of {len(cells)} cells has the digits 1 to {side}; found {wrong[0]}"
        )
    return cells
