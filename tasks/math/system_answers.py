"""Find the answer to a system in what a person or a language model wrote around it."""

from __future__ import annotations

import re

from tasks.math.system_grader import Claim, read_claim

_LONGEST = 20_000  # only the end of a longer text is read
_VALUE = (
    r"[-+]?\s?\d+(?:\.\d+)?(?:\s?/\s?\d+)?(?![\d.]*\s?(?:[*/(^]|[a-zA-Z]\b)|\s?[-+]\s?[\da-zA-Z])"
)
NO_SOLUTION = "no solution"
MANY_SOLUTIONS = "infinitely many solutions"
_NONE = re.compile(r"\bno (?:real )?solutions?\b|\binconsistent\b|\bno common solution\b", re.I)
_MANY = re.compile(r"\binfinitely many\b|\binfinite(?: number of)? solutions\b", re.I)
_ANNOUNCED = re.compile(r"\b(?:answer|solution|result|boxed)\b\s*(?:is|are|=|:|\()*\s*", re.I)


def find_answer(text: str, asked: str) -> str | None:
    """Return the answer as `x = 4, y = -1`, `no solution` or `infinitely many solutions`.

    An announced answer counts before one in passing, a later one before an earlier one.
    """
    text = _plain(text[-_LONGEST:])
    if len(text) <= 300 and (claim := read_claim(text, asked)) is not None:
        return claim_text(claim)
    announced = list(_ANNOUNCED.finditer(text))
    if announced:
        found = _claim_in(text[announced[-1].end() :], asked, announced=True)
        if found is not None:
            return found
    return _claim_in(text, asked, announced=False)


def claim_text(claim: Claim) -> str:
    """Write an answer."""
    if claim.none:
        return NO_SOLUTION
    if claim.many:
        return MANY_SOLUTIONS
    return ", ".join(f"{name} = {value}" for name, value in claim.values)


def _claim_in(text: str, asked: str, *, announced: bool) -> str | None:
    values: dict[str, str] = {}
    last = -1
    for name in asked:
        for match in re.finditer(rf"(?<![\w)]){name}\s?(?:=|is|equals)\s?({_VALUE})", text):
            values[name] = "".join(match[1].split())
            last = max(last, match.end())
    for form, said in ((_NONE, NO_SOLUTION), (_MANY, MANY_SOLUTIONS)):
        places = [match.end() for match in form.finditer(text)]
        if places and places[-1] > last:
            return said
    if set(values) == set(asked):
        said = ", ".join(f"{name} = {values[name]}" for name in sorted(asked))
        claim = read_claim(said, asked)
        return None if claim is None else claim_text(claim)
    if len(asked) == 2:
        pairs = re.findall(rf"\(\s?({_VALUE})\s?,\s?({_VALUE})\s?\)", text)
        if pairs:
            claim = read_claim(f"({pairs[-1][0]}, {pairs[-1][1]})", asked)
            return None if claim is None else claim_text(claim)
    elif announced and (number := re.match(rf"\(?({_VALUE})\)?", text)):
        claim = read_claim("".join(number[1].split()), asked)
        return None if claim is None else claim_text(claim)
    return None


def _plain(text: str) -> str:
    """Take away the marks of LaTeX and Markdown."""
    text = re.sub(r"\\[dt]?frac\s?\{([^{}]{0,60})\}\s?\{([^{}]{0,60})\}", r"\1/\2", text)
    text = text.replace("{", "(").replace("}", ")").replace("\n", " ; ")
    text = re.sub(r"\\(?:text|mathrm|quad|left|right)\b|\\[()\[\],;! ]|[\\$*`_]", " ", text)
    return " ".join(text.replace("−", "-").replace("–", "-").split())
