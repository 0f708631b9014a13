"""Read what people type when they want something worked out: an expression, or words for one.

Strict: apart from phrases that ask, a message may hold only numbers, operations, `sqrt`, and words
for operations. Anything else is someone else's.
"""

from __future__ import annotations

import re

from tasks.math.arithmetic_state import Calculation, calculation_of, settled
from tasks.math.expressions import ExpressionSyntaxError, nodes_of, read_expression
from tasks.math.plain_text import plain_math, point_decimals
from tasks.protocol import InvalidTaskError

MAX_CHARACTERS = 2000
MAX_POWER_BITS = 4000
_LONGEST_MESSAGE = MAX_CHARACTERS + 200
_CHARACTERS = re.compile(r"[-\d\s+*/^().,=]+")
_OPERATION = re.compile(
    r"[-+*/^=×÷·⋅∗√%−–²³]|\\|sqrt|plus|minus|times|divide|multipl|product|sum|total|add|subtract"
    r"|take|less|difference|distance|quotient|square|cube|power|root|together|over",
    re.I,
)
_ASK = re.compile(
    r"(?:(?:please|can you|could you|would you|i need to|help me(?: to)?|let's|now|ok|so|just"
    r"|quick(?:ly)?)[ ,]+)*"
    r"(?:(?:what(?:'s|s| is| does| are| do you get (?:for|when you))|how much (?:is|are)|calculate"
    r"|compute|evaluate|simplify|work out|figure out|find|determine|solve|give(?: me)?"
    r"|tell me(?: what)?|do|reduce)(?= )\s*:?\s*|)"
    r"(?:(?:the )?(?:exact )?(?:value|result|answer|expression|following(?: expression)?"
    r"|calculation)(?: of| to| for| is)?(?= |:)\s*:?\s*)*:?\s*",
    re.I,
)
_END = re.compile(r"(?: exactly)?(?: equals?(?: to)?| is| come to| make)?[ =?:.!]*(?: =)?[ ?]*$")
_N = r"(\S.*?)"
_WORDED = tuple(
    (re.compile(form, re.I), template)
    for form, template in (
        (rf"(?:the )?(?:sum|total) of {_N} and {_N}", "{0} + {1}"),
        (rf"(?:sum|total|add(?: together| up)?|put together) {_N} and {_N}", "{0} + {1}"),
        (rf"add {_N} to {_N}", "{0} + {1}"),
        (rf"subtract {_N} from {_N}", "{1} - {0}"),
        (rf"take {_N} (?:away )?from {_N}", "{1} - {0}"),
        (rf"{_N} take away {_N}", "{0} - {1}"),
        (rf"{_N} (?:less|fewer) than {_N}", "{1} - {0}"),
        (rf"(?:the )?(?:distance|difference) between {_N} and {_N}", "abs({0} - {1})"),
        (rf"(?:the )?difference of {_N} and {_N}", "{0} - {1}"),
        (rf"(?:the )?product of {_N} and {_N}", "{0} * {1}"),
        (rf"multiply {_N} (?:and|by|with|times) {_N}", "{0} * {1}"),
        (rf"{_N} multiplied (?:by|with) {_N}", "{0} * {1}"),
        (rf"divide {_N} by {_N}", "{0} / {1}"),
        (rf"(?:the )?quotient of {_N} and {_N}", "{0} / {1}"),
        (rf"{_N}% of {_N}", "{0} / 100 * {1}"),
    )
)
_OPERATION_WORDS = tuple(
    (re.compile(form, re.I), sign)
    for form, sign in (
        (r"\b(?:raised )?to the power (?:of )?", "^"),
        (r"\bdivided by\b|\bover\b", "/"),
        (r"\b(?:times|multiplied by)\b", "*"),
        (r"\bplus\b", "+"),
        (r"\bminus\b", "-"),
        (r"\bsquared\b", "^2"),
        (r"\bcubed\b", "^3"),
        (r"\b(?:the )?square root of (\d+(?:\.\d+)?|\([^()]*\))", r"sqrt(\1)"),
        (r"(?<=\d) ?x ?(?=-?[\d(])", "*"),
    )
)
_NUMBER = re.compile(r"-?[\d.,]+")
_LEADING_ZERO = re.compile(r"(?<![\d.])0\d")


def read_prompt(text: str) -> str | None:
    """Return the expression that a message asks for, in plain characters; None if it asks for none.

    Raises:
        InvalidTaskError: if it is an expression, but too large or unclear.
    """
    if len(text) > _LONGEST_MESSAGE:
        if _CHARACTERS.fullmatch(text) and not text.strip().isdigit():
            raise InvalidTaskError(f"{len(text)} characters; at most {MAX_CHARACTERS}")
        return None
    if not any(map(str.isdigit, text)) or not _OPERATION.search(text):
        return None
    plain = plain_math(text)
    asked = _ASK.match(plain)
    body = _END.sub("", plain[asked.end() if asked else 0 :]).strip()
    expression = _expression(body)
    if re.search("[a-z]", expression.replace("sqrt", "").replace("abs", ""), re.I):
        return None
    expression = point_decimals(expression)
    return expression if _is_calculation(expression, bare=body == plain) else None


def read_calculation(text: str) -> Calculation:
    """Read an expression in plain characters into a calculation.

    Raises:
        ExpressionSyntaxError: if it is no expression, or holds names.
        InvalidTaskError: if it is too large.
    """
    tree = read_expression(text, functions=frozenset({"abs"}))
    for node in nodes_of(tree):
        if node[0] == "name" or (node[0] == "call" and len(node) != 3):
            raise ExpressionSyntaxError(f"{node[1]!r} is no number")
        if node[0] == "^" and node[1][0] == node[2][0] == "num":
            size = max(node[1][1].bit_length(), node[1][2].bit_length()) * abs(node[2][1])
            if size > 2 * MAX_POWER_BITS:
                raise InvalidTaskError(
                    f"a power has about {size * 3 // 10} digits; at most {MAX_POWER_BITS * 3 // 10}"
                )
    calculation = calculation_of(tree, "." in text)
    return calculation._replace(tokens=settled(calculation.tokens))


def _expression(body: str) -> str:
    """Turn words for operations into signs."""
    if not re.search("[a-z%]", body, re.I):
        return body
    for form, template in _WORDED:
        match = form.fullmatch(body)
        if match:
            return template.format(*(_operand(_signs(part)) for part in match.groups()))
    return _signs(body)


def _signs(text: str) -> str:
    for form, sign in _OPERATION_WORDS:
        text = form.sub(sign, text)
    return text.strip()


def _operand(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else f"({text})"


def _is_calculation(expression: str, bare: bool) -> bool:
    """Say whether it can be read, and has something to work out.

    Raises:
        InvalidTaskError: if it is one, but too large.
    """
    if not expression or (bare and _LEADING_ZERO.search(expression)):
        return False
    try:
        calculation = read_calculation(expression)
    except ExpressionSyntaxError:
        return False
    first = calculation.tokens[0]
    return len(calculation.tokens) > 1 or (not isinstance(first, str) and bool(first)
                                           and first[0][2] > 1)  # fmt: skip
