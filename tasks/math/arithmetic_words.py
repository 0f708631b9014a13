"""Words around an expression, and words for operations: what people say instead of signs."""

from __future__ import annotations

import re

from tasks.protocol import InvalidTaskError

_WORDS = (
    "a i x s d t m yo there know many calc eval expand integer whole your final leave write "
    "multiplying dividing adding subtracting "
    "hi hello hey please kindly can could would will you like thanks thank very much lot in "
    "advance for me step by and show your the all work working steps how do does to we need want "
    "help let now ok so just quick quickly what whats is are get if when calculate compute "
    "evaluate simplify rationalise rationalize denominator of out figure find determine solve "
    "express give tell reduce exact exactly value result answer expression following calculation "
    "surd fraction sum below as one single simplified decimal number its simplest lowest radical "
    "form terms with rational without calculator equal equals come make total add together up put "
    "product multiply multiplied subtract subtracted from take taken away less fewer than more "
    "added distance difference between times divide divided quotient percent per cent half third "
    "quarter quarters thirds twice double triple raised power st nd rd th square cube root fourth "
    "fifth over plus minus squared cubed an this that sqrt abs frac dfrac tfrac cdot ast div left "
    "right text mathrm mathbf displaystyle quad qquad operatorname boxed zero two three four five "
    "six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million "
    "billion question wondering was there pls plz then it that multiply using normal usual correct "
    "standard order operations following bodmas pemdas wie viel wieviel ist berechne exact them "
    "both result proper improper mixed should be gives numbers values these up all u "
)
VOCABULARY = frozenset(_WORDS.split())
"""All words that such a message may hold, in lower case."""

_START = (
    r"(?:i(?: need|'d like| would like| want) to(?: know)?|i (?:need|want)(?= the)|help me(?: to)?"
    r"|how (?:do|can|would) (?:i|you|we)|how to|let's|now|ok|so|just|quick(?:ly)?|(?:if"
    r"|when) (?:i|you|we))[ ,]+"
)
_VERB = (
    r"what (?:would|will)|what number is|"
    r"what(?:'s|s| is| does| are| do (?:i|you|we) get (?:for|(?:when|if) (?:i|you|we)))"
    r"|how (?:much|many) (?:is|are|does)|wie ?viel ist|berechne|calculate|calc|compute|evaluate"
    r"|eval"
    r"|(?:expand and )?simplify|rationali[sz]e(?: the denominator(?: of| in)?)?|work out|figure out"
    r"|work (?:this|it) out|figure (?:this|it) out|find|determine|solve|express|give(?: me)?"
    r"|tell me(?: what)?|do|reduce"
    r"|take(?= (?:[\d.]+ ?(?:%|percent|per cent) of|half |a (?:half|third|quarter) of|the ))"
)
_WHAT = (
    r"(?:the )?(?:exact )?(?:value|result|answer|expression|following(?: expression)?|calculation"
    r"|surd|fraction|sum below|of)(?: of| to| for| is| when you| if you)?"
)
_ASK = re.compile(
    rf"(?:{_START})*(?:(?:{_VERB})(?: this| these| that)?(?: for me)?(?=[ :])\s*:?\s*|)"
    rf"(?:{_WHAT}(?=[ :])\s*:?\s*)*:?\s*",
    re.I,
)
_FORM = re.compile(
    r"(?:,? (?:exactly|as (?:a|an|one) (?:single |simplified |exact |proper |improper |whole )?"
    r"(?:fraction|decimal|number|surd|integer)"
    r"|(?:in|to) (?:its |the )?(?:simplest|lowest|simplified)(?: surd| radical)? (?:form|terms)"
    r"|simplified|with a rational denominator|without a calculator"
    r"|and simplify(?: it| the result)?|(?:and )?rationali[sz]e the denominator"
    r"|(?:using|with|following) (?:the )?(?:normal |usual |correct |standard )?"
    r"(?:order of operations|bodmas|pemdas))"
    r"|[.,;] (?:give|write|leave|express) (?:it|(?:your|the) (?:final )?answer) (?:as|in)"
    r" [a-z ]+)+$",
    re.I,
)
_REMARK = re.compile(r"(?<=\d) \((?=[^()]*[a-z]{3})[^()]*\)$", re.I)
_THEN = re.compile(
    r",? (?:and )?then |,? and (?=(?:multiply|divide)(?: it| that)? by |(?:add|subtract) \S+$)",
    re.I,
)
_NEXT = tuple(
    (re.compile(form, re.I), sign)
    for form, sign in (
        (r"add (\S+)(?: to it| to that)?", "+"),
        (r"subtract (\S+)(?: from it| from that)?", "-"),
        (r"multiply (?:it |that |the result )?by (\S+)", "*"),
        (r"divide (?:it |that |the result )?by (\S+)", "/"),
    )
)
_END = re.compile(
    r"(?:(?: equals?(?: to)?| is| comes? (?:out )?to| make| gives| should (?:be|equal|give)"
    r"| would (?:be|equal|give)| will be|(?<=[\d)]) be)(?: what| how much)?| how much"
    r"|,? what (?:do|will|would) (?:i|you|we) get)$",
    re.I,
)
_END_MARKS = " =?:.!"
_N = r"(\S.*?)"
_LISTED = re.compile(
    r"(?:the )?(?:(?P<sum>sum|total) of|(?P<add>add(?: together| up)?)|(?P<product>product) of"
    r"|(?P<multiply>multiply))(?: (?:all|the|these|following|numbers|values))*:? "
    r"(?P<list>\S+(?:, \S+)*(?:,? and |, )\S+)",
    re.I,
)
_WORDED = tuple(
    (re.compile(form, re.I), template)
    for form, template in (
        (rf"(?:the )?(?:sum|total) of {_N} and {_N}", "{0} + {1}"),
        (rf"(?:sum|total|add(?: together| up)?|put together) {_N} and {_N}", "{0} + {1}"),
        (rf"add {_N} to {_N}", "{1} + {0}"),
        (rf"what do {_N} and {_N} add up to", "{0} + {1}"),
        (rf"subtract {_N} from {_N}", "{1} - {0}"),
        (rf"take {_N} (?:away )?from {_N}", "{1} - {0}"),
        (rf"{_N} (?:taken away|subtracted) from {_N}", "{1} - {0}"),
        (rf"{_N} (?:less|fewer) than {_N}", "{1} - {0}"),
        (rf"{_N} (?:more than|added to) {_N}", "{1} + {0}"),
        (rf"(?:the )?(?:distance|difference) between {_N} and {_N}", "abs({0} - {1})"),
        (rf"(?:the )?difference of {_N} and {_N}", "{0} - {1}"),
        (rf"(?:the )?product of {_N} and {_N}", "{0} * {1}"),
        (rf"multiply {_N} (?:and|by|with|times) {_N}", "{0} * {1}"),
        (rf"divide {_N} by {_N}", "{0} / {1}"),
        (rf"(?:the )?quotient of {_N} and {_N}", "{0} / {1}"),
    )
)
_MULTIPLES = {"twice": "2*({})", "double": "2*({})", "triple": "3*({})", "half": "(1/2)*({})",
              "square": "({})^2", "square root": "sqrt({})"}  # fmt: skip
_MULTIPLE = re.compile(
    r"(twice|double|triple|half(?: of)?|(?:the )?square(?: root)? of)"
    r" (the (?:sum|difference|product|quotient) (?:of|between) \S+ and \S+)",
    re.I,
)
_SUMS = frozenset({"{0} + {1}", "{1} + {0}", "{1} - {0}"})
_THAN = re.compile(
    r" (?:less|fewer|more) than | (?:added to|(?:taken away|subtracted) from) ", re.I
)
_LOOSE_IN_SUMS = re.compile(r"\b(?:times|divided|multiplied|over)\b", re.I)
_LOOSE = re.compile(rf"{_LOOSE_IN_SUMS.pattern}|\b(?:plus|minus)\b|[\d)] ?[-+]", re.I)
_BRACKET = re.compile(r"\([^()]*\)")
_OPERAND = r"(\d+(?:\.\d+)?|\([^()]*\))"
_OPERATION_WORDS = tuple(
    (re.compile(form, re.I), sign)
    for form, sign in (
        (r"(\d+(?:\.\d+)?) ?(?:%|percent|per cent) of ", r"(\1/100)*"),
        (r"(?:\ba |\b1 )?\bhalf(?= (?:plus|minus|times|divided|multiplied)\b| ?[-+*/]|$)", "(1/2)"),
        (r"(?:\ba |\b1 )?\bhalf (?:of )?", "(1/2)*"),
        (r"\b(?:a|1) third of ", "(1/3)*"),
        (r"(?:\ba |\b1 )?\bquarter of ", "(1/4)*"),
        (r"\b(?:twice|double) ", "2*"),
        (r"\btriple ", "3*"),
        (r"\b3 quarters of ", "(3/4)*"),
        (r"\b2 thirds of ", "(2/3)*"),
        (r"\(?\b(\d+/\d+)\)? of ", r"(\1)*"),
        (r"\btake away\b", "-"),
        (r" ?\b(?:raised )?to the power (?:of )?", "^"),
        (r" ?\b(?:raised )?to the (\d+)(?:st|nd|rd|th)(?: power)?\b", r"^\1"),
        (rf"\b(?:the )?square of {_OPERAND}", r"\1^2"),
        (rf"\b(?:the )?cube of {_OPERAND}", r"\1^3"),
        (rf"\b(?:the )?cube root (?:of )?{_OPERAND}", r"(\1^(1/3))"),
        (rf"\b(?:the )?fourth root (?:of )?{_OPERAND}", r"(\1^(1/4))"),
        (rf"\b(?:the )?fifth root (?:of )?{_OPERAND}", r"(\1^(1/5))"),
        (rf"\b(?:the )?(?:square )?root (?:of )?{_OPERAND}", r"sqrt(\1)"),
        (r"\b(?:divided by|over)\b", "/"),
        (r"\b(?:times|multiplied (?:by|with))\b", "*"),
        (r"\bplus\b", "+"),
        (r"\bminus\b", "-"),
        (r" ?\bsquared\b", "^2"),
        (r" ?\bcubed\b", "^3"),
        (r"(?<=[\d)]) x (?=-?[\d(])|(?<=\d)x(?=\d)|(?<=\d)x (?=\d)|(?<=\d) x(?=\d)", "*"),
        (r"\bsqrt (\d+(?:\.\d+)?)", r"sqrt(\1)"),
        (r"(?<=\d) : (?=\d)", "/"),
        (r"(?<![\d.,/)])(\d+) (\d+/\d+)(?![\d.])", r"(\1+\2)"),
    )
)
_SIGNED_SQUARE = re.compile(r"(-\d+(?:\.\d+)?) squared\b")
_WORD_OPERATION = re.compile(
    r"\b(?:divided|over|times|multiplied|squared|cubed|to the|square|cube|root)\b", re.I
)
_FRACTION = re.compile(r"(?<![\d./^)])(\d+/\d+)(?![\d./(])")
_GERUNDS = {"multiplying": "multiply", "dividing": "divide", "adding": "add",
            "subtracting": "subtract"}  # fmt: skip
_GERUND = re.compile("^(?:" + "|".join(_GERUNDS) + r")\b", re.I)
_NUMBER = re.compile(r"-?[\d.,]+")


def asked_for(text: str) -> str:
    """Return what a message in plain characters asks for, without the words that ask."""
    asked = _ASK.match(text)
    body = _FORM.sub("", text[asked.end() if asked else 0 :]).rstrip(_END_MARKS)
    return _REMARK.sub("", _END.sub("", body).rstrip(_END_MARKS)).strip()


def in_signs(body: str) -> str:
    """Turn words for operations into signs.

    Raises:
        InvalidTaskError: if words and signs can be read in two ways.
    """
    if not re.search(r"[a-z%:]|\d \d", body, re.I):
        return body
    body = _GERUND.sub(lambda m: _GERUNDS[m[0].lower()], body)
    first, *others = _THEN.split(body)
    expression = _worded(first)
    for other in others:
        step = next(((form.fullmatch(other), sign) for form, sign in _NEXT
                     if form.fullmatch(other)), None)  # fmt: skip
        if step is None or step[0] is None:
            return body
        expression = f"({expression}) {step[1]} {_operand(step[0][1])}"
    return expression


def _worded(body: str) -> str:
    multiple = _MULTIPLE.fullmatch(body)
    if multiple:
        of = _worded(multiple[2])
        return _MULTIPLES[multiple[1].lower().removesuffix(" of").removeprefix("the ")].format(of)
    listed = _LISTED.fullmatch(body)
    if listed:
        parts = re.split(r",? and |, ", listed["list"])
        sign = " + " if listed["sum"] or listed["add"] else " * "
        return sign.join(_operand(_signs(part)) for part in parts)
    for form, template in _WORDED:
        match = form.fullmatch(body)
        if match:
            clear = template in _SUMS and _THAN.search(body)
            loose = _LOOSE_IN_SUMS if template in _SUMS else _LOOSE
            if not clear and loose.search(_BRACKET.sub("", match[2])):
                raise InvalidTaskError(f"{body[:60]!r} can be read in two ways; write brackets")
            return template.format(*(_operand(_signs(part)) for part in match.groups()))
    return _signs(body)


def _signs(text: str) -> str:
    """Write words for operations as signs; a typed fraction is one number to them.

    Raises:
        InvalidTaskError: at `-3 squared`, which is 9 to some and -9 to others.
    """
    if unclear := _SIGNED_SQUARE.match(text):
        raise InvalidTaskError(
            f"{unclear[0]!r} can be read in two ways; "
            f"write ({unclear[1]})^2 or -({unclear[1][1:]}^2)"
        )
    if _WORD_OPERATION.search(text):
        text = _FRACTION.sub(r"(\1)", text)
    for form, sign in _OPERATION_WORDS:
        text = form.sub(sign, text)
    return text.strip()


def _operand(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else f"({text})"
