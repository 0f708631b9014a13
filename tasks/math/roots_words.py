"""Read a request for zeros or factors by its words, in whatever order they come.

Second to the patterns of `roots_phrases`: here a message may be put in any way, as long as all of
its words belong to such a request and its mathematics is one equation, one function or one
polynomial. A word that could change the meaning (`positive`, `largest`, `sum`) is in no list.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tasks.math.polynomial_words import skeleton


class Request(NamedTuple):
    """An equation to solve, or a polynomial (no `=`) to factor, and the letter asked for if any."""

    text: str
    unknown: str


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ASKING = _set(
    "solve solving find finding determine calculate compute get getting give tell state list"
    " obtain figure identify work show write what what's whats which when where how need needs"
    " want looking look see use using apply try trying locate given have has having got say says"
    " let suppose assume consider be is are am was were can could would should must might will"
    " do does did help know put plug every each all both any possible values value numbers"
    " answer answers you your i i'm i'd i've me my we us our it its they them their the a an"
    " this that that's these those here following below of to for from in into on at by with via"
    " if so then and also too such now just exactly exact completely fully out up down please"
    " only real reals distinct different unknown variable letter equation equations quadratic"
    " cubic quartic quintic polynomial function functions parabola curve graph plot expression"
    " formula completing complete square method question problem exercise task steps step thanks"
    " thank hi hello ok okay quick there make makes making made true hold holds satisfy"
    " satisfies satisfied satisfying working works fulfil fulfils fulfill fulfills equal equals"
    " equalling as abc pq come comes there taking take takes turn turns become becomes gives"
)
_ZEROS = _set(
    "root roots zero zeros zeroes solution solutions vanish vanishes xintercept xintercepts"
)
_MEETING = _set(
    "cross crosses crossing meet meets hit hits cut cuts intersect intersects touch touches"
    " intercept intercepts reach reaches"
)
_AXIS = _set("xaxis horizontal axis")
_FACTORS = _set(
    "factor factors factorise factorize factoring factorising factorizing factored factorised"
    " factorized factorisation factorization"
)
_SHAPES = _set(
    "product two rewrite rewritten express expressed put split decompose decomposed break"
    " broken form trinomial binomial binomials linear irreducible prime integers rationals over"
    " whole-number far much apart pull"
)
_PROSE = _set(
    "a the number itself its square of times plus minus twice thrice double triple two three"
    " four five six seven eight nine ten gives give equals equal is to makes make by and added"
    " subtracted from squared cubed cube i have that some certain"
)
_LETTER_OF = re.compile(r"\b([a-zA-Z])[- ]?(axis|intercepts?)\b")
_VALUES = re.compile(r"\b([a-zA-Z])-values?\b")
_ENDS_ZERO = re.compile(
    r"(?<=[\w)]) (?:(?:is |be |become |becomes |to |gives? |equals? )*zero)(?= for\b|$)"
)
_RESTATED = re.compile(r"^([^=]{1,200}?)[,;:(]? ?\b(?:i\.? ?e\.?|that is|in other words|so),? ")
_YES_OR_NO = _set("is are does do did has have can could was were should would will must might am")
_WH = _set("what what's whats which when where how find")
_PERSON = _set("you i we me us help")
_FUNCTION = re.compile(r"([a-zA-Z])(?: ?\( ?([a-zA-Z]) ?\))? ?= ?([^=]+)")
_NUMBER = re.compile(r"-? ?\d+(?:[.,]\d+)?(?:/\d+)?")
_LETTERS = re.compile("[a-zA-Z]")
_WORD = re.compile(r"[a-zA-Z']+")
_LONG = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{4,}")
_SOLVE_WORDS = _ASKING | _ZEROS | _MEETING | _AXIS
_FACTOR_WORDS = _ASKING | _FACTORS | _SHAPES
_SPELLED = _set("plus minus squared cubed power fourth fifth raised sqrt frac dfrac left right")
_ALL_WORDS = _SOLVE_WORDS | _FACTOR_WORDS | _PROSE | _SPELLED | {"axis", "text", "cdot", "times"}


def may_be_a_request(text: str) -> bool:
    """Say in a moment whether all the longer words are known here."""
    return all(word.lower() in _ALL_WORDS for word in _LONG.findall(text))


def without_prose(text: str) -> str:
    """Drop a sentence in words that the message says again as an equation (`..., i.e. n^2 = 9`)."""
    restated = _RESTATED.match(text)
    if restated is None:
        return text
    words = {word.lower() for word in re.findall(r"[a-zA-Z]+", restated[1])}
    return text[restated.end() :] if words and words <= _PROSE else text


def read_words(text: str) -> Request | None:
    """Return what a message in plain characters asks; None if a word or a piece is foreign to it.

    Args:
        text: of `plain_text.plain_math`, with the spellings of `roots_phrases`.
    """
    text = _VALUES.sub(r"\1 values", text)
    axes = {match[1].lower() for match in _LETTER_OF.finditer(text)}
    text = _LETTER_OF.sub(lambda m: f" x{m[2]} ", text)
    text = _ENDS_ZERO.sub(" = 0", text)
    split = skeleton(text, frozenset())
    if split is None:
        return None
    tokens = split.words.split()
    kinds = [token for token in tokens if token in ("E", "D", "P")]
    words = [token for token in tokens if token not in ("E", "D", "P")]
    if "P" in kinds or _is_yes_or_no(tokens) or "number" in words:
        return None
    letters = {p for p in split.pieces if len(p) == 1 and p.isalpha()}
    large = [p for p in split.pieces if p not in letters]
    to_factors = set(words) & _FACTORS or " as a product of" in split.words
    request = _factoring(words, letters, large) if to_factors else None
    request = request or _solving(words, large)
    if request is None:
        return None
    left = set(_LETTERS.findall(request.text))
    return request if letters | axes <= left and len(left) == 1 else None


def _factoring(words: list[str], letters: set[str], large: list[str]) -> Request | None:
    if letters or len(large) != 1 or "=" in large[0] or not set(words) <= _FACTOR_WORDS:
        return None
    return Request(large[0], "")


def _solving(words: list[str], large: list[str]) -> Request | None:
    said = set(words)
    if not said <= _SOLVE_WORDS or not large or len(large) > 2:
        return None
    if "complete" in said and not said & (_ZEROS | {"solve", "find"}):
        return None  # the square completed is wanted, not the solutions
    if "square" in said and not said & {"completing", "complete"}:
        return None
    meets = bool(said & _MEETING)
    if meets != bool(said & _AXIS) and not said & {"xintercept", "xintercepts"}:
        return None
    wants_zeros = meets or bool(said & _ZEROS)
    chain = large[0].split("=")
    if len(chain) == 3 and len(large) == 1 and _NUMBER.fullmatch(chain[2].strip()) and not meets:
        large = ["=".join(chain[:2]).strip(), f"{chain[0].strip()} = {chain[2].strip()}"]
    function = _function(large[0])
    if len(large) == 2:
        value = _function(large[1])
        if function is None or value is None or meets or not _NUMBER.fullmatch(value[2]):
            return None
        same = function[0] == value[0] and value[1] in ("", function[1])
        return Request(f"{function[2]} = {value[2]}", function[1]) if same else None
    if function is not None:
        return Request(f"{function[2]} = 0", function[1]) if wants_zeros else None
    if "=" in large[0]:
        return Request(large[0], "") if not meets else None
    return Request(f"{large[0]} = 0", "") if wants_zeros and _zeros_of(words) else None


def _zeros_of(words: list[str]) -> bool:
    """Say whether an expression's zeros are meant: `solutions` alone has equations."""
    return bool(set(words) & (_ZEROS - {"zero", "solution", "solutions"} | _MEETING))


def _function(piece: str) -> tuple[str, str, str] | None:
    """Return name, letter (empty if unsaid) and body of `f(x) = ...` or `y = ...`."""
    match = _FUNCTION.fullmatch(piece)
    if match is None or match[1] in _LETTERS.findall(match[3]):
        return None
    if match[2] is None and match[1] not in "yf" and not _NUMBER.fullmatch(match[3]):
        return None
    return match[1], match[2] or "", match[3]


def _is_yes_or_no(tokens: list[str]) -> bool:
    """Say whether the message asks whether, rather than which."""
    if not tokens or tokens[0] not in _YES_OR_NO or set(tokens) & _WH:
        return False
    return not (len(tokens) > 1 and tokens[1] in _PERSON)
