"""The requests about polynomials that are understood, as patterns over a message's skeleton.

A skeleton is its words with E, D, P for expressions, definitions and `x > 0`
(`polynomial_words`). Named groups say what a piece is for: `e` the expression, `f` a form, `c` a
coefficient, `a` and `b` operands.
"""

from __future__ import annotations

import re


def _any(words: str) -> str:
    return f"(?:{words.replace(' ', '|')})"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FILLERS = _set(
    "the this these following below expression expressions polynomial polynomials function"
    " functions value values of out like similar all please can could would you i me my us need"
    " want help a an result resulting terms term brackets bracket parentheses parenthesis"
    " that be so we have two s to by algebraically fully completely exactly answer"
    " equal equals equation down up just quickly hi hello hey there algebraic form"
    " step steps now then variable numerical exact know use using try also it its their"
    " first next do does how much did u explain working your reasoning show look looks become"
    " becomes binomial binomials trinomial trinomials monomial monomials theorem property"
    " distributive law method"
)
"""Words that say nothing here, and are left out of the skeleton."""

_STRONG = _any(
    "expand simplify collect combine multiply distribute rewrite tidy reduce condense group clean"
    " open remove drop foil clear rid"
)
_ASK = _any(
    "what what's whats is calculate compute determine give find evaluate work get tell show return"
    " provide state write express rearrange put bring arrange present solve obtain take which"
)
_LINK = _any(
    "and in into as for from with without when if where let suppose consider define assume"
    " assuming take at under on over given using"
)
_SHAPE = _any(
    "expanded simplified simplest collected standard expand simplify collect combine multiplied"
    " single sum powers power possible as any expansion simplification descending order canonical"
    " written simply combined distributed opened tidied"
)
_READ = _any(
    "and what what's is give find return tell state determine calculate compute read off"
    " coefficient identify report write name which number for show get"
)
_ASKS = f"(?:{_ASK} )*"
_STARTS = f"(?:(?:{_ASK}|when|if|using|where) )*"
_LINKS = f"(?:{_LINK} )*"
_BEFORE = f"(?:{_STRONG} |{_ASK} |{_LINK} |{_SHAPE} )*"
_AFTER = f"(?: (?:{_LINK}|{_SHAPE}|{_STRONG}|is))*"
_RESULT = f"(?: (?:and|in|as|for|{_ASK}|{_SHAPE}|expand|simplify|collect|tidy|together))*"
_SUBTRACT = "(?:subtract|deduct|take(?: away)?)"
_DEFINED = f"{_LINKS}D(?: {_LINKS}D)*"
_POSITIVE = (
    f"(?:{_any('assuming assume where for with if and when suppose let')} )*"
    "(?:E(?: (?:and )?E)* (?:is |are )?(?:both |strictly )?positive(?: real)?(?: numbers?)?"
    "|(?:any )?positive (?:real )?(?:numbers? )?E(?: (?:and )?E)*|P(?: (?:and )?P)*)"
)
_JOIN = "(?: and| with| to| plus| times)?"

FORMS = tuple(
    (name, re.compile(form))
    for name, form in (
        ("power", f"{_BEFORE}(?P<e>E){_AFTER} {_POSITIVE}"),
        ("power", f"{_POSITIVE} {_BEFORE}(?P<e>E){_AFTER}"),
        ("form", f"{_BEFORE}(?P<e>E)(?: {_LINK})* (?P<f>E) (?:{_READ} )+(?P<c>E)"),
        ("coefficient", f"{_BEFORE}(?P<c>E) coefficient (?:in|for|when) {_BEFORE}(?P<e>E){_AFTER}"),
        (
            "coefficient",
            f"{_ASKS}coefficient {_LINKS}(?P<c>E) (?:(?:{_LINK}|{_SHAPE}|{_STRONG}) )+"
            f"(?P<e>E){_AFTER}",
        ),
        ("coefficient", f"{_BEFORE}(?P<e>E) (?:{_READ} )*coefficient {_LINKS}(?P<c>E)"),
        ("constant", f"{_ASKS}constant {_LINKS}(?:{_SHAPE} )*{_LINKS}(?P<e>E){_AFTER}"),
        ("plus", f"{_STARTS}(?:add|adding|sum) (?P<a>E){_JOIN} (?P<b>E){_RESULT}"),
        ("plus", f"{_STARTS}(?P<a>E) (?:plus|added|and|increased) (?P<b>E) added{_RESULT}"),
        ("plus", f"{_STARTS}(?P<a>E) (?:plus|added|increased) (?P<b>E){_RESULT}"),
        ("minus", f"{_STARTS}(?:subtract|deduct) (?P<b>E)(?: away)? from (?P<a>E){_RESULT}"),
        ("minus", f"{_STARTS}subtracting (?P<b>E) from (?P<a>E){_RESULT}"),
        ("minus", f"{_STARTS}take (?:away )?(?P<b>E)(?: away)? from (?P<a>E){_RESULT}"),
        ("minus", f"{_STARTS}from (?P<a>E) {_SUBTRACT} (?P<b>E)(?: away)?{_RESULT}"),
        ("minus", f"{_STARTS}(?P<a>E) (?:minus|take away|decreased) (?P<b>E){_RESULT}"),
        ("minus", f"{_STARTS}(?P<b>E) (?:subtracted|taken away|taken) from (?P<a>E){_RESULT}"),
        ("minus", f"{_ASKS}difference (?:between )?(?P<a>E) and (?P<b>E){_RESULT}"),
        (
            "times",
            f"{_STARTS}(?:multiply|multiplying|product) (?:between )?(?P<a>E){_JOIN} (?P<b>E)"
            f"{_RESULT}",
        ),
        ("times", f"{_STARTS}(?P<a>E) (?:times|multiplied) (?P<b>E){_RESULT}"),
        ("square", f"{_STARTS}(?:square|squaring) (?P<a>E){_RESULT}"),
        ("cube", f"{_STARTS}(?:cube|cubing) (?P<a>E){_RESULT}"),
        ("strong", f"{_ASKS}product (?P<e>E){_RESULT}"),
        ("strong", f"(?:{_ASK} )+(?P<e>E) (?:without|with)"),
        ("value", f"{_DEFINED} (?:(?:{_ASK}|{_STRONG}|and|for) )*(?P<e>E){_AFTER}(?: {_DEFINED})?"),
        ("value", f"(?:(?:{_ASK}|{_STRONG}) )*(?P<e>E) {_LINK} {_DEFINED}"),
        (
            "value",
            f"{_STARTS}(?:substitute|substituting|sub|plug|plugging|insert|put|set)(?: in)?"
            f" D(?: (?:and )?D)*(?: (?:in|into))? (?P<e>E){_RESULT}",
        ),
        ("head", f"(?:{_ASK} )+D (?:at|when|for|where|if) D(?: (?:and )?D)*"),
        (
            "strong",
            f"{_BEFORE}(?:{_STRONG}|expanded|simplified|expansion) {_BEFORE}(?P<e>E){_AFTER}",
        ),
        ("strong", f"{_BEFORE}(?P<e>E) (?:as|in) (?:{_SHAPE} )*powers? (?P<ignored>E)"),
        ("shape", f"{_BEFORE}(?P<e>E) (?:as|in|into) (?P<f>E)"),
        ("strong", f"(?:{_ASK} )+(?P<e>E) {_LINKS}(?:{_SHAPE}|{_STRONG}){_AFTER}"),
        ("strong", f"(?P<e>E) (?:{_SHAPE}|{_STRONG}){_AFTER}"),
        ("weak", f"{_ASKS}(?P<e>E)"),
    )
)
"""Name and pattern of each request; the first one that matches counts."""
