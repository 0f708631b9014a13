"""Find the expression, or the claim that there is none, in a person's or a model's text."""

from __future__ import annotations

import re

MOST_CHARACTERS = 20_000  # only the end of a longer text is read
NOT_POSSIBLE = "not possible"
_SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "∙": "*", "⋅": "*", "÷": "/",
                        "[": "(", "]": ")", "$": " ", "`": " "})  # fmt: skip
_EXPRESSION = re.compile(r"[\d(][\d+*/() -]{0,200}[\d)]")
_NONE = re.compile(
    r"\b(?:not possible|impossible|no (?:such )?(?:solution|expression|way|answer)s?"
    r"|not solvable|unsolvable|(?:cannot|can't|can not) be (?:done|made|reached|formed)"
    r"|(?:has|have|is|are) no (?:solution|way))\b",
    re.I,
)


def find_answer(text: str, numbers: tuple[int, ...]) -> str | None:
    """Return the last expression of all the numbers, or `not possible`; None for neither.

    An expression of other numbers is only taken where none fits and nothing says that there is
    none, so that a wrong answer can be told from no answer.
    """
    plain = _plain(text[-MOST_CHARACTERS:])
    claims: list[tuple[int, str]] = []
    others: list[str] = []
    for match in _EXPRESSION.finditer(plain):
        expression = _trimmed(match[0])
        used = sorted(map(int, re.findall(r"\d{1,9}", expression)))
        if used == sorted(numbers):
            claims.append((match.start(), expression))
        elif len(used) > 1 and re.search(r"[-+*/]", expression):
            others.append(expression)
    nones = [match.start() for match in _NONE.finditer(plain)]
    if nones and (not claims or nones[-1] > claims[-1][0]):
        return NOT_POSSIBLE
    if claims:
        return claims[-1][1]
    return others[-1] if others else None


def _plain(text: str) -> str:
    text = re.sub(r"\\(?:times|cdot)\b ?", "*", text.translate(_SIGNS))
    text = re.sub(r"\\div\b ?", "/", text)
    text = re.sub(r"\\d?frac\s*\{([^{}]{1,80})\}\s*\{([^{}]{1,80})\}", r"((\1)/(\2))", text)
    text = re.sub(r"\\(?:left|right)\b", "", text)
    text = re.sub(r"(?<=[\d)])[ \t]{0,3}[xX][ \t]{0,3}(?=[\d(])", " * ", text)
    return re.sub(r"[^\S\n]+", " ", text.replace("{", "(").replace("}", ")"))


def _trimmed(expression: str) -> str:
    """Cut brackets at the ends that have no partner, such as those of a sentence."""
    expression = expression.strip()
    while expression.count("(") > expression.count(")") and expression.startswith("("):
        expression = expression[1:].strip()
    while expression.count(")") > expression.count("(") and expression.endswith(")"):
        expression = expression[:-1].strip()
    while _encloses(expression):
        expression = expression[1:-1].strip()
    return expression


def _encloses(expression: str) -> bool:
    """Say whether one pair of brackets holds all of it."""
    if not (expression.startswith("(") and expression.endswith(")")):
        return False
    depth = 0
    for place, sign in enumerate(expression):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return place == len(expression) - 1
    return False
