"""Find the answer to an equation in what a person or a language model wrote around it."""

from __future__ import annotations

import re

from tasks.math.equation_grader import Solutions, read_answer

_LONGEST = 20_000  # only the end of a longer text is read
_VALUE = r"[-+]?\s*(?:\d+(?:\.\d+)?)(?:\s*/\s*\d+)?"
_NONE = r"no (?:real )?(?:solutions?|number)|not (?:have|has) (?:a |any )?solutions?"
_ALL = r"(?:every|any|all) (?:real )?(?:numbers?|values?)|infinitely many solutions"


def find_answer(text: str, unknown: str) -> str | None:
    """Return the answer as `x = 4`, `no solution` or `every number`; None if the text has none.

    A boxed or announced answer counts before one in passing, a later one before an earlier one.
    """
    text = _plain(text[-_LONGEST:])
    found = read_answer(text, unknown) if len(text) <= 40 else None
    for candidate in (found, *(_last(form, text, unknown) for form in _forms(unknown))):
        if candidate is not None:
            return candidate.text(unknown)
    return None


def _forms(unknown: str) -> tuple[str, ...]:
    v = re.escape(unknown)
    value = rf"(?P<value>{_VALUE})(?!\s*[*({v}^]|\d|\s*[-+]\s*[\d{v}])"
    claim = rf"(?:(?P<none>{_NONE})|(?P<all>{_ALL})|(?:{v}\s*(?:=|is|equals)\s*)?{value})"
    return (
        rf"boxed\s*\(\s*(?:{v}\s*=\s*)?{claim}",
        rf"\b(?:answer|solution|result)\b\s*(?:is|=|:)*\s*(?:that\s+)?{claim}",
        rf"(?:\b{v}\s*(?:=|is|equals)\s*(?:[^=\n;]{{1,60}}=)*\s*{value}|(?P<none>{_NONE})|(?P<all>{_ALL}))",
        rf"^\s*{value}\s*$",
    )


def _last(form: str, text: str, unknown: str) -> Solutions | None:
    matches = list(re.finditer(form, text, re.I | re.M))
    if not matches:
        return None
    groups = matches[-1].groupdict()
    if groups.get("none"):
        return Solutions(None)
    if groups.get("all"):
        return Solutions(None, every=True)
    return read_answer(groups["value"], unknown)


def _plain(text: str) -> str:
    """Take away the marks of LaTeX and Markdown."""
    text = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"\1/\2", text)
    text = text.replace("\\boxed", "boxed").replace("{", "(").replace("}", ")")
    text = re.sub(r"\\(?:text|mathrm)\b", "", text)
    text = re.sub(r"\\[()\[\],;!]|[$*`_]", " ", text)
    text = re.sub(r"[^\S\n]+", " ", text)  # runs of blanks would cost their length cubed above
    text = re.sub(r" ?\n[ \n]*", "\n", text)
    return text.replace("−", "-").replace("–", "-").strip()
