"""Bring a message about mathematics into plain characters that the parsers of all kinds read.

Only spelling is changed here, never meaning: LaTeX, unicode signs, blanks, courtesies around the
problem. What a problem asks for is each kind's affair.
"""

from __future__ import annotations

import re

from tasks.math.bullets import without_bullets
from tasks.math.equation_spelling import plain_spelling
from tasks.protocol import InvalidTaskError

_SIGNS = str.maketrans(
    {
        "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "·": "*", "⋅": "*", "×": "*", "∗": "*",
        "∙": "*", "÷": "/", "∕": "/", "⁄": "/", "≤": "<=", "≥": ">=", "≠": "!=", "’": "'",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ",
    }
)  # fmt: skip
_PARTS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅙": "1/6",
          "⅛": "1/8"}  # fmt: skip
_MIXED = re.compile(f"(\\d*) ?([{''.join(_PARTS)}])")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_LOWERED = str.maketrans(_RAISED, "0123456789-")
_EXPONENT = re.compile(f"[{_RAISED}]+")
_ROOT = re.compile(r"√ ?(?=\()|√ ?(\d+(?:\.\d+)?|[a-zA-Z])")
_LATEX_ROOT = re.compile(r"\\sqrt ?(?:\[(\d)\] ?)?\{([^{}]*)\}|\\sqrt ?(\d)")
_BRACES = re.compile(r"(?<=[\^_]) ?\{([^{}]*)\}")
_COMMANDS = re.compile(r"\\(?:text|mathrm|mathbf|operatorname)(?![a-z])|\\(?:left|right)(?![a-z])")
_NAMED = re.compile(r"\\(?:operatorname|text|mathrm|mathbf) ?\{ ?([a-zA-Z]+) ?\}")
_FUNCTIONS = re.compile(r"\\(gcd|lcm|max|min)(?![a-z])|\\b?mod(?![a-z])|\\pmod ?\{?(\w+)\}?")
_END_MARKS = " ?!."
_PLEASE = re.compile(r"(?<![ ,])[ ,]*\b(?:please|pls|plz)\b", re.IGNORECASE)
_POLITE_START = re.compile(
    r"^(?:(?:kindly|(?:a )?(?:quick )?question[:,]|(?:just|i was) wondering[:,]?"
    r"|hi there|yo|hey there"
    r"|(?:can|could|would|will) you(?: please| kindly)?(?= [a-z])"
    r"|i(?:'d| would) like you to|i need you to)[ ,]+)+",
    re.IGNORECASE,
)
_POLITE_END = re.compile(
    r"(?<![ ,.!?])[ ,.!?]*\b(?:for me|thanks(?: a lot| in advance)?|thank you(?: very much)?)$",
    re.IGNORECASE,
)
_MANY_THOUSANDS = re.compile(
    r"(?<![\d.,])[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?![\d,])|(?:,\d{3})+(?=\.\d+(?![\d.,])))"
)
_UNCLEAR = re.compile(r"(?<![\d.,])[1-9]\d{0,2},\d{3}(?![\d,])")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d.,])")
_MOST_ROOTS = 20
_MOST_COURTESIES = 3


def plain_math(text: str) -> str:
    r"""Return the text on one line in plain characters, without courtesies and the end's marks.

    `x²` becomes `x^2`, `\frac{1}{2}` `((1)/(2))`, `√2` `sqrt(2)`, `3·4` `3*4`. Commas stay: they
    may be lists or decimals (`point_decimals`). The time is linear in the length; the caller
    bounds it.
    """
    text = without_bullets(text)
    text = plain_spelling(_MIXED.sub(_mixed, text.translate(_SIGNS)))
    text = _EXPONENT.sub(lambda m: f"^({m[0].translate(_LOWERED)})" if len(m[0]) > 1
                         else f"^{m[0].translate(_LOWERED)}", text)  # fmt: skip
    for _ in range(_MOST_ROOTS):  # from the inside out
        text, found = _LATEX_ROOT.subn(_root, text)
        if not found:
            break
    if "\\" in text:
        text = _FUNCTIONS.sub(_function, _NAMED.sub(r" \1 ", text))
    text = _ROOT.sub(lambda m: "sqrt" if m[1] is None else f"sqrt({m[1]})", text)
    text = _COMMANDS.sub(" ", _BRACES.sub(r"(\1)", text))
    text = " ".join(_PLEASE.sub("", text).split()).lstrip(",:! ")
    text = _POLITE_START.sub("", text).rstrip(_END_MARKS)
    for _ in range(_MOST_COURTESIES):
        text, found = _POLITE_END.subn("", text)
        if not found:
            break
        text = text.rstrip(_END_MARKS)
    return text


def point_decimals(text: str) -> str:
    """Turn decimal commas into points, drop the commas of millions; for text without lists.

    Raises:
        InvalidTaskError: if `1,000` may be one thousand or one.
    """
    if "," not in text:
        return text
    text = _MANY_THOUSANDS.sub(lambda m: m[0].replace(",", ""), text)
    if unclear := _UNCLEAR.search(text):
        typed = unclear[0]
        raise InvalidTaskError(
            f"{typed!r} can be read in two ways; "
            f"write {typed.replace(',', '')} or {typed.replace(',', '.')}"
        )
    return _DECIMAL_COMMA.sub(r"\1.\2", text)


def _mixed(match: re.Match[str]) -> str:
    """Write `2½` as `(2+1/2)`."""
    return f"({match[1]}+{_PARTS[match[2]]})" if match[1] else f" ({_PARTS[match[2]]})"


def _function(match: re.Match[str]) -> str:
    return match[1] or f" mod {match[2] or ''}"


def _root(match: re.Match[str]) -> str:
    inside = match[2] if match[2] is not None else match[3]
    return f"root({match[1]}, {inside})" if match[1] else f"sqrt({inside})"
