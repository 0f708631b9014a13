"""Read questions about whole numbers, digits, rounding and bases.

Strict: each question has a form of its own that must fill the whole message; anything else is
someone else's.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tasks.math.numbers_problem import MAX_DIGITS, NumbersPayload, checked
from tasks.math.numbers_words import (
    BASE,
    BASES,
    COUNT,
    PLACE,
    RANK,
    count_of,
    place_of,
    power_of_ten,
    rank_of,
)
from tasks.math.plain_text import plain_math, point_decimals

_LONGEST_MESSAGE = 3000
_KEYWORD = re.compile(
    r"factor|divisor|multiple|denominator|prime|composite|divi[ds]|remainder|digit|round|nearest"
    r"|\bbase|root|\bpower|\beven\b|\bodd\b|\bgcd|\blcm|\bhcf|\bgcf|\blcd|\bmod|convert|binary|hex"
    r"|octal|decimal|signific|\bgo\b|goes into|s left|sqrt|√|%|\bd\.?p\b|\bs\.?f\b",
    re.I,
)
_ASK = re.compile(
    r"(?:(?:i need to|help me(?: to)?|how (?:do|can|would) (?:i|you|we)|let's|now|ok|so|just)"
    r"[ ,]+)*"
    r"(?:(?:what(?:'s|s| is| are)(?! left)|which(?: is| are)?|calculate|compute|work out"
    r"|figure out|find"
    r"|determine|give(?: me)?|tell me(?: what is)?|list|write(?: down)?|express|name)(?: all)? |)"
    r"(?:the )?(?:value of (?:the )?)?"
)
_I = r"(-?\d[\d,]*)"
_N = r"(-?\d[\d,.]*(?:/\d+)?)"
_L = r"[:(]* ?(-?[\d.][-\d,./ ()and&]*)"
_D = r"(-?[0-9a-z]+)"
_B = r"\(?(?:in )?base[- ](\d{1,2}|two|eight|ten|sixteen)\)?"
_TO = r"(?:,? ?(?:rounded |correct )?(?:off )?to |,? rounded to )"
_NEAREST = (
    rf"the nearest ({PLACE}|integer|whole number|whole|half|quarter|\d[\d.,]*(?:/\d+)?)(?: place)?"
)
_PLACES = rf"({COUNT}) ?(?:decimal places?|decimals?|dps?|d\.p\.?|places?)"
_FIGURES = rf"({COUNT}) ?(?:significant (?:figures?|digits?)|sig(?:nificant)?\.? ?figs?|s\.?f\.?)"
_R = rf"(?:the )?(?:({RANK}) root of {_N}|sqrt\({_N}\))"
_EVENLY = r"(?: evenly| exactly| without (?:a )?remainder)?"

_PREFIXES = {"0x": "16", "0o": "8", "0b": "2"}
_SIGNS = {"+": "+", "-": "-", "*": "*", "plus": "+", "minus": "-", "times": "*"}

Maker = Callable[..., tuple[str, tuple[str, ...]] | None]


def read_prompt(text: str) -> NumbersPayload | None:
    """Return the problem that a message asks for; None if it asks for none of these.

    Raises:
        InvalidTaskError: if it is one, but a value is out of range or unclear.
    """
    if len(text) > _LONGEST_MESSAGE or not _KEYWORD.search(text):
        return None
    plain = plain_math(text).lower()
    if not any(map(str.isdigit, plain)) and "hex" not in plain:
        return None
    asked = _ASK.match(plain)
    body = (plain[asked.end() :] if asked else plain).rstrip(" =?")
    for form, maker in _FORMS:
        match = form.fullmatch(body)
        if match:
            made = maker(*match.groups())
            if made is not None:
                return checked(*made)
    return None


def _list(operation: str, whole: bool = True) -> Maker:
    def make(text: str) -> tuple[str, tuple[str, ...]] | None:
        values = _values(text, whole)
        return None if values is None else (operation, values)

    return make


def _values(text: str, whole: bool) -> tuple[str, ...] | None:
    """Return the numbers of a list; commas between thousands only where blanks part the list."""
    text = text.replace("(", " ").replace(")", " ").strip()
    parts = [p for p in re.split(r",? and |,? ?& ?|, +|;", text) if p.strip()]
    if len(parts) < 2:
        parts = text.split(",") if "," in text else text.split()
    form = r"-?\d+" if whole else r"-?\d+(?:\.\d+)?(?:/\d+)?"
    values = tuple(re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", p.strip()).replace(" ", "")
                   for p in parts)  # fmt: skip
    return values if len(values) > 1 and all(re.fullmatch(form, v) for v in values) else None


def _integers(operation: str, turned: bool = False) -> Maker:
    def make(*texts: str) -> tuple[str, tuple[str, ...]] | None:
        values = tuple(_integer(text) for text in texts)
        if any(value is None for value in values):
            return None
        sound = tuple(str(value) for value in values)
        return operation, sound[::-1] if turned else sound

    return make


def _integer(text: str) -> str | None:
    text = text.rstrip(",")
    if "," in text:
        return text.replace(",", "") if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+", text) else None
    return text


def _parity(number: str, word: str) -> tuple[str, tuple[str, ...]] | None:
    value = _integer(number)
    if value is None:
        return None
    return ("is odd", (value,)) if word == "odd" else ("divides", ("2", value))


def _digit(place: str, number: str) -> tuple[str, tuple[str, ...]]:
    return "digit", (_decimal(number), str(place_of(place)))


def _decimal(text: str) -> str:
    return point_decimals(text.rstrip(",."))


def _rounding(number: str, nearest: str, places: str, figures: str) -> tuple[str, tuple[str, ...]]:
    value = _decimal(number)
    if figures:
        return "significant", (value, str(count_of(figures)))
    return "round", (value, _unit(nearest, places))


def _unit(nearest: str | None, places: str | None) -> str:
    if places:
        return power_of_ten(-min(count_of(places), MAX_DIGITS))
    if not nearest or nearest in ("integer", "whole number", "whole"):
        return "1"
    if nearest in ("half", "quarter"):
        return "1/2" if nearest == "half" else "1/4"
    return _decimal(nearest) if nearest[0].isdigit() else power_of_ten(place_of(nearest))


def _base(text: str) -> str:
    text = text.removeprefix("base ")
    return str({"two": 2, "eight": 8, "ten": 10, "sixteen": 16}.get(text, BASES.get(text, text)))


def _conversion(digits: str, given: str | None, wanted: str) -> tuple[str, tuple[str, ...]]:
    prefix = digits.removeprefix("-")[:2]
    if not given and prefix in _PREFIXES:  # 0xff
        return "convert", (digits.replace(prefix, ""), _PREFIXES[prefix], _base(wanted))
    return "convert", (digits, _base(given or "10"), _base(wanted))


def _turned(given: str, digits: str, wanted: str) -> tuple[str, tuple[str, ...]]:
    return _conversion(digits, given, wanted)


def _in_base(a: str, sign: str, b: str, base: str) -> tuple[str, tuple[str, ...]]:
    return "in base", (a, _SIGNS[sign or "+"], b, _base(base))


def _base_first(base: str, a: str, sign: str, b: str) -> tuple[str, tuple[str, ...]]:
    return _in_base(a, sign, b, base)


def _root(
    rank: str, number: str, inside: str, nearest: str, places: str
) -> tuple[str, tuple[str, ...]]:
    which = str(rank_of(rank)) if rank else "2"
    return "root", (_decimal(number or inside), which, _unit(nearest, places))


def _power(number: str, which: str, nearest: str, places: str) -> tuple[str, tuple[str, ...]]:
    return "root", (_decimal(number), which, _unit(nearest, places))


def _unrounded(rank: str, number: str, inside: str) -> tuple[str, tuple[str, ...]]:
    return _root(rank, number, inside, "", "")


def _power_remainder(base: str, exponent: str, by: str = "10") -> tuple[str, tuple[str, ...]]:
    return "power remainder", (base, exponent, by)


_CHANGE = r"(?:convert|change|turn|translate)"
_INTO = "(?:to|in|into|as)"
_WHETHER = "(?:is|(?:check|test|decide|see) (?:if|whether))(?: the number)?"
_NEAR = (
    "(?:(?:nearest|closest) (?:integer|whole number)|(?:integer|whole number) (?:nearest|closest))"
)
_COMMON = r"(?: \((?:gcd|gcf|hcf|lcm|lcd)\))? ?(?:of|for|between)? ?"
_SIGN = r" ?(\+|-|\*|plus|minus|times) ?"
_FORMS: tuple[tuple[re.Pattern[str], Maker], ...] = tuple(
    (re.compile(form), maker)
    for form, maker in (
        (rf"(?:greatest|highest|largest|biggest) common (?:factor|divisor){_COMMON}{_L}",
         _list("gcd")),
        (rf"(?:gcd|hcf|gcf) ?(?:of|for)? ?{_L}", _list("gcd")),
        (rf"(?:least|lowest|smallest) common multiple{_COMMON}{_L}", _list("lcm")),
        (rf"(?:least|lowest|smallest) (?:positive )?(?:whole )?(?:number|integer)"
         rf" (?:that(?:'s| is) |which is )?(?:divisible by|a multiple of)(?: both| all of)? {_L}",
         _list("lcm")),
        (rf"(?:least|lowest|smallest) (?:positive )?(?:whole )?(?:number|integer) (?:that )?"
         rf"(?:both |all of )?{_L} (?:divide(?: into)?|go into)(?: evenly)?", _list("lcm")),
        (rf"(?:largest|greatest|highest|biggest) (?:whole )?(?:number|integer) (?:that|which)"
         rf" (?:evenly )?divides (?:both |all of )?{_L}(?: evenly| exactly)?", _list("gcd")),
        (rf"lcm ?(?:of|for)? ?{_L}", _list("lcm")),
        (rf"(?:(?:least|lowest|smallest) )?common denominator{_COMMON}{_L}",
         _list("common denominator", whole=False)),
        (rf"lcd ?(?:of|for)? ?{_L}", _list("common denominator", whole=False)),
        (rf"(?:distinct )?prime (?:factors|divisors) (?:of|for) {_I}", _integers("prime factors")),
        (rf"prime (?:factori[sz]ation|decomposition) (?:of|for) {_I}", _integers("factorization")),
        (rf"(?:prime )?factori[sz]e {_I}(?: into primes?(?: factors)?)?",
         _integers("factorization")),
        (rf"(?:decompose|break(?: down)?|factor(?:i[sz]e)?) {_I} (?:down )?into"
         rf" (?:its |a product of )?(?:primes?|prime (?:factors|numbers))",
         _integers("factorization")),
        (rf"(?:which |what )?primes? (?:factors |numbers )?(?:divide|does) {_I}(?: have)?",
         _integers("prime factors")),
        (rf"(?:factors|divisors) of {_I}", _integers("divisors")),
        (rf"(?:how many (?:positive )?(?:factors|divisors) (?:does|has) {_I}(?: have| got)?)",
         _integers("number of divisors")),
        (rf"number of (?:positive )?(?:factors|divisors) (?:of|that) {_I}(?: has)?",
         _integers("number of divisors")),
        (rf"{_WHETHER} {_I} (?:is )?(?:a )?prime(?: number)?(?: or not)?",
         _integers("is prime")),
        (rf"{_I},? (?:is it )?(?:a )?prime(?: number)?(?: or not)?", _integers("is prime")),
        (rf"{_WHETHER} {_I} (?:is )?(?:a )?composite(?: number)?",
         _integers("is composite")),
        (rf"is {_I} an? (?:factor|divisor) of {_I}", _integers("divides")),
        (rf"(?:does|do|can|will) {_I}{_EVENLY} (?:divide|go(?:{_EVENLY})? into){_EVENLY} (?:into )?"
         rf"{_I}{_EVENLY}",
         _integers("divides")),
        (rf"is {_I} a multiple of {_I}", _integers("divides", turned=True)),
        (rf"is {_I}{_EVENLY} divisible by {_I}{_EVENLY}", _integers("divides", turned=True)),
        (rf"is {_I} (?:an )?(even|odd)(?: number)?", _parity),
        (rf"remainder (?:when|if|after|of|from|on|in) ?(?:you divide |dividing )?{_I}"
         rf" ?(?:is |gets )?(?:divided by|by|over|/|mod) ?{_I}", _integers("remainder")),
        (rf"remainder (?:when|if) (?:i |you |we )?divide {_I} by {_I}", _integers("remainder")),
        (rf"{_I} ?(?:divided by|/) ?{_I},? (?:what(?:'s| is) the )?remainder",
         _integers("remainder")),
        (rf"(?:what )?remainder do (?:i|you|we) get (?:when|if) (?:i|you|we) divide {_I} by {_I}",
         _integers("remainder")),
        (rf"(?:what(?:'s|s| is) )?left(?: over)? (?:when|if|after) (?:i |you |we )?"
         rf"(?:divide|dividing) {_I} by {_I}", _integers("remainder")),
        (rf"(?:remainder (?:when|of) )?{_I} ?\^ ?{_I} ?(?:mod|modulo|%|(?:is )?divided by)"
         rf" ?{_I}",
         _power_remainder),
        (rf"(?:last|units?|ones) digit (?:of|in) {_I} ?\^ ?{_I}", _power_remainder),
        (rf"{_I} ?(?:mod|modulo|modulus|%) ?{_I}", _integers("remainder")),
        (rf"({PLACE})'? ?digit (?:of|in) {_N}", _digit),
        (rf"(?:what |which )?digit (?:is )?in the ({PLACE})'? (?:place|position|column)"
         rf" (?:of|in) {_N}",
         _digit),
        (rf"(?:round(?: off)? )?{_N}{_TO}(?:{_NEAREST}|{_PLACES}|{_FIGURES})", _rounding),
        (rf"{_CHANGE}? ?{_D},? ?{_B},? {_INTO} {_B}", _conversion),
        (rf"{_CHANGE}? ?{_D} from {_B} (?:to|into) {_B}", _conversion),
        (rf"{_CHANGE} {_D} from ({BASE}) (?:to|into) ({BASE})", _conversion),
        (rf"{_CHANGE}? ?(?:the )?({BASE})(?: number)? {_D} {_INTO}"
         rf" (?:a )?({BASE})", _turned),
        (rf"{_CHANGE} {_D}()? {_INTO} (?:a )?({BASE})", _conversion),
        (rf"{_CHANGE}? ?{_D}()? (?:to|in|into) {_B}", _conversion),
        (rf"{_D}()? in ({BASE})", _conversion),
        (rf"{_D} (?:\(?|in )({BASE})\)?,? {_INTO} (?:a )?({BASE}|base \d{{1,2}})", _conversion),
        (rf"{_D}_\(?(\d{{1,2}})\)? {_INTO} (?:a )?({BASE}|base \d{{1,2}})", _conversion),
        (rf"in ({BASE}),? ?(?:what(?:'s| is)|calculate|compute)? ?{_D}{_SIGN}{_D}", _base_first),
        (rf"{_D}{_SIGN}{_D},? in ({BASE})", _in_base),
        (rf"(?:add|sum of) {_D}()? and {_D},? (?:in )?({BASE}|base \d{{1,2}})", _in_base),
        (rf"in {_B},? ?(?:what(?:'s| is)|calculate|compute)? ?{_D}{_SIGN}{_D}", _base_first),
        (rf"{_D}{_SIGN}{_D},? {_B}", _in_base),
        (rf"{_R}{_TO}(?:{_NEAREST}|{_PLACES})", _root),
        (rf"{_N}(?: to the power(?: of)? ?|\^)\(*1\)?/\(?(\d+)\)*{_TO}(?:{_NEAREST}|{_PLACES})",
         _power),
        (rf"{_NEAR} to {_R}",
         _unrounded),
        (rf"round {_R}{_TO}(?:{_NEAREST}|{_PLACES})", _root),
    )
)  # fmt: skip
