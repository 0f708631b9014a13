"""What questions of composed problems look like, and where in them expressions stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.math.composed_statement import Statement
from tasks.math.composed_words import expression_in
from tasks.math.expressions import names_in, read_expression
from tasks.math.plain_text import point_decimals

_E = r"(.+?)"
_V = r"([a-zA-Z])"
_ASK = (
    r"(?:so |then |now |and |please |can you |could you )*"
    r"(?:what(?:'s|s| is| are| does| must| will)?|which|calculate|compute|find|determine"
    r"|give(?: me)?"
    r"|work out|evaluate|list|tell me|state|get|do)"
)
_THE = r"(?: is| are| be)?(?: the)?(?: values? of)?(?: the)?"
_ORD = r"(?:(first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th) )?"
_ORDERS = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth"}
_WRT = rf"(?: (?:wrt|with respect to|in) {_V})?"

_SOLVE = tuple(
    re.compile(form, re.I)
    for form in (
        rf"{_ASK}{_THE} {_V},? (?:if|so that|such that|given(?: that)?|when|where|in|from"
        rf"|satisfying|for which) (?P<eq>.+=.+)",
        rf"solve (?:the (?:equations?|system) )?:?(?P<eq>.+=.+?),? for {_V}(?: and {_V})?",
        rf"solve for {_V}(?: and {_V})?:? ?(?P<eq>.+=.+)",
        r"solve (?:the (?:equations?|system) )?:?(?P<eq>.+=.+)",
        rf"(?:for )?(?:what|which) (?:value of )?{_V} (?:solves|satisfies|makes|is|does)"
        r" (?P<eq>.+=.+)",
    )
)
_DERIVATIVE = (
    re.compile(rf"{_ASK}{_THE} {_ORD}derivative of {_E}{_WRT}", re.I),
    re.compile(rf"()differentiate {_E}{_WRT}", re.I),
)
_FACTOR = re.compile(rf"factor(?:i[sz]e)?(?: completely)? {_E}", re.I)
_COEFFICIENT = re.compile(
    rf"(?:rearrange|express|write) {_E} (?:to the form|in the form|to|as) {_E} and give {_V}", re.I
)
_VALUE = re.compile(rf"(?:{_ASK}{_THE}|how much is|simplify|expand|collect(?: the)?(?: like)? terms"
                    rf"(?: in| of)?) {_E}(?: equal(?: to)?)?", re.I)  # fmt: skip

_ASKED = rf"(?:{_ASK}{_THE} ?)?"
_NUMBER_NOUNS = (
    rf"remainder (?:when|if|of) {_E} (?:is )?divided by {_E}",
    rf"(?:greatest|highest|largest|biggest) common (?:factor|divisor)(?: of)? {_E} and {_E}",
    rf"(?:gcd|hcf|gcf|lcm|lcd)(?: of)? {_E} and {_E}",
    rf"(?:gcd|hcf|gcf|lcm|lcd) ?\({_E}, ?{_E}\)",
    rf"(?:least|lowest|smallest) common multiple(?: of)? {_E} and {_E}",
    rf"(?:(?:least|lowest|smallest) )?common denominator of {_E} and {_E}",
    rf"[a-z ]+ digit of {_E}",
    rf"{_E} (?:mod|modulo) {_E}",
)
_WHETHER = r"(?:is|check (?:if|whether)|determine (?:if|whether))"
_TO_PLACES = (
    r" (?:off )?(?:correct )?to (?:the )?"
    r"(?:nearest [a-z\d ]+|[a-z\d]+ (?:dps?|decimals?|decimal places?))"
)
_WHOLE = r"((?:(?! than ).)+?)"  # "the factors of 12 greater than 3" are some of those of 12
_NUMBERS = tuple(
    re.compile(form, re.I)
    for form in (
        *(rf"{_ASKED}{noun}" for noun in _NUMBER_NOUNS),
        rf"{_ASKED}(?:distinct )?prime (?:factors|factori[sz]ation|divisors) of {_WHOLE}",
        rf"{_ASKED}(?:all )?(?:the )?(?:factors|divisors) of {_WHOLE}",
        rf"{_WHETHER} {_E} (?:is )?(?:a )?(?:prime|composite)(?: number)?",
        rf"(?:is|are) {_E} (?:even|odd)",
        rf"(?:does|do|can|will) {_E} (?:evenly )?divide {_E}(?: evenly)?",
        rf"is {_E} an? (?:factor|divisor|multiple) of {_E}",
        rf"is {_E} divisible by {_E}",
        rf"round {_E}{_TO_PLACES}",
        rf"{_ASKED}{_E} rounded{_TO_PLACES}",
        # comparisons with a yes or no
        rf"is {_E} (?:bigger|greater|larger|smaller|less|more) than(?: or equal to)? {_E}",
        rf"is {_E} (?:at least|at most)(?: as (?:big|large|small|great) as)? {_E}",
        rf"is {_E} (?:not )?equal to {_E}",
        rf"is {_E} ?(?:<=|>=|<|>|!=|==|=) ?{_E}",
        rf"does {_E} ?= ?{_E}",
        rf"does {_E} equal {_E}",
        rf"(?:are|do) {_E} and {_E} (?:(?:un|non-?)?equal|not equal|different|the same"
        r"|have (?:the same|different) values?)",
    )
)
_NEAREST_WHOLE = re.compile(
    rf"{_ASKED}(?:closest|nearest) (?:whole number|integer) to {_E}|"
    rf"{_ASKED}(?:whole number|integer) (?:closest|nearest) to {_E}",
    re.I,
)
_LIST = r"(?P<list>.+)"
_RANK = r"(?:(?:second|third|fourth|fifth|sixth|2nd|3rd|4th|5th|6th)[- ])?"
_CHOICES = tuple(
    re.compile(form, re.I)
    for form in (
        r"which (?:one )?(?:is|number is|of (?:these|the following) is) (?:the )?"
        r"(?:greater|bigger|larger|smaller|less|lower|higher|more)[:,]? (?P<list>.+ or .+)",
        r"(?:which|what) is (?:the )?(?:nearest|closest)(?: value| number)? to (?P<to>.+?)"
        r"(?: in| among| from| out of|\?|:)? ?(?P<list>\(a\) .+)",
        rf"(?:which|what) is (?:the )?(?:nearest|closest)(?: value| number)? to (?P<to>.+?)"
        rf"(?: in| among| from| out of|:) {_LIST}",
        rf"(?:which|what) is (?:the )?{_RANK}(?:biggest|smallest|largest|greatest|lowest|highest)"
        rf"(?: value| number)?(?: in| among| of| from| out of|\?|:)? ?{_LIST}",
        rf"(?:sort|order|arrange|put|list|rank) {_LIST} in (?:\w+ )?(?:order|sequence)",
        r"(?:sort|order|arrange|put|list|rank) (?P<list>.+?) (?:from \w+ to \w+"
        r"|\w+ first|ascending|descending)",
        rf"(?:sort|order|arrange) {_LIST}",
    )
)
_APART = re.compile(r" ?, ?(?:and |or )?| or | and |\(?\b[a-h]\) ?")
_LABELLED = re.compile(r"(?<!\S)\(?[a-h]\) ?")


def read_question(text: str, names: frozenset[str], functions: frozenset[str]) -> Statement | None:
    """Return the question of a problem that uses the names; None if it is none of ours."""
    text = re.sub(r"\b(?:un|non-?)equal\b", "not equal", text.strip(" ?.!:,"), flags=re.I)
    text = re.sub(r"^(?:(?:then|so|now|and|next|finally),? )+", "", text, flags=re.I)
    if match := _NEAREST_WHOLE.fullmatch(text):
        text = f"round {match[1] or match[2]} to the nearest integer"
    found = (
        _solving(text)
        or _coefficient(text)
        or _derivative(text, functions)
        or _choosing(text, functions)
        or _asking("", text, _NUMBERS, functions)
    )
    if found is not None:
        return found
    if match := _FACTOR.fullmatch(text):
        expression = expression_in(match[1], functions)
        return None if expression is None else Statement("", "factor", (expression,))
    bare = text.endswith("=") and expression_in(text[:-1], functions) is not None
    match = _VALUE.fullmatch(f"what is {text[:-1].strip()}" if bare else text)
    if match:
        product = re.fullmatch(r"([a-zA-Z])([a-zA-Z])", match[1])
        known = product is not None and {*product.groups()} <= names
        typed = "*".join(match[1]) if known else match[1]
        expression = expression_in(typed, functions)
        return None if expression is None else Statement("", "value", (expression,))
    return None


def read_noun(name: str, said: str) -> Statement | None:
    """Return the definition of a name by words, such as `the gcd of 12 and 18`."""
    said = re.sub(r"^the ", "", said.strip())
    for noun in _NUMBER_NOUNS:
        found = _asking(name, f"What is the {said}", (re.compile(rf"What is the {noun}", re.I),),
                        frozenset())  # fmt: skip
        if found is not None:
            return found
    return None


def is_solving(text: str) -> bool:
    """Say whether a text asks for an unknown of its equation: `find o, given that n(o) = 0`."""
    found = _solving(text.strip(" ?.!:,"))
    return found is not None and bool(found.head) and any(found.head in p for p in found.parts)


def _solving(text: str) -> Statement | None:
    for form in _SOLVE:
        match = form.fullmatch(text)
        if match is None:
            continue
        asked = [g for n, g in enumerate(match.groups()) if g and n + 1 != form.groupindex["eq"]]
        for parts in ([match["eq"]], re.split(r" ?, (?:and )?| and |;", match["eq"])):
            sides = [side for part in parts for side in part.split("=")]
            sound = len(sides) == 2 * len(parts) and len(parts) <= 2
            if sound and all(expression_in(side, frozenset()) for side in sides):
                head = asked[0] if len(asked) == 1 else ""
                return Statement(head, "solve", tuple(point_decimals(p.strip()) for p in parts))
    return None


def _coefficient(text: str) -> Statement | None:
    match = _COEFFICIENT.fullmatch(text)
    if match is None or not all(expression_in(part, frozenset()) for part in match.groups()):
        return None
    return Statement("", "coefficient", match.groups())


def _derivative(text: str, functions: frozenset[str]) -> Statement | None:
    for form in _DERIVATIVE:
        match = form.fullmatch(text)
        if match is None:
            continue
        order, typed, letter = match.groups()
        expression = expression_in(typed, functions)
        if expression is None:
            return None
        order = _ORDERS.get((order or "first").lower(), (order or "first").lower())
        if letter is None:
            letters = sorted(names_in(read_expression(expression, functions)))
            if len(letters) != 1:
                return None
            letter = letters[0]
        return Statement("", "derivative", (expression, letter, order))
    return None


def _asking(
    head: str, text: str, forms: Sequence[re.Pattern[str]], functions: frozenset[str]
) -> Statement | None:
    for form in forms:
        match = form.fullmatch(text)
        if match is None:
            continue
        spans = [match.span(n + 1) for n in range(len(match.groups()))]
        parts = [expression_in(text[a:b], functions) for a, b in spans]
        sound = [part for part in parts if part is not None]
        if len(sound) == len(parts):
            return Statement(head, "ask", (_with_holes(text, spans), *sound))
    return None


def _choosing(text: str, functions: frozenset[str]) -> Statement | None:
    for form in _CHOICES:
        match = form.fullmatch(text)
        if match is None:
            continue
        spans = [match.span("to")] if "to" in form.groupindex else []
        asked = len(spans)
        start, end = match.span("list")
        labelled = _LABELLED.search(text, start, end) is not None
        apart = _LABELLED if labelled else _APART
        at = start
        for gap in [*apart.finditer(text, start, end), None]:
            stop = end if gap is None else gap.start()
            if text[at:stop].strip(" ,"):
                left = len(text[at:stop]) - len(text[at:stop].lstrip(" ,"))
                right = len(text[at:stop]) - len(text[at:stop].rstrip(" ,"))
                spans.append((at + left, stop - right))
            at = end if gap is None else gap.end()
        parts = [expression_in(text[a:b], functions) for a, b in spans]
        sound = [part for part in parts if part is not None]
        if len(sound) == len(parts) >= asked + 2:
            return Statement("", "choose", (_with_holes(text, spans), str(asked), *sound))
    return None


def _with_holes(text: str, spans: Sequence[tuple[int, int]]) -> str:
    out, at = [], 0
    for a, b in spans:
        out += [text[at:a], "{}"]
        at = b
    return "".join([*out, text[at:]]) + "?"
