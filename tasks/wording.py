"""Say whether the words around a problem's data belong to it.

People put the same question in many words. A few unknown ones are let pass, numbers that nothing
accounts for are not, nor words that ask for something else or change the rules: such a text is left
to other kinds rather than answered wrongly.
"""

from __future__ import annotations

import re

MOST_UNKNOWN = 12
UNKNOWN_SHARE = 0.4
_WORD = re.compile(r"[^\W\d_][\w'-]*|\d+")
_OTHER_REQUESTS = frozenset(
    re.findall(
        r"[\w'-]+",
        """write poem story essay song joke explain explains why prove proof code python java
        program programme function script algorithm implement pseudocode draw paint translate
        summarize summarise compare difference differ define meaning history who invented complexity
        generate create design rewrite plot sudoku equation equations integral derivative factor
        simplify average mean median probability tic-tac-toe chess""",
    )
)
_OTHER_RULES = frozenset(
    re.findall(
        r"[\w'-]+",
        """but except unless exclusive incompatible conflict conflicts require requires required
        depends dependent neither nor never fractional fractions unbounded unlimited infinite
        infinitely reuse reused manhattan taxicab chebyshev asymmetric one-way deadline deadlines
        windows keys key doors teleport teleports teleporter portal portals jump jumps monsters
        monster collect coins minimise minimize worst longest largest-weight heaviest lightest
        second-best second third forbidden mandatory before after precede precedes speed fuel
        battery wrap wraps toroidal hexagonal knight bishop queen break breaks""",
    )
)

_CHANGES = re.compile(  # of the question or the rules, in words that are harmless one by one
    r"\bhow many (?:different |distinct |possible |shortest |optimal )*"
    r"(?:paths?|ways|routes?|tours?)"
    r"|\bavoid(?:s|ing)?\b|\bonly (?:right|left|up|down|moving|diagonal)|\bmoving only\b"
    r"|\bmost expensive\b|\bcostliest\b|\bdearest\b|\b(?:twice|thrice)\b|\bno return\b"
    r"|\b(?:at most|only|exactly|just|no more than) (?:one|two|three|four|five|six|\d+) "
    r"(?:items?|things?|objects?|operations?|operators?|moves?|turns?|cities|stops)\b"
    r"|\b(?:un|not |isn't |aren't )available\b"
    r"|\bnot? (?:needed|required|necessary|allowed to use)\b"
    r"|\bfrom (?:e|g|the (?:exit|end|goal)) to (?:s|the start)\b|\bwalls? (?:are|is) \."
    r"|\band (?:then )?back (?:again|to s\b)|\b(?:there|way) and back\b|\bpath and back\b"
    r"|\bincluding the (?:first|start)"
    r"|\bstart(?:ing)? (?:cell|square|tile|field) (?:also |too )?counts?\b"
    r"|\b(?:must|may not|cannot|can't) (?:use|take|contain|visit) (?!each|every|all)|\bis closed\b"
    r"|\b(?:two|three|2|3|several|both) (?:knapsacks|backpacks|bags|sacks|rucksacks)\b"
    r"|\bproduct of\b|\(x, ?y\)"
    r"|\b(?:two|three|four|five|2|3|4|5) of (?:the|these|them)\b|\bstart(?:s|ing)? (?:at|from) \("
)


def belongs(
    words: str,
    known: frozenset[str],
    allowed: frozenset[str] = frozenset(),
    most_unknown: int = MOST_UNKNOWN,
) -> bool:
    """Say whether words may stand around a problem.

    Args:
        words: the text without the data.
        known: words of such questions, in lower case.
        allowed: names and other words of this text that its data explain.
        most_unknown: different words that may be none of these.
    """
    if _CHANGES.search(" ".join(words.casefold().split())):
        return False
    found = set(_WORD.findall(words.casefold()))
    if any(word[0].isdigit() for word in found):
        return False
    strange = {word for word in found if word not in known and word not in allowed}
    if strange & (_OTHER_REQUESTS | _OTHER_RULES):
        return False
    return len(strange) <= min(most_unknown, max(1, UNKNOWN_SHARE * len(found)))
