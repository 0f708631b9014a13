"""Read knapsack problems as people put them; `knapsack_layouts` finds the items.

Apart from items and capacity a text may hold only words that belong to such a question, and a few
that nobody knows (`wording`).
"""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

from tasks.protocol import InvalidTaskError
from tasks.search.knapsack_layouts import (
    FEWEST_ITEMS,
    NUMBER,
    UNIT,
    Items,
    mentions,
    pairs,
    table,
    two_lists,
)
from tasks.search.knapsack_roles import repeated
from tasks.search.knapsack_rules import MOST_ITEMS
from tasks.wording import belongs

MOST_CHARACTERS = 8000
MOST_CAPACITIES = 4  # places looked at that may say it
LARGEST_NUMBER = 100_000_000
Knapsack = tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...], int]
_ASKS = re.compile(
    r"knapsack|rucksack|backpack|\bbag\b|capacity|suitcase|\bholds?\b|carry|weight limit|luggage"
    r"|max(?:imum)?\.? (?:total )?weight|\btruck\b|\bbudget\b"
    r"|\bbox\b|\bweigh|\bspend\b|\bhours\b|\bwt\b",
    re.I,
)
_SACK = r"(?:knapsack|rucksack|backpack|bag|suitcase)"
_CAPACITY = re.compile(
    rf"(?:(?:max(?:imum)?\.?|total|weight|load|carrying|{_SACK})? ?\bcapacity"
    rf"(?: of (?:the|my) {_SACK})?"
    r"|\b(?:holds?|carry|carries|fits?|takes?|bears?|lift)|\bweight limit|\blimit|\bbudget"
    r"|\bspend(?:ing)?|\bhave (?:only|exactly|just)?|i've (?:only )?(?:got )?"
    r"|\bload|\bmax(?:imum)?\.? (?:total |allowed )?(?:weight|load|of)?|\bw(?:eight)? ?<=|≤"
    r"|\bup to|\bat most"
    r"|\bno more than|\bmore than|\bexceed(?:s|ing)?|\bwithin|\bunder|\b[cw](?=\s*=)"
    rf"|\b{_SACK} (?:(?:of|with) )?size|\b{_SACK}(?=:))"
    r" ?(?:is|of|=|:|->)? ?(?:at most|up to|only|an? (?:maximum|total) of|(?:no|not) more than"
    r"|(?:an? )?(?:total |maximum |max )?(?:weight|capacity|mass)(?: of)?)?"
    rf" ?[$€£]?(?P<n>{NUMBER})(?!\d|\.\d| ?[,;] ?\d)"
    rf"(?: ?{UNIT}\b| ?(?:hours|minutes|days|dollars|euros|bucks)\b| ?[€$£])?"
    rf"|\b(?P<m>{NUMBER})[ -]?{UNIT} ?(?:{_SACK}|limit|capacity)",
    re.I,
)
_SYMBOL = re.compile(r"\b[cw] ?= ?\d", re.I)
_COUNTED = re.compile(
    r"\bitems? \d{1,3}\b|\b\d{1,3} (?:\w+ )?(?:items?|objects?|things)\b|\bn ?= ?\d{1,3}\b"
)
_NEGATED = re.compile(
    r"\b(?:no|not|cannot|can't|without|never|nor)\b (?:\w+ ){0,3}"
    r"(?:split|fractions?|divided?|divisible|cop(?:y|ies)|repeat\w*|more than once|twice|reused?)"
)
_OTHER_RULES = re.compile(
    r"\b(?:fraction|unbounded|least|lowest|smallest|cheapest|minimum|minimal"
    r"|fewest"
    r"|(?:at most|up to|only|exactly|pick|choose|take|select|more than|any)"
    r" (?:two|three|four|five|six)"
    r"|unlimited|split|divisible|several times|more than once|as often"
    r"|copies|at least|exactly (?:one|two|three|half)|not both|mutually|together with"
    r"|(?:must|has to|have to|always|needs? to) (?:be )?(?:take|bring|include|pack)"
    r"|as many times|any number of|leave out|exclude|avoid|per\b"
    r"|(?:don't|do not|without) (?!:|exceed|go|split|break|repe|overload|replac|cut|los))",
)
_HOW_MANY = re.compile(  # items may be taken
    r"\b(?:max(?:imum)?(?: of)?|at most|up to|only|exactly|pick|choose|take|takes|select|bring|pack"
    r"|more than|any|just|the best|limit(?:ed)?(?: of| to| is)?) "
    r"(?:\d{1,3}|two|three|four|five|six|seven|ten) (?:\w+ )?"
    r"(?:of|items?|objects?|things|pieces|projects|tasks)\b"
)
_MASS = re.compile(rf"\d ?({UNIT})(?![A-Za-z])", re.I)
_BEST = re.compile(
    r"\b(?:best|most|max\w*|greatest|largest|highest|biggest|optim\w+|as (?:\w+ ){1,3}as possible"
    r"|solve|solution|choose|pick|select"
    r"|(?:should|do|can|to) (?:i|we|he|she|they)? ?(?:take|pack|bring))\b"
)
_QUESTION = re.compile(r"\b(?:what|which|how|who|find|calculate|compute|determine|tell)\b|\?")
_MORE_THAN_WORDS = re.compile(r"[^\w\s.,:;?!()'\"\[\]&|/$€+-]")
_WORDS = frozenset(
    re.findall(
        r"[\w'-]+",
        """a an the this that these those it its is are be was of in on at to from for with by as
        and or all each every once only just exactly one item items object objects thing things
        here there following given below above i we you me my our us he she they thief robber hiker
        can could would should will must may need want have has had how what whats which where who
        do does did find give show tell help choose choosing chosen pick picking select selecting
        take taking taken pack packing put putting bring carry fit fits into inside go solve compute
        calculate determine maximize maximise maximizing maximising maximum max maximal largest
        greatest highest biggest most best optimal optimum optimize optimise optimally so total sum
        overall combined value values worth profit profits price prices benefit benefits gain score
        weight weights size sizes volume mass kg kilograms g lb lbs pounds units unit limit capacity
        knapsack knapsacks rucksack backpack bag suitcase problem 0 1 0-1 01 zero-one binary
        instance please hello hi hey thanks thank without exceeding exceed more than less not no
        repeated repetition repeats duplicates duplicate copies copy times time twice if any some
        subset set combination selection list lists possible but either whole while staying keeping
        under within limited hold holds holding up at least using use used loot trip hike number
        numbers name names then let's lets i'm im going camping it'll cannot can't break split
        fractions fraction divide divided cut goes allowed over achievable obtainable get truck
        luggage box their stay stays keep when also answer say weighs weighing v w p c n large
        big high great little what's whats i've we've you've got bags sack sacks capacities
        considering respectively corresponding earn earns earning
        earned pay pays paid spend spending fund funding invest investing hours hour minutes day
        days euros euro dollars dollar money points point fun project projects task tasks job jobs
        crate crates load loads loaded options option return returns revenue homework budget subject
        wt val affordable buy buying same order each's stuff best-value max-value valued
        want's how's such from available contents content sold sell most-valuable valuable""",
    )
)


def read_knapsack(text: str) -> Knapsack | None:
    """Return names, values, weights and the capacity; None if the text asks for something else.

    Raises:
        InvalidTaskError: if it is a knapsack problem, but with too many items or no capacity.
    """
    if len(text) > MOST_CHARACTERS or not _ASKS.search(text):
        return None
    if sum(map(str.isdigit, text)) < 2 * FEWEST_ITEMS + 1:
        return None
    plain = re.sub(r"[*`]|```|\\", "", text.replace("’", "'").replace("−", "-"))
    plain = re.sub(r" ?\n ?", "\n", re.sub(r"[^\S\n]+", " ", plain))
    plain = re.sub(r"[{}\"]", " ", re.sub(r"(?m)^ ?(\d{1,3})[).] (?=\D)", r"item \1: ", plain))
    plain = re.sub(r"\b0 ?[/-] ?1\b|\b0 ?, ?1\b(?= )", " ", plain)
    for layout in (two_lists, table, pairs, mentions, None):
        found: list[tuple[Items, str]] = []
        for match in _capacities(plain):
            rest = f"{plain[: match.start()]} : {plain[match.end() :]}"
            items = layout(rest) if layout is not None else repeated(rest, match[0])
            if not items or len(items.values) < FEWEST_ITEMS:
                continue
            capacity = match["n"] or match["m"]
            if _only_words(items.words, items.names) and _every_number_counts(
                plain, items, capacity
            ):
                found.append((items, capacity))
        if len(found) > 1:
            return None  # which number is the capacity is not clear
        if found:
            return _whole(*found[0])
    return None


def _capacities(text: str) -> list[re.Match[str]]:
    """Return the places that may say the capacity.

    A `w =` of many is a weight, a `W =` is not; what takes hours is an item.
    """
    symbols = _SYMBOL.findall(text)
    large = sum(symbol[0].isupper() for symbol in symbols) == 1
    return [
        match
        for match in _CAPACITY.finditer(text)
        if not re.match(r"takes?\b.*(?:hours|minutes|days)$", match[0], re.I)
        and (
            len(symbols) < 2
            or not re.match(r"[cw] ?=", match[0], re.I)
            or (large and match[0][0].isupper())
        )
    ][:MOST_CAPACITIES]


def _every_number_counts(text: str, items: Items, capacity: str) -> bool:
    """Say whether a text's numbers are those found, how many items there are, and their numbering.

    Weights in two units are nobody's: 500 g and 4 kg.
    """
    if len({unit.lower().rstrip("s") for unit in _MASS.findall(text)}) > 1:
        return False
    count = len(items.values)
    left = Counter(re.findall(NUMBER, text))
    left -= Counter((*items.values, *items.weights, capacity))
    for labels in (range(1, count + 1), range(count)):
        rest = left - Counter(map(str, labels))
        if sum(left.values()) - sum(rest.values()) == count and not set(rest) - {str(count)}:
            return True
    return not set(left) - {str(count)}


def check_items(
    names: tuple[str, ...], values: tuple[int, ...], weights: tuple[int, ...], capacity: int
) -> None:
    """Refuse items that the rules do not allow.

    Raises:
        InvalidTaskError: with what is wrong.
    """
    if not len(names) == len(values) == len(weights):
        raise InvalidTaskError(
            f"{len(names)} names, {len(values)} values and {len(weights)} weights; expected as many"
        )
    if not 1 <= len(names) <= MOST_ITEMS:
        raise InvalidTaskError(f"{len(names)} items; 1 to {MOST_ITEMS} are solved here")
    if not all(isinstance(n, str) and 0 < len(n) <= 40 and not set(n) & set(",;") for n in names):
        raise InvalidTaskError("an item's name must be 1 to 40 characters without , and ;")
    if len({name.casefold() for name in names}) != len(names):
        raise InvalidTaskError("two items have the same name; name each item once")
    for what, numbers in (("value", values), ("weight", weights), ("capacity", (capacity,))):
        for number in numbers:
            if type(number) is not int or not 1 <= number <= LARGEST_NUMBER:
                raise InvalidTaskError(
                    f"{what} {str(number)[:20]} is no whole number from 1 to {LARGEST_NUMBER}"
                )


def _whole(items: Items, capacity: str) -> Knapsack:
    values = tuple(map(Fraction, items.values))
    if any(value.denominator > 1 for value in values):
        raise InvalidTaskError("values must be whole numbers; count them in smaller units")
    weights = tuple(map(Fraction, (*items.weights, capacity)))
    parts = 1
    while any((weight * parts).denominator > 1 for weight in weights):
        parts *= 10
    *each, most = (int(weight * parts) for weight in weights)
    names = items.names
    if not all(names) or len({name.casefold() for name in names}) < len(names):
        names = tuple(str(number + 1) for number in range(len(names)))
    found = names, tuple(map(int, values)), tuple(each), most
    check_items(*found)
    return found


def _only_words(words: str, names: tuple[str, ...]) -> bool:
    """Say whether the words around the items ask for the best choice and nothing else."""
    words = _NEGATED.sub(" ", " ".join(words.lower().split()))
    if _HOW_MANY.search(words):
        return False
    words = _COUNTED.sub(" ", words)
    if _MORE_THAN_WORDS.search(words) or _OTHER_RULES.search(words):
        return False
    if _QUESTION.search(words) and not _BEST.search(words):
        return False
    return belongs(words, _WORDS, frozenset(part.casefold() for n in names for part in n.split()))
