"""The names of a problem of order: a list that the message gives, or all that are compared."""

from __future__ import annotations

import re

from tasks.reasoning.deduction_words import singulars
from tasks.reasoning.ordering_relations import VERB
from tasks.reasoning.ordering_words import cardinal

_LIST = re.compile(
    r"(?P<intro>[^:]{0,160}?\b(?P<count>two|three|four|five|six|seven|eight|nine|ten|"
    r"\d+)\b[^:]{0,80})"
    r"(?::| -|, namely| called| named) ?(?P<names>[^:]+)(?P<rest>)",
    re.I,
)
_COUNTED = re.compile(
    r"(?:[^,:()]{0,80}\b)?(?P<count>two|three|four|five|six|seven|eight|nine|ten|\d+) "
    r"[\w -]{3,60}?(?: ?\(|, | - )(?P<names>[^():]+?)\)?(?:,? (?P<rest>(?:sit|sat|are|were|stand|"
    r"stood|ran|run|finished|live|lived|lined|line|took|race|raced|compete|competed|play|played|"
    r"each|all|have|arrived|queue|wait|is|on|in) ?.*)|(?<!.)(?P<none>))",
    re.I,
)
_TELLING = re.compile(
    r"(?P<names>[^:]+?,? and [^:,]+?|[^:]+,[^:,]+?) (?:are|were|is|ran|run|have|had|took|sat|"
    r"sit|stand|"
    r"stood|live|lined|each|all|compete|competed|finished|raced|race|play|played|arrived|wait|"
    r"queue)\b"
    r"(?P<rest>.*)",
    re.I,
)
_SETTING = re.compile(
    r"(?:in [^,:]{1,40}, |there (?:are|were) |i have |we have )?"
    r"(?:two|three|four|five|six|seven|eight|nine|\d) [\w' -]+",
    re.I,
)
_SPREAD = re.compile(  # `Four houses in a row, one each for Ada, Bo, Cy and Di`
    r"(?:[^:()]{0,80} )?(?P<count>(?i:two|three|four|five|six|seven|eight|nine)|\d) [^:()]{3,80}? "
    r"(?:for|of|by|with|are|named|called|namely|were|"
    r"is) (?P<names>[A-Z]\w*(?:, [A-Z]\w*)*,? and [A-Z]\w*)"
)
_TELLS = re.compile(
    r"\b(?:than|leftmost|rightmost|between|first|last|before|after|ahead|behind|next|above|below|"
    r"(?:left|right) of|\w+est|most|least)\b",
    re.I,
)
_NO_NAME = re.compile(
    rf"\b(?:{VERB}|not|than|and|or|of|who|which|that|if|all|every|each|no|some|"
    r"first|second|third|fourth|fifth|last)\b"
)
_NO_NAMES = frozenset((
    "it", "he", "she", "they", "who", "which", "what", "all", "everyone", "anyone", "them",
    "everybody", "this", "i", "you", "we", "me", "us", "him", "her", "there", "that", "these",
))  # fmt: skip


MAX_CHARACTERS = 500  # of a list


class Names:
    """The names to put in order: given by a list, or collected."""

    def __init__(self, listed: list[str]) -> None:
        self.listed = bool(listed)
        self.names = list(listed)
        self._index = {_key(name): n for n, name in enumerate(listed)}

    def find(self, text: str) -> int | None:
        """Return the number of a name; a new one only if there is no list."""
        key = _key(text)
        if key in self._index:
            return self._index[key]
        if self.listed:
            ends = [
                n
                for k, n in self._index.items()
                if f" {key} ".startswith(f" {k} ")
                or f" {key}".endswith(f" {k}")
                or f" {k} ".startswith(f" {key} ")
                or f" {k}".endswith(f" {key}")
                or {k, *singulars(k)} & {key, *singulars(key)}
            ]
            return ends[0] if len(ends) == 1 else None
        if not re.fullmatch(r"[\w'.-]+(?: [\w'.-]+){0,3}", text) or key in _NO_NAMES:
            return None
        if _NO_NAME.search(key):
            return None
        self._index[key] = len(self.names)
        self.names.append(_shown(text))
        return self._index[key]

    def copy(self) -> Names:
        """Return names to try things with."""
        copied = Names(self.names)
        copied.listed = self.listed
        return copied


def read_list(statements: list[str]) -> tuple[list[str], list[str]] | None:
    """Return the names of a list among the first statements, and the other statements."""
    for place, statement in enumerate(statements[:3]):
        if len(statement) > MAX_CHARACTERS:
            continue
        if (found := _SPREAD.fullmatch(statement)) and not _TELLS.search(statement):
            names = _split_names(found["names"])
            if len(names) == cardinal(found["count"].lower()):
                return names, [*statements[:place], *statements[place + 1 :]]
        for form in (_LIST, _COUNTED, _TELLING):
            match = form.fullmatch(statement)
            names = _split_names(match["names"]) if match else []
            if match is None or len(names) < 2 or _TELLS.search(match["rest"]):
                continue
            if _TELLS.search(match.groupdict().get("intro") or ""):
                continue
            if form is not _TELLING and cardinal(match["count"].lower()) != len(names):
                continue
            return names, [*statements[:place], *statements[place + 1 :]]
        if _SETTING.fullmatch(statement) and not _TELLS.search(statement):
            return [], [*statements[:place], *statements[place + 1 :]]
        if (match := _LIST.fullmatch(statement)) and not _TELLS.search(match["intro"]):
            return None  # a list that does not have the length it says
    return [], statements


def _split_names(text: str) -> list[str]:
    names = [_shown(one) for one in re.split(r",? and |, ", text.strip(" .")) if one.strip()]
    if any(re.search(r"\b(?:all|every|is|are|was|were)\b", name) for name in names):
        return []
    good = len({_key(one) for one in names}) == len(names)
    return (
        names if good and all(re.fullmatch(r"[\w'.-]+(?: [\w'.-]+){0,4}", n) for n in names) else []
    )


def _shown(text: str) -> str:
    return re.sub(r"^(?:an?|the) ", "", text.strip(), flags=re.I)


def _key(text: str) -> str:
    return re.sub(r" ones?$", "", _shown(text).casefold())
