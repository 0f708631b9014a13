"""The phrases in which people ask for derivatives and integrals, as patterns."""

from __future__ import annotations

import re

HINT = re.compile(r"[dD]eriv|DERIV|ifferentia|IFFERENTIA|d[a-z]?(?:\^\S+)?[}) ]*/|dfrac|frac|∂|∫"
                   r"|\\?\bint\b|\\int|ntegra|NTEGRA|rimitive|[a-zA-Z]['′’](?![a-z])"
                   r"|rate of change|slope|gradient|area |changing|\bdiff\b")  # fmt: skip
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4,
             "4th": 4, "fifth": 5, "5th": 5, "sixth": 6, "6th": 6}  # fmt: skip
TIMES = {"once": 1, "twice": 2, "two times": 2, "thrice": 3, "three times": 3, "four times": 4}
SPELLINGS = (
    (re.compile(r"\\int(?![a-z])|\bint(?=[ _(])"), "∫"),
    (re.compile(r"\\partial(?![a-z])|∂"), "d"),
    (re.compile(r"\^\(?(?:\\prime)+\)?|′"), "'"),
    (re.compile(r"\{d\}|\(d\)(?= ?[a-z]\b)|\bd (?=[a-z]$)"), "d"),
    (re.compile(r"\(\((d(?:\^\(?\d\)?)? ?[a-z]?(?:\([a-z]\))?)\)/\((d ?[a-z](?:\^\(?\d\)?)?)\)\)"),
     r"\1/\2 "),
    (re.compile(r"\bw\.? ?r\.? ?t\b\.?"), "wrt"),
    (re.compile(r"^(?:(?:a )?(?:quick )?(?:question|problem|exercise|homework|task|maths?|calculus)"
                r"(?: (?:question|problem|homework))? ?[:,-] ?)+", re.I), ""),
    (re.compile(r" +"), " "),
)  # fmt: skip
_NUMBER = r"\(?-? ?\d+(?:[.,]\d+)?(?:/\d+)?\)?"
_V = r"[a-zA-Z]"
NO_CONSTANT = re.compile(
    r"[,;]? ?\(?(?:with no|without(?: any| the| a)?|no"
    r"|(?:leav(?:e|ing) out|omit(?:ting)?|ignor(?:e|ing)|drop|skip)(?: the)?)"
    r" (?:constant(?: of integration)?|\+ ?C)\)?$",
    re.I,
)
ASK = re.compile(
    r"(?:(?:please|can you|could you|would you|will you|kindly|help me|i need(?: you)? to"
    r"|i(?:'d like| want| would like)(?: you)? to|how (?:do|can|would) (?:i|you|we)|how to|let's"
    r"|now|what do (?:you|i|we) get (?:when|if) (?:you|i|we))[, ]+)*"
    r"(?:(?:find|take|compute|calculate|determine|evaluate|work out|give(?: me)?|tell me|get"
    r"|state|write(?: down)?|obtain|solve|show(?: me)?|simplify|what(?:'s| is|s| would be| are)"
    r"|i need)(?: out)?:? )?(?:(?:the|an|a) )?",
    re.I,
)
_WRT = (
    r"(?:wrt|(?:with|in) respect to|by|in terms of|in|for|over)(?: the)?(?: variable)?"
    rf" (?P<v>{_V})"
)
_POINT = rf"(?:at|when|where|for|evaluated at)(?: the point)? (?:(?P<pv>{_V}) ?= ?)(?P<p>{_NUMBER})"
_BOUNDS = (
    rf"(?:(?:with|for|as|where|when) {_V} (?:(?:going|running|ranging|varying|goes|runs) )?)?"
    rf"(?:from|between|over|on|in)(?: the)?(?: interval)? [\[(]?(?:{_V} ?= ?)?(?P<lo>{_NUMBER})"
    rf" ?(?:to|and|up to|,|\.\.|;) ?(?:{_V} ?= ?)?(?P<hi>{_NUMBER})[\])]?"
)
TAILS = tuple(
    re.compile(rf"^(?P<rest>.+?)[,;]? {tail}$", re.I)
    for tail in (_WRT, _POINT, _BOUNDS, rf"(?P<n>{'|'.join(TIMES)})")
)
_ORD = rf"(?:(?P<ord>{'|'.join(ORDINALS)})[ -])?(?:order )?(?:partial )?"
NOUN = re.compile(
    rf"{_ORD}derivative,?(?: {_WRT},?)?(?: (?:of|for|to)|:) (?:the |this )?(?P<e>.+)", re.I
)
SLOPE = re.compile(
    r"(?:slope|gradient|instantaneous rate of change|rate of change)(?: of the tangent(?: line)?)?"
    r" (?:of|to) (?:the )?(?:graph of )?(?P<e>.+)",
    re.I,
)
VERB = re.compile(r"(?:differentiate|diff|derive|differentiating):? (?:the )?(?P<e>.+)", re.I)
OPERATOR = re.compile(rf"d(?:\^\(?(?P<n>\d)\)?)? ?/ ?d ?(?P<v>{_V})(?:\^\(?(?P<m>\d)\)?)? ?"
                       r"(?:of )?(?P<e>.+)")  # fmt: skip
INTEGRAL = re.compile(
    r"(?:(?:indefinite|definite|general) )?(?:integral|anti-?derivative|primitive)(?: function)?"
    rf",?(?: {_WRT},?)?(?: (?:of|for)|:) (?:the )?(?P<e>.+)",
    re.I,
)
INTEGRATE = re.compile(r"(?:integrate|integrating):? (?:the )?(?P<e>.+)", re.I)
SIGN = re.compile(rf"(?:integral )?∫ ?(?:_\(?(?P<lo>{_NUMBER})\)? ?\^ ?\(?(?P<hi>{_NUMBER})\)?)? ?"
                   r"(?P<e>.+)")  # fmt: skip
DIFFERENTIAL = re.compile(rf"^(?P<rest>.+?)[ *]?d(?P<v>{_V})$")
NAMED = re.compile(rf"(?:(?:function|expression|polynomial|curve|equation) )?"
                    rf"(?:{_V}(?:\((?P<v>{_V})\))? ?= ?)?(?P<e>.+)", re.I)  # fmt: skip
_DEFINED = rf"(?P<f>{_V})(?:\((?P<v>{_V})\))? ?= ?(?P<e>[^=']+?)"
_WANTED = (
    rf"(?:(?P<g>{_V})(?P<primes>'+)(?: ?\((?P<at>{_V}|{_NUMBER})\))?"
    rf"|d(?:\^\(?(?P<n>\d)\)?)? ?(?P<h>{_V})(?:\({_V}\))? ?/ ?d ?(?P<w>{_V})(?:\^\(?\d\)?)?"
    rf"|(?:its )?(?P<integral>(?:indefinite )?integral|anti-?derivative)(?: of {_V}(?:\({_V}\))?)?"
    rf"|(?:its )?{_ORD}derivative(?: (?:of|for) (?:{_V}(?:\({_V}\))?|it))?"
    rf"(?: {_WRT.replace('<v>', '<x>')})?)"
)
_FIRST = r"(?:if|let|given(?: that)?|suppose(?: that)?|for|consider|when|say)"
THEN = re.compile(
    rf"(?:{_FIRST} )?(?:the )?(?:function |curve )?{_DEFINED} ?[,.;:]? (?:and |then )*"
    rf"(?:{ASK.pattern})(?:value of )?{_WANTED}",
    re.I,
)
WHEN = re.compile(
    rf"(?:{ASK.pattern})(?:value of )?{_WANTED},? ?(?:if|when|where|for|given(?: that)?|with|of|:)"
    rf" (?:the )?(?:function |curve )?{_DEFINED}",
    re.I,
)
NO_PRODUCT = frozenset(
    "sin cos tan sec csc cot exp log ln pi lim mod abs max min is of to the and at in for dx dy dt"  # noqa: SIM905
    " it me my us we on by or an as be do if so no you".split()
)
