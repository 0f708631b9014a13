"""Find the one equation that a message asks to solve, and its unknown.

Strict: apart from the equation a message may hold only the phrases below. Everything else is
someone else's: prose, two problems at once, or an equation that is only mentioned.
"""

from __future__ import annotations

import re

from tasks.math.equation_parser import (
    CHARACTERS,
    MAX_CHARACTERS,
    EquationSyntaxError,
    read_equation,
)
from tasks.math.equation_state import Equation
from tasks.math.equation_words import equations_among_words
from tasks.math.plain_text import plain_math
from tasks.protocol import InvalidTaskError

_LONGEST_MESSAGE = MAX_CHARACTERS + 200
_V = r"([a-zA-Z])"
_ASK = (
    r"(?:(?:please|can you|could you|help me|i need to|how do i|how do you|how to|let's|now)\s+)*"
    r"(?:solve|find|determine|calculate|compute|work out|give|what(?:'s|’s|s| is| must be)"
    r"|tell me|i need help solving)"
)
_THING = (
    r"(?:(?:the|this|following|linear|values?|solutions?|roots?|answer|equation|unknown|variable"
    r"|of|to|for)(?:\s+|\s?:\s*))*"
)
_WHAT = r"(?:what(?:'s|’s|s| is)|find|determine|calculate|solve for)"
_IF = (
    r"(?:if|when|where|given|given that|such that|so that|from|knowing that|knowing|suppose"
    r"|that (?:satisfies|solves|makes)|satisfying|for which"
    r"|in(?: (?:the|this)(?: linear)? equation)?)"
)
_START = re.compile(
    r"^(?:(?:(?:a |one |my )?(?:quick |short |simple |small |next )?(?:one|question|problem|thing"
    r"|exercise|homework|task|equation)|(?:i )?(?:really )?(?:need|want)(?: some)? help"
    r"(?: with| solving| to solve)?(?: this| the)?(?: one| equation)?|help(?: me)?"
    r"|please help(?: me)?|algebra) ?[:,] ?)+",
    re.I,
)
_FORMS = tuple(
    re.compile(form, re.I | re.S)
    for form in (
        rf"{_ASK}\s+{_THING}{_V}\s*(?:,\s*)?{_IF}\s*:?\s+(?P<equation>.+)",  # what is y if ...
        rf"(?:for )?(?:what|which|any)\s+(?:(?:values?|number|real number)\s+(?:of\s+)?)?{_V}\s+"
        rf"(?:do |does |would |will |can )?(?:satisf(?:y|ies)|solves?|fulfils?|makes?|gives?)\s+"
        rf"{_THING}(?P<equation>.+?)(?:\s+(?:true|hold|correct|work|right))?",
        rf"(?:is|are) there (?:any|an?|some) (?:number |value (?:of )?|real number )?{_V},? (?:with"
        rf"|such that|so that|for which|where|that (?:solves|satisfies|makes))\s+(?P<equation>.+?)"
        rf"(?: true)?(?:[?.,;]+ (?:please )?(?:solve|find|give)(?: it| them)?)?",
        rf"when (?:is|does|do)\s+(?P<equation>.+?)[?.,;]* (?:solve|find) (?:for )?{_V}",
        rf"what\s+(?:does|must|should)\s+{_V}\s+(?:equal|be)\s+{_IF}\s+(?P<equation>.+)",
        rf"for\s+(?:what|which)\s+(?:value of\s+)?{_V}\s+(?:is|does)\s+(?P<equation>.+)",
        rf"{_ASK}\s+(?:for\s+){_V}\s*(?:in|:|,)\s*{_THING}(?P<equation>.+)",  # solve for x: ...
        rf"find\s+{_THING}{_V}\s*:\s*(?P<equation>.+)",
        rf"(?:if|given(?: that)?|suppose(?: that)?|let)\s+(?:the equation\s+)?"
        rf"(?P<equation>.+?)(?:\s*[,.;]|(?=\s))\s*(?:then\s+)?{_WHAT}\s+{_THING}{_V}",
        rf"(?:if|given that)\s+(?P<equation>.+?)\s*,?\s*(?:then\s+)?what\s+does\s+{_V}\s+equal",
        rf"(?:{_ASK}\s+{_THING}:?\s*)?(?P<equation>.+?)[,.;:]?\s*"
        rf"(?:(?:and\s+)?(?:solve|find)\s+)?for\s+{_V}",  # solve ... for x
        rf"(?P<equation>.+?)(?:[,.;:]|(?=\s))\s*{_WHAT}\s+{_THING}{_V}",
        rf"{_ASK}\s+{_THING}:?\s*(?P<equation>.+)",  # solve ...
        r"(?:the\s+)?equation\s*(?:is\s|:|(?=\s))\s*(?P<equation>.+)",
        r"(?P<equation>.+)",
    )
)


def read_prompt(text: str) -> tuple[str, str, Equation] | None:
    """Return the equation's text, unknown and terms; None if the text is no such request.

    Raises:
        InvalidTaskError: if it is one equation, but not a linear one in one unknown, or too large.
    """
    if len(text) > _LONGEST_MESSAGE:
        if (
            text.count("=") == 1
            and not re.search(r"[a-zA-Z]{2}", text)
            and _looks_like(text.strip())
        ):
            raise InvalidTaskError(
                f"the equation has {len(text)} characters; at most {MAX_CHARACTERS}"
            )
        return None
    text = _START.sub("", plain_math(text), count=1)
    if text.count("=") != 1:
        return None
    for form in _FORMS:
        match = form.fullmatch(text)
        if match and _looks_like(equation := match["equation"].strip()):
            asked = next(
                (g for n, g in enumerate(match.groups()) if n + 1 != form.groupindex["equation"]),
                None,
            )
            try:
                return _read(equation, asked, bare=form is _FORMS[-1])
            except InvalidTaskError:
                if (found := _among_words(text)) is None:
                    raise
                return found
    return _among_words(text)


def _among_words(text: str) -> tuple[str, str, Equation] | None:
    found = equations_among_words(text)
    if found is None or len(found.equations) != 1 or not _looks_like(found.equations[0]):
        return None
    unknowns = set(re.findall(r"[a-zA-Z]", found.equations[0]))
    if len(unknowns) != 1 or not unknowns.issuperset(found.letters):
        return None
    return _read(found.equations[0], None, bare=True)


def _read(text: str, asked: str | None, bare: bool) -> tuple[str, str, Equation] | None:
    letters = sorted(set(re.findall(r"[a-zA-Z]", text)))
    if not letters and asked is None:
        return None
    if len(letters) > 1:
        if bare and not _is_written_well(text, letters[0]):
            return None
        names = f"{', '.join(letters[:-1])} and {letters[-1]}"
        count = "two" if len(letters) == 2 else len(letters)
        raise InvalidTaskError(f"the equation has {count} unknowns {names}; expected one unknown")
    unknown = letters[0] if letters else str(asked)
    if asked is not None and asked.lower() != unknown.lower():
        raise InvalidTaskError(f"{asked} is asked for, but the equation's unknown is {unknown}")
    try:
        return text, unknown, read_equation(text, unknown)
    except EquationSyntaxError as error:
        if bare:
            return None
        raise InvalidTaskError(f"cannot read the equation {text[:80]!r}: {error}") from error


def _looks_like(text: str) -> bool:
    """Say whether the text could be an equation: its characters, and no words."""
    if any(c not in CHARACTERS and not (c.isascii() and c.isalpha()) for c in text):
        return False
    for run in re.finditer(r"[a-zA-Z]{2,}", text):
        product = set(run[0].lower()) <= set("xyz") or text[: run.start()][-1:].isdigit()
        if len(run[0]) > 3 or not product:
            return False
    return "=" in text


def _is_written_well(text: str, letter: str) -> bool:
    """Say whether the text would read as an equation if all its letters were the same."""
    try:
        read_equation(re.sub("[a-zA-Z]", letter, text), letter)
    except EquationSyntaxError:
        return False
    except InvalidTaskError:
        return True
    return True
