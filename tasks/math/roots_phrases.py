"""The phrases in which people ask for zeros and factors, as patterns."""

from __future__ import annotations

import re

HINT = re.compile(r"=|equal|[fF]actor|FACTOR|[rR]oots?\b|[zZ]ero|intercept|product|vanish|axis")
SPELLINGS = (
    (re.compile("=="), "="),
    (re.compile(r"\bplus\b"), "+"),
    (re.compile(r"\bminus\b"), "-"),
    (re.compile(r" ?\bsquared\b"), "^2"),
    (re.compile(r" ?\bcubed\b"), "^3"),
    (re.compile(r" ?\b(?:raised )?to the (?:power (?:of )?)?(\d)(?:th|rd|nd)?(?: power)?\b"),
     r"^\1"),
    (re.compile(r" ?\bto the (?:fourth|4th)(?: power)?\b"), "^4"),
    (re.compile(r" ?\bto the (?:fifth|5th)(?: power)?\b"), "^5"),
    (re.compile(r"\b(?:is equal to|equals(?: to)?|equal to)\b"), "="),
    (re.compile(r"^(?:when|where|for (?:what|which)(?: values? of)? [a-z]) (?:does|do|is|will)"
                r" (.+?) (?:be )?equal (?:to )?(.+)$", re.I), r"solve \1 = \2"),
    (re.compile(r"(?<== )zero\b"), "0"),
    (re.compile(r"^(?:(?:a )?(?:quick )?(?:question|problem|exercise|homework|task|maths?|algebra)"
                r"(?: (?:question|problem|homework))? ?[:,-] ?)+", re.I), ""),
    (re.compile(r" +"), " "),
)  # fmt: skip
_V = r"(?P<v>[a-zA-Z])(?:_?\d)?"
_POLITE = (
    r"(?:(?:please|can you|could you|would you|will you|kindly|help me|i need(?: you)? to"
    r"|i(?:'d like| want| would like)(?: you)? to|how (?:do|can|would) (?:i|you|we)|how to|let's"
    r"|now|then|and|so)[, ]+)*"
)
_ASK = (
    rf"{_POLITE}(?:solve|find|determine|calculate|compute|work out|give(?: me)?|get|tell me|state"
    r"|list|obtain"
    r"|what(?:'s| is|s| are|'re| must be| could be| can be)|which (?:is|are)|figure out|identify"
    r"|i need|need)(?: out)?"
)
_WORDS = (
    r"(?: (?:the|all|both|each|every|any|this|these|following|real|possible|exact|its|their|given"
    r"|equation|quadratic|cubic|quartic|quintic|polynomial|function|values?|solutions?|roots?|zeros?"
    r"|zeroes|x-intercepts?|answers?|unknown|variable|numbers?|set|of|to|for|in)(?=[ :,]|$):?)*"
)
_IF = (
    r"(?:if|when|where|given that|given|such that|so that|from|knowing that|knowing|suppose"
    r"|that (?:satisfy|satisfies|solves?|makes?)|satisfying|for which|with|in"
    r"(?: (?:the|this)(?: (?:quadratic|cubic|quartic|quintic|polynomial))? equation)?)"
)
_METHOD = (
    r"(?:,? ?(?:by factor(?:ing|isation|ization|ising|izing)|by completing the square"
    r"|(?:using|with|by) (?:the )?(?:quadratic formula|abc formula|pq formula)"
    r"|(?:over|in|for|among) (?:the )?real(?: number)?s?|exactly|completely"
    r"|\(?(?:the )?(?:only )?(?:real|exact|distinct)(?: (?:solutions?|roots?|zeros?|values?"
    r"|numbers?|ones|answers?))?(?: only)?\)?))?"
)
_HOLDS = r"(?:satisf(?:y|ies)|solves?|makes?|are solutions? (?:of|to))(?: the equation)?"
_E = r"(?P<e>.+?)"
_END = rf"{_METHOD}"
EQUATIONS = tuple(
    re.compile(form, re.I)
    for form in (
        rf"{_ASK}{_WORDS} {_V},? ?{_IF}:? {_E}{_END}",
        rf"(?:what|which)(?: real)? (?:values?|numbers?)(?:(?: (?:of|for))? {_V})? {_HOLDS} {_E}"
        rf"(?: true| hold)?{_END}",
        rf"(?:what|which) {_V} {_HOLDS} {_E}(?: true| hold)?{_END}",
        rf"(?:when|where) (?:is|are|does) {_E}{_END}",
        rf"{_POLITE}(?:find|solve for|determine) {_V} ?: {_E}{_END}",
        rf"(?:{_ASK}{_WORDS}:? )?{_E}{_END} ?\((?:solve |find )?(?:for )?{_V}\)",
        rf"{_ASK}{_WORDS}{_METHOD}: {_E}",
        rf"for (?:what|which)(?: real)?(?: values? of)? {_V} (?:is|does|do) {_E}{_END}",
        rf"{_ASK}(?: the| this)?(?: following)?(?: (?:quadratic|cubic|polynomial))?(?: equation)?"
        rf" for {_V} ?(?:in|:|,)?{_WORDS} {_E}{_END}",
        rf"(?:if|given(?: that)?|suppose(?: that)?|let|assume(?: that)?|when|for)(?: the equation)?"
        rf" {_E} ?[,.;:]? (?:then )?{_ASK}{_WORDS} {_V}(?: ?(?:equal|be))?",
        rf"(?:(?:if|given(?: that)?|when|let|suppose(?: that)?|assume(?: that)?) )?{_E} ?[,.;:]?"
        rf" (?:then )?what (?:does|can|could|must|might|should|would) {_V} (?:equal|be)",
        rf"(?:{_ASK}{_WORDS}:? )?{_E}{_END},?;?:? (?:and )?(?:(?:solve|find) )?for {_V}{_END}",
        rf"{_E} ?[,.;:]? (?:then )?{_ASK}{_WORDS}(?:[ :]{_V})",
        rf"(?:{_ASK}{_WORDS}:? )?{_E}{_END}",
        r"(?:the )?(?:(?:quadratic|cubic|polynomial) )?(?:equation|roots?|zeros?|zeroes"
        rf"|solutions?)(?: (?:of|to|for|is))?:? {_E}{_END}",
        rf"(?:let|given|suppose)(?: the equation)? {_E} ?[.,;:] ?(?:solve|{_ASK}{_WORDS})",
        rf"{_E} ?[.,;:] ?(?:{_ASK}{_WORDS}){_END}",
    )
)
ZEROS = re.compile(
    rf"(?:{_ASK})?(?: ?(?:the|all|both|every|its|real|exact|set of|values? of|locate))*"
    rf" ?(?:roots?|zeros?|zeroes|x-intercepts?)(?: (?:of|for|to))?"
    r"(?: (?:the|this|following|quadratic|cubic|quartic|quintic|polynomial|function|expression"
    r"|equation|parabola|curve|graph of))*:?"
    rf" (?:(?:[a-zA-Z](?:\({_V}\))?|y) ?= ?)?{_E}{_END}",
    re.I,
)
FACTORING = tuple(
    re.compile(form, re.I)
    for form in (
        rf"{_POLITE}(?:fully |completely )?factor(?:i[sz]e|i[sz]ing)?"
        r"(?: out)?(?: (?:the|this|following|polynomial|expression|quadratic|cubic|trinomial"
        r"|binomial|completely|fully))*:? "
        rf"{_E}(?:,? (?:completely|fully|over the (?:integers|rationals|rational numbers)"
        r"|into (?:irreducible |linear |prime )?factors|as (?:far|much) as possible))?",
        rf"{_ASK}(?: (?:the|a|full|complete|prime))*"
        r" (?:factori[sz]ation|factored form|factorised form|factors)(?: (?:of|for))?"
        rf"(?: (?:the|this|following|polynomial|expression|quadratic))*:? {_E}",
        rf"(?:factori[sz]ation|factored form|factors) (?:of|for):? {_E}",
        rf"{_POLITE}(?:write|express|rewrite|put|split|decompose|break)"
        r"(?: the (?:polynomial|expression|quadratic))?"
        rf" {_E} (?:as a product(?: of (?:its )?(?:linear |irreducible |prime )?"
        r"(?:factors|polynomials))?|in(?:to)? (?:its )?(?:fully )?factored form"
        r"|(?:in)?to (?:its )?(?:linear |irreducible )?factors)",
        rf"{_E} (?:factored|factori[sz]ed|in factored form)",
        rf"{_E} ?[.,;:] ?(?:please )?factor(?:i[sz]e)?(?: (?:it|this))?(?: completely| fully)?",
    )
)
WORDS = frozenset(
    "please could would will kindly help need want like solve find determine calculate compute"  # noqa: SIM905
    " work give tell state list obtain what which must figure identify both each every these this"
    " following real possible exact their given equation quadratic cubic quartic quintic polynomial"
    " function value values solution solutions root roots zero zeros zeroes intercept intercepts"
    " answer answers unknown variable number numbers when where that such from knowing suppose"
    " satisfy satisfies solves make makes satisfying with factoring factorising factorizing"
    " factorisation factorization completing square using formula over reals exactly completely"
    " equal assume then does locate expression parabola curve graph fully factor factorise"
    " factorize trinomial binomial integers rationals rational into irreducible linear prime"
    " factors hello thanks thank show steps step working text question problem exercise homework"
    " task math maths algebra quick plus minus squared cubed power fourth fifth raised equals much"
    " full complete factored factorised form write express rewrite split decompose break product"
    " polynomials factorized sqrt holds true hold whats only ones distinct among might"
    " should does your".split()
)
