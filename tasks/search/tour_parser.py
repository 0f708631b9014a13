"""Read cities as people list them: places in the plane, distances pair by pair, or a table.

Apart from the cities a text may hold only words that belong to such a question, and a few that
nobody knows (`wording`).
"""

from __future__ import annotations

import math
import re

from tasks.protocol import InvalidTaskError
from tasks.search.tour_rules import MOST_CITIES
from tasks.wording import belongs

MOST_CHARACTERS = 6000
FEWEST_CITIES = 3
FAR_APART = 10.0  # units of length
LARGEST_NUMBER = 1_000_000.0
Cities = tuple[tuple[str, ...], tuple[tuple[float, float], ...], bool, tuple[tuple[int, ...], ...]]
_ASKS = re.compile(
    r"\btours?\b|\bround[ -]?trips?\b|\bsales ?(?:man|person|men)\b|\btsp\b|\broutes?\b|\bloop\b"
    r"|\bcircuit\b|\bcycle\b|\bvisit|\bround\b|\bback\b|\breturn",
    re.I,
)
_CLOSED = re.compile(
    r"\btours?\b|\bround[ -]?trips?\b|\bsales ?(?:man|person)\b|\btsp\b|\bloop\b|\bcircuit\b"
    r"|\bcycle\b|\breturn|\bback\b|\bcome home\b"
    r"|\bstart(?:s|ing)? (?:and|&) (?:end|finish)"
    r"|\bclosed\b|\broundtrip|\bends? (?:\w+ ){1,4}again\b|\bwhere (?:it|i|you|we|he|she) "
    r"(?:began|begins?|start(?:s|ed)?)\b|\bends? (?:up )?(?:where|at the same)",
    re.I,
)
_BEST = re.compile(
    r"\btours?\b|\bround[ -]?trips?\b|\bsales ?(?:man|person)\b|\btsp\b|\bcircuit\b|hamiltonian"
    r"|\b(?:short|best|optim|minim|least|quick|fast|cheap)",
    re.I,
)
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
_COLUMN = re.compile(
    rf"\b(?P<axis>[xy])s? ?[:=] ?[\[(]? ?(?P<list>{_NUMBER}(?:(?: ?, ?| ){_NUMBER}){{2,}}) ?[\])]?",
    re.I,
)
_UNIT = r"(?:km|kilomet(?:er|re)s|miles|mi|minutes|min|m|units)"
_CITY = r"[^\W\d_][\w']{0,20}|\d{1,2}"
_PAIR = re.compile(
    rf"(?<![\w-])(?P<a>{_CITY})(?: ?(?:-|–|<->|↔|->|to|/|and) ?|(?=[A-Z]\b))(?P<b>{_CITY}) ?"
    r"(?:is|are|=|:|->|takes|costs|has(?: length)?|of)? ?(?:distance |length )?"
    rf"\(?(?P<d>\d{{1,6}})\)? ?{_UNIT}?\b"
)
_UNITS = re.compile(rf"(?<=\d) ?{_UNIT}\b")
_CELL = r"(?:\d{1,6}|-|x)"
_ROW = re.compile(
    rf"^ ?(?:(?P<name>[^\W\d_][\w']{{0,20}}) ?[:|]? ?)?[\[(|]* ?"
    rf"(?P<row>{_CELL}(?: ?[,|;]? {_CELL}|,{_CELL}){{2,}}) ?[\])|]*,? ?$",
    re.M,
)
_ROUNDED = re.compile(
    r"\bround(?:ed|ing)?\b(?! ?-?trip)|\bnearest (?:integer|whole)|\beuc_?2d\b", re.I
)
_EXACT = re.compile(
    r"\b(?:un|not |non-?)rounded|\bexact\b|\b(?:without|no) rounding|\bdon't round|\bdecimals?\b",
    re.I,
)
_OPEN = re.compile(
    r"\b(?:no need|don't|doesn't|do not|without|needn't|never|not)\b[^.?!]{0,25}"
    r"\b(?:return|back|come)|\bopen (?:path|tour|route)|\bone[ -]way\b"
    r"|\bend(?:s|ing)? (?:at|in) a different|\b(?:skip|avoid|exclude|leave out|leaving out)\b"
    r"|\b(?:don't|do not|without) (?:visit|pass|go|travel|us)",
    re.I,
)
_FIRST = re.compile(
    r"\b(?:start|begin|leav)\w*(?: and \w+)? (?:at|from|in|with)? ?(?:city )?(\w+)", re.I
)
_ENDS = re.compile(r"\bfrom (?:city )?(\w+) to (?:city )?(?!\1)(\w+)")
_LAST = re.compile(r"\b(?:end|finish)\w*(?: up)? (?:at|in|with)? ?(?:city )?(\w+)", re.I)
_MORE_THAN_WORDS = re.compile(r"[^\w\s.,:;?!()'\"\[\]&/–-]")
_COUNT = re.compile(
    r"\bn ?= ?\d{1,2}\b|\b\d{1,2} (?:cities|points|stops|towns|places|nodes|locations|customers)\b"
)
_LABELS = re.compile(r"\b(?:city|cities|point|points|stop|stops|node|nodes|town|towns)\b", re.I)
_WORDS = frozenset(
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
        take takes driving data instance being""",
    )
)
_NO_NAMES = frozenset(word for word in _WORDS if len(word) > 1) - {
    "home", "start", "house", "customer", "postman", "courier", "finish",
}  # fmt: skip


def read_tour(text: str) -> Cities | None:
    """Return names, points, whether to round, and a table; None if no tour is asked for.

    Raises:
        InvalidTaskError: if one is asked for, but of too many cities, or distances are missing.
    """
    if len(text) > MOST_CHARACTERS or not _ASKS.search(text):
        return None
    if sum(map(str.isdigit, text)) < FEWEST_CITIES:
        return None
    plain = re.sub(r"(?<=\d),(?=000\b)", "", text.replace("−", "-").replace("’", "'"))
    plain = re.sub(r"[^\S\n]+", " ", re.sub(r"[|{}\"]", " ", re.sub(r"[*`$]", "", plain)))
    for reader in (_points, _matrix, _lines, _columns, _inline, _pairs):
        found = reader(plain)
        if found is None:
            continue
        names, points, table, words = found
        if not (_only_words(words, names) and _CLOSED.search(words) and _BEST.search(words)):
            return None
        rounded = bool(points) and _is_rounded(words, points)
        check_cities(names, points, rounded, table)
        return names, points, rounded, table
    return None


def check_cities(
    names: tuple[str, ...],
    points: tuple[tuple[float, ...], ...],
    rounded: bool,
    table: tuple[tuple[int, ...], ...],
) -> None:
    """Refuse cities that the rules do not allow.

    Raises:
        InvalidTaskError: with what is wrong.
    """
    if not all(isinstance(name, str) and 0 < len(name) <= 40 for name in names):
        raise InvalidTaskError("a city's name must be a text of 1 to 40 characters")
    if len({name.casefold() for name in names}) != len(names):
        raise InvalidTaskError("two cities have the same name; name each city once")
    if not FEWEST_CITIES <= len(names) <= MOST_CITIES:
        raise InvalidTaskError(
            f"{len(names)} cities; tours through {FEWEST_CITIES} to {MOST_CITIES} are solved here"
        )
    if type(rounded) is not bool or bool(points) == bool(table) or (table and rounded):
        raise InvalidTaskError("give either points, rounded or not, or a table of whole numbers")
    if len(points or table) != len(names):
        raise InvalidTaskError(f"{len(points or table)} places for {len(names)} cities")
    for point in points:
        if len(point) != 2 or not all(
            type(c) in (int, float) and math.isfinite(c) and abs(c) <= LARGEST_NUMBER for c in point
        ):
            raise InvalidTaskError(f"{str(point)[:60]} is no point with two coordinates to 1000000")
    for a, row in enumerate(table):
        if len(row) != len(names) or any(
            type(d) is not int or not 0 <= d <= LARGEST_NUMBER for d in row
        ):
            raise InvalidTaskError("each row of distances needs one whole number for every city")
        if row[a] != 0 or any(row[b] != table[b][a] for b in range(a)):
            raise InvalidTaskError("distances must be the same in both directions, 0 to itself")


Found = tuple[tuple[str, ...], tuple[tuple[float, float], ...], tuple[tuple[int, ...], ...], str]


def _points(text: str) -> Found | None:
    """Read `A (0, 0), B (3, 4)`, one a line or in a sentence."""
    return _placed(_POINT, text)


def _lines(text: str) -> Found | None:
    """Read lines of two coordinates, with a name before them or not."""
    return _placed(_LINE, text)


def _placed(pattern: re.Pattern[str], text: str) -> Found | None:
    """Return the places that a pattern finds, numbered unless all are named."""
    matches = list(pattern.finditer(text))
    if len(matches) < FEWEST_CITIES:
        return None
    names = [_name(match) for match in matches]
    if not all(names):
        names = [""] * len(names)
    words = pattern.sub(lambda match: _kept(match, any(names)), text)
    return _numbered(names), tuple(_place(m["x"], m["y"]) for m in matches), (), words


def _inline(text: str) -> Found | None:
    """Read `12 40, 55 13, 70 88`, also with slashes."""
    runs = list(_RUN.finditer(text))
    if len(runs) != 1:
        return None
    numbers = re.findall(_NUMBER, runs[0][0])
    points = tuple(_place(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True))
    return _numbered([""] * len(points)), points, (), text.replace(runs[0][0], " : ")


def _columns(text: str) -> Found | None:
    """Read `x: 5 25 45` and `y: 10 60 20`."""
    lists = [re.findall(_NUMBER, match["list"]) for match in _COLUMN.finditer(text)]
    axes = [match["axis"].lower() for match in _COLUMN.finditer(text)]
    if axes != ["x", "y"] or len(lists[0]) != len(lists[1]):
        return None
    points = tuple(_place(x, y) for x, y in zip(*lists, strict=True))
    return _numbered([""] * len(points)), points, (), _COLUMN.sub(" : ", text)


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


def _pairs(text: str) -> Found | None:
    """Read `A-B 10, A-C 15`: every pair must be there."""
    matches = list(_PAIR.finditer(text))
    if len(matches) < FEWEST_CITIES:
        return None
    given: dict[tuple[str, str], int] = {}
    names: dict[str, None] = {}
    for match in matches:
        a, b = match["a"], match["b"]
        if a.casefold() in _WORDS - {"a"} or b.casefold() in _WORDS - {"a"} or a == b:
            return None
        names |= {a: None, b: None}
        for pair in ((a, b), (b, a)):
            if given.setdefault(pair, int(match["d"])) != int(match["d"]):
                raise InvalidTaskError(f"two different distances between {a} and {b}")
    cities = tuple(names)
    missing = [(a, b) for a in cities for b in cities if a != b and (a, b) not in given]
    if missing and len(cities) <= MOST_CITIES:
        if len(given) < len(cities) * (len(cities) - 1) / 2:
            return None
        raise InvalidTaskError(f"the distance between {' and '.join(missing[0])} is missing")
    table = tuple(tuple(given.get((a, b), 0) for b in cities) for a in cities)
    return cities, (), table, _PAIR.sub(" : ", text)


def _matrix(text: str) -> Found | None:
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
    return tuple(names), (), tuple(rows), words


def _only_words(words: str, names: tuple[str, ...]) -> bool:
    words = _UNITS.sub(" ", _COUNT.sub(" ", " ".join(words.casefold().split())))
    if _MORE_THAN_WORDS.search(words) or _OPEN.search(words):
        return False
    known = {name.casefold() for name in names}
    first, last = ({m[1].casefold() for m in p.finditer(words)} & known for p in (_FIRST, _LAST))
    ends = [match for match in _ENDS.finditer(words) if {match[1], match[2]} <= known]
    if ends or (last and last != (first or {names[0].casefold()})):
        return False  # it need not come home
    return belongs(words, _WORDS, frozenset(part.casefold() for n in names for part in n.split()))


def _is_rounded(words: str, points: tuple[tuple[float, float], ...]) -> bool:
    """Say whether distances are rounded: as said, else for whole coordinates that lie far apart.

    So do the collections of such problems (TSPLIB); nearby places would lose their differences.
    """
    if _EXACT.search(words):
        return False
    if _ROUNDED.search(words):
        return True
    whole = all(isinstance(c, int) for point in points for c in point)
    return whole and max(math.dist(a, b) for a in points for b in points) >= FAR_APART
