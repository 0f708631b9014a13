"""Find cities in a text: places in the plane, distances pair by pair, or a table.

Every reader returns what it found and the words that are left, so that the parser can be strict.
Blanks in texts are single.
"""

from __future__ import annotations

import re
from typing import NamedTuple

FEWEST_CITIES = 3
_NUMBER = r"-?\d{1,7}(?:\.\d{1,6})?"
_POINT = re.compile(  # blanks are single here and below
    r"(?:(?<![\w.])(?P<name>[A-Z][\w'-]*(?: [A-Z][\w'-]*)?|[^\W\d_][\w'-]*|\d{1,3}) ?"
    r"(?:[:=.)]|->|-|at|is|is at|located at|lies at)? ?)?[(\[] ?"
    rf"(?:x ?[=:] ?)?(?P<x>{_NUMBER}) ?[,;| ] ?(?:y ?[=:] ?)?(?P<y>{_NUMBER}) ?[)\]]"
)
_LINE = re.compile(
    r"^ ?[-•]? ?(?:(?:city|point|stop|node|town) )?"
    r"(?:(?P<name>[^\W\d_][\w' -]{0,30}?|\d{1,3}) ?(?:[:=.)|,]| ) ?)?"
    rf"(?:x ?[=:] ?)?(?P<x>{_NUMBER}) ?[,;| ] ?(?:y ?[=:] ?)?(?P<y>{_NUMBER}) ?[,;|]? ?$",
    re.M | re.I,
)
_XY = rf"{_NUMBER}(?: | ?/ ?){_NUMBER}"
_RUN = re.compile(rf"(?<![\d.,(/])\b{_XY}(?: ?[,;] ?(?:and )?{_XY}){{2,}}(?![\d/]|\.\d)")
_FIELDS = re.compile(
    rf"(?:\b(?:name|id|city|label)s? ?[:=] ?'?(?P<name>\w[\w -]{{0,30}}?)'? ?, ?)?"
    rf"'?\bx'? ?[:=] ?(?P<x>{_NUMBER}) ?, ?'?y'? ?[:=] ?(?P<y>{_NUMBER})",
    re.I,
)
_BY_COMMA = rf"{_NUMBER} ?, ?{_NUMBER}"
_COMMA_RUN = re.compile(
    rf"(?<![\d.,(/\[])\b{_BY_COMMA}(?: ?; ?(?:and )?{_BY_COMMA}){{2,}}(?![\d/,]|\.\d)"
)
_NAMED = re.compile(
    rf"(?<![\w.])(?P<name>[^\W\d_][\w'-]{{0,30}}) ?[:=] ?(?P<x>{_NUMBER})(?: ?, ?| )"
    rf"(?P<y>{_NUMBER})"
    r"(?= ?(?:[,;.)]|$|and\b))",
    re.M,
)
_COLUMN = re.compile(
    rf"\b(?P<axis>[xy])s? ?[:=] ?[\[(]? ?(?P<list>{_NUMBER}(?:(?: ?, ?| ){_NUMBER}){{2,}}) ?[\])]?",
    re.I,
)
UNIT = r"(?:km|kilomet(?:er|re)s|miles|mi|minutes|min|m|units)"
_CITY = r"[^\W\d_][\w']{0,20}|\d{1,2}"
_PAIR = re.compile(
    rf"(?<![\w-])(?P<a>{_CITY})(?: ?(?:-|–|<->|↔|->|to|/|and) ?|(?=[A-Z]\b))(?P<b>{_CITY}) ?"
    r"(?:is|are|=|:|->|takes|costs|has(?: length)?|of)? ?(?:distance |length )?"
    rf"\(?(?P<d>\d{{1,6}})\)? ?{UNIT}?\b"
)
_CELL = r"(?:\d{1,6}|-|x)"
_ROW = re.compile(
    rf"^ ?(?:(?P<name>[^\W\d_][\w']{{0,20}}) ?[:|]? ?)?[\[(|]* ?"
    rf"(?P<row>{_CELL}(?: ?[,|;]? {_CELL}|,{_CELL}){{2,}}) ?[\])|]*,? ?$",
    re.M,
)
WORDS = frozenset(
    re.findall(
        r"[\w'-]+",
        """a an the this that these those it its is are be was of in on at to from for with by as
        and or all each every once exactly only one city cities town towns point points stop stops
        node nodes place places location locations customer customers house houses their there here
        following given below above i we you me my us our can could would should will must need want
        have has how what whats which where who do does did find give show tell help plan solve
        compute calculate determine get go goes going travel travels travelling traveling visit
        visits visiting tour tours trip trips round-trip roundtrip round route routes loop circuit
        cycle path way walk drive order sequence salesman salesperson problem tsp shortest best
        optimal minimal minimum least quickest fastest cheapest short long length distance distances
        total overall cost costs between return returns returning back home come comes coming start
        starts starting started begin beginning begins end ends ending finish same where through
        passing via so if than more no not any either please hello hi hey thanks thank euclidean
        straight line straight-line as-the-crow-flies rounded rounding nearest integer integers
        whole number numbers coordinates coordinate plane map euc_2d euc2d 2d located lies x y name
        km kilometers kilometres miles units unit symmetric both directions direction closed
        hamiltonian delivery van truck driver postman courier possible then again it's i'm table
        matrix pairwise first last small smallest let's lets delivered deliver let know into using
        use answer listed list stop's per when what's also leave leaves leaving starting-point
        take takes driving data instance being
        hut huts hike hikes hiking hiker see seen sees drone fly flies flying flight over land lands
        took off office mail carrier houses vertex vertices edge dist coords driven serve optimum
        minimise minimize minimising ship bus tourist museum museums""",
    )
)
_NO_NAMES = frozenset(word for word in WORDS if len(word) > 1) - {
    "home", "start", "house", "customer", "postman", "courier", "finish",
}  # fmt: skip


class Cities(NamedTuple):
    """What was found.

    Attributes:
        names: `1`, `2`, ... where not all are named.
        points: (x, y) of each, or empty.
        table: distances, or empty.
        words: the text without the cities.
        fault: what is missing or contradicts itself; empty if nothing does.
    """

    names: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    table: tuple[tuple[int, ...], ...]
    words: str
    fault: str = ""


def points_of(text: str) -> Cities | None:
    """Read `A (0, 0), B (3, 4)`, one a line or in a sentence."""
    return _placed(_POINT, text)


def lines(text: str) -> Cities | None:
    """Read lines of two coordinates, with a name before them or not."""
    return _placed(_LINE, text)


def _placed(pattern: re.Pattern[str], text: str) -> Cities | None:
    """Return the places that a pattern finds, numbered unless all are named."""
    matches = list(pattern.finditer(text))
    if len(matches) < FEWEST_CITIES:
        return None
    names = [_name(match) for match in matches]
    if not all(names):
        names = [""] * len(names)
    words = pattern.sub(lambda match: _kept(match, any(names)), text)
    return Cities(_numbered(names), tuple(_place(m["x"], m["y"]) for m in matches), (), words)


def named(text: str) -> Cities | None:
    """Read `P: 0 5, Q: 12 5, R: 12 0` on one line."""
    return _placed(_NAMED, text)


def written_points(text: str) -> str:
    """Write the points of objects and dictionaries as `P (0, 5)`."""
    found = _FIELDS.findall(text)
    if len(found) >= FEWEST_CITIES:
        text = _FIELDS.sub(lambda m: f"{m['name'] or ''} ({m['x']}, {m['y']})".lstrip(), text)
    return re.sub(r"'(\w[\w -]{0,30})' ?: ?(?=[(\[])", r"\1: ", text)


def inline(text: str) -> Cities | None:
    """Read `12 40, 55 13, 70 88`, also with slashes."""
    runs = [*_RUN.finditer(text), *_COMMA_RUN.finditer(text)]
    if len(runs) != 1:
        return None
    numbers = re.findall(_NUMBER, runs[0][0])
    places = tuple(_place(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True))
    return Cities(_numbered([""] * len(places)), places, (), text.replace(runs[0][0], " : "))


def columns(text: str) -> Cities | None:
    """Read `x: 5 25 45` and `y: 10 60 20`."""
    lists = [re.findall(_NUMBER, match["list"]) for match in _COLUMN.finditer(text)]
    axes = [match["axis"].lower() for match in _COLUMN.finditer(text)]
    if axes != ["x", "y"] or len(lists[0]) != len(lists[1]):
        return None
    places = tuple(_place(x, y) for x, y in zip(*lists, strict=True))
    return Cities(_numbered([""] * len(places)), places, (), _COLUMN.sub(" : ", text))


def _name(match: re.Match[str]) -> str:
    parts = (match["name"] or "").split()
    while parts and parts[0].casefold() in _NO_NAMES:
        parts.pop(0)  # `Visit Paris (3, 4)`
    return " ".join(parts)


def _kept(match: re.Match[str], named: bool) -> str:
    """Leave the words before a point that are no name."""
    name = match["name"] or ""
    if not named and name.isdigit():
        return " : "
    return f" {name.removesuffix(_name(match)) if named else name} : "


def _numbered(names: list[str]) -> tuple[str, ...]:
    return tuple(name or str(number) for number, name in enumerate(names, 1))


def _place(x: str, y: str) -> tuple[float, float]:
    return _number(x), _number(y)


def _number(text: str) -> float:
    value = float(text)
    return int(value) if value == int(value) else value


def pairs(text: str) -> Cities | None:
    """Read `A-B 10, A-C 15`: every pair must be there."""
    matches = list(_PAIR.finditer(text))
    if len(matches) < FEWEST_CITIES:
        return None
    given: dict[tuple[str, str], int] = {}
    cities = tuple(dict.fromkeys(city for match in matches for city in (match["a"], match["b"])))
    if len(matches) < len(cities) or any(city.casefold() in _NO_NAMES for city in cities):
        return None
    fault = ""
    for match in matches:
        a, b, distance = match["a"], match["b"], int(match["d"])
        for pair in ((a, b), (b, a)):
            if given.setdefault(pair, distance) != distance:
                fault = f"two different distances between {a} and {b}"
    missing = [(a, b) for a in cities for b in cities if a != b and (a, b) not in given]
    if missing:
        fault = fault or f"the distance between {' and '.join(missing[0])} is missing"
    table = tuple(tuple(given.get((a, b), 0) for b in cities) for a in cities)
    return Cities(cities, (), table, _PAIR.sub(" : ", text), fault)


def matrix(text: str) -> Cities | None:
    """Read a square table of whole numbers, with names before the rows or not."""
    plain = re.sub(r"\]\s*,?\s*\[", "]\n[", text).replace("[[", "\n[").replace("]]", "]\n")
    matches = list(_ROW.finditer(plain))
    rows = [
        tuple(int(d) if d.isdigit() else 0 for d in re.findall(r"\d+|-|x", match["row"]))
        for match in matches
    ]
    if len(rows) < FEWEST_CITIES or any(len(row) != len(rows) for row in rows):
        return None
    if any(row[place] for place, row in enumerate(rows)):
        return None  # three numbered places with coordinates look like this
    names = [match["name"] or "" for match in matches]
    words = _ROW.sub(" : ", plain)
    if all(names):
        head = r"[ \t,|]+".join(map(re.escape, names))
        words = re.sub(rf"^[ \t|]*{head}[ \t|]*$", " ", words, flags=re.M)
    elif any(names):
        return None
    else:
        names = [str(number + 1) for number in range(len(rows))]
    return Cities(tuple(names), (), tuple(rows), words)
