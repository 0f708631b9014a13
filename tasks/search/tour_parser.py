"""Read round-trip problems as people put them; `tour_layouts` finds the cities.

Apart from the cities a text may hold only words that belong to such a question, and a few that
nobody knows (`wording`).
"""

from __future__ import annotations

import math
import re

from tasks.protocol import InvalidTaskError
from tasks.search.tour_layouts import (
    FEWEST_CITIES,
    UNIT,
    WORDS,
    columns,
    inline,
    lines,
    matrix,
    named,
    pairs,
    points_of,
    written_points,
)
from tasks.search.tour_rules import MOST_CITIES
from tasks.wording import belongs

MOST_CHARACTERS = 6000
FAR_APART = 10.0  # units of length
LARGEST_NUMBER = 1_000_000.0
Tour = tuple[tuple[str, ...], tuple[tuple[float, float], ...], bool, tuple[tuple[int, ...], ...]]
_ASKS = re.compile(
    r"\btours?\b|\bround[ -]?trips?\b|\bsales ?(?:man|person|men)\b|\btsp\b|\broutes?\b|\bloop\b"
    r"|\bcircuit\b|\bcycle\b|\bvisit|\bround\b|\bback\b|\breturn|\bland\b|\bfinish|\bend\b"
    r"|\bhome again\b",
    re.I,
)
_CLOSED = re.compile(
    r"\btours?\b|\bround[ -]?trips?\b|\bsales ?(?:man|person)\b|\btsp\b|\bloop\b|\bcircuit\b"
    r"|\bcycle\b|\breturn|\bback\b|\bcome home\b"
    r"|\b(?:start|begin|beginn|leav|depart)(?:s|ing|e|es)? (?:and|&) (?:end|finish|return|stop)"
    r"|\b(?:home|there) again\b|\bwhere (?:it|i|you|we|he|she) (?:took off|left|set off|came from)"
    r"|\bclosed\b|\broundtrip|\bends? (?:\w+ ){1,4}again\b|\bwhere (?:it|i|you|we|he|she) "
    r"(?:began|begins?|start(?:s|ed)?)\b|\bends? (?:up )?(?:where|at the same)",
    re.I,
)
_BEST = re.compile(
    r"\btours?\b|\bround[ -]?trips?\b|\bsales ?(?:man|person)\b|\btsp\b|\bcircuit\b|hamiltonian"
    r"|\b(?:short|best|optim|minim|least|quick|fast|cheap)",
    re.I,
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
    r"|\bend(?:s|ing)? (?:at|in) (?:an? |two )?different"
    r"|\b(?:skip|avoid|exclude|leave out|leaving out)\b"
    r"|\b(?:don't|do not|without) (?:visit|pass|go|travel|us)",
    re.I,
)
_FIRST = re.compile(
    r"\b(?:start|begin|leav)\w*(?: and \w+)? (?:at|from|in|with)? ?(?:city )?(\w+)", re.I
)
_ENDS = re.compile(r"\bfrom (?:city )?(\w+) to (?:city )?(?!\1)(\w+)")
_LAST = re.compile(r"\b(?:end|finish)\w*(?: up)? (?:at|in|with)? ?(?:city )?(\w+)", re.I)
_UNITS = re.compile(rf"(?<=\d) ?{UNIT}\b")
_ASSIGNED = re.compile(r"(?<=[A-Za-z]) ?= ?(?=\s*(?:[:\[(]|$))")  # `points = [`
_MUST_VISIT = re.compile(  # the question itself, no rule beside it
    r"\b(?:must|has to|have to|needs? to) visit(?= (?:all|each|every|cities|the|these|them|:))",
    re.I,
)
_MORE_THAN_WORDS = re.compile(r"[^\w\s.,:;?!()'\"\[\]&/–-]")
_COUNT = re.compile(
    r"\bn ?= ?\d{1,2}\b|\b\d{1,2} (?:cities|points|stops|towns|places|nodes|locations|customers)\b"
)
_STARTS_AT_A_POINT = re.compile(r"\bstart(?:s|ing)? (?:at|from|in) \(", re.I)  # named twice


def read_tour(text: str) -> Tour | None:
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
    plain = written_points(plain)
    for layout in (points_of, matrix, lines, columns, named, inline, pairs):
        found = layout(plain)
        if found is None:
            continue
        names, points, table, words, fault = found
        if not _asks(words, names):
            return None
        if len(set(points)) < len(points) and _STARTS_AT_A_POINT.search(text):
            return None
        if fault:
            raise InvalidTaskError(fault)
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


def _asks(words: str, names: tuple[str, ...]) -> bool:
    """Say whether the words around the cities ask for a round trip, and nothing else."""
    closed = _CLOSED.search(words) is not None or _comes_home(words, names)
    return closed and _BEST.search(words) is not None and _only_words(words, names)


def _comes_home(words: str, names: tuple[str, ...]) -> bool:
    """Say whether the way ends in the named city in which it begins."""
    known = {name.casefold() for name in names}
    first, last = ({m[1].casefold() for m in p.finditer(words)} & known for p in (_FIRST, _LAST))
    return len(first) == 1 and first == last


def _only_words(words: str, names: tuple[str, ...]) -> bool:
    words = _MUST_VISIT.sub("visit", _ASSIGNED.sub(" ", words))
    words = _UNITS.sub(" ", _COUNT.sub(" ", " ".join(words.casefold().split())))
    if _MORE_THAN_WORDS.search(words) or _OPEN.search(words):
        return False
    known = {name.casefold() for name in names}
    first, last = ({m[1].casefold() for m in p.finditer(words)} & known for p in (_FIRST, _LAST))
    ends = [match for match in _ENDS.finditer(words) if {match[1], match[2]} <= known]
    if ends or (last and last != (first or {names[0].casefold()})):
        return False  # it need not come home
    return belongs(words, WORDS, frozenset(part.casefold() for n in names for part in n.split()))


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
