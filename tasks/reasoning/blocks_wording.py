"""Read where blocks are from words: `a on b, b on the table`, `[a b] [c]`, `the hand is empty`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tasks.reasoning.planning_facts import Fact

COLOURS = (
    *("red", "blue", "green", "yellow", "orange", "purple", "white", "black", "pink", "brown"),
    *("gr[ae]y", "cyan", "magenta", "violet", "gold", "silver"),
)
_CORE = rf"(?:[a-z]\d{{0,2}}|\d{{1,2}}|(?:b|block|cube|box)[-_]?\d{{1,2}}|{'|'.join(COLOURS)})"
_THE = r"(?:(?:the|block|cube|box|brick)\s)*"
_KIND = r"(?:\s(?:block|cube|box|brick)\b)?"
_NAME = rf"{_THE}(?<![\w-])({_CORE})(?![\w-]){_KIND}"
_ANY = rf"{_THE}(?<![\w-]){_CORE}(?![\w-]){_KIND}"  # the same without a group
_AND = r"(?:\s?,\s?(?:and\s)?|\sand\s|\s?&\s?)"
_TABLE = r"(?:(?:the|a)\s)?(?:table(?:top)?|floor|ground|desk)\b"
_ON = r"(?:directly\s|right\s|stacked\s)*(?:on\stop\sof|onto|on|atop|upon|over|above)\s"
_NOT_AFTER_ON = (
    r"(?<!on )(?<!of )(?<!onto )(?<!over )(?<!above )(?<!on the )(?<!of the )(?<!onto the )"
)
_BE = (
    r"(?:\s?(?:\b(?:is|are|sits?|stands?|lies|rests?|be|being|goes|should|must|placed|put|stacked"
    r"|sitting|standing|resting|all|both|also|directly|currently|left|stays?|to|alone|by itself"
    r"|each)\b|=|:)\s?)*\s?"
)
_JOIN = r"(?:,?\s(?:which|that|and\s(?:that|this|it|which))(?:\s(?:in\sturn|itself))?)?"
_LIST = rf"{_ANY}(?:(?:{_AND}|\s){_ANY})*"
_CHAIN = re.compile(
    rf"{_ANY}\s?{_BE}{_ON}(?:{_TABLE}|{_ANY})(?:{_JOIN}\s?{_BE}{_ON}(?:{_TABLE}|{_ANY}))*"
)
_MANY_ON_TABLE = re.compile(rf"{_NOT_AFTER_ON}({_ANY}(?:{_AND}{_ANY})+)\s?{_BE}on\s{_TABLE}")
_ON_TABLE_MANY = re.compile(
    rf"(?:\bon\s{_TABLE}|\b(?:the\s)?table)\s?"
    rf"(?:we\shave\s|there\s(?:is|are)\s|holds\s|are\s|is\s|[:=]\s?)+({_LIST})"
)
_EMPTY_TABLE = re.compile(rf"({_LIST})\s?{_BE}(?:on\s|at\s)?{_TABLE}")
_CLEAR = re.compile(rf"({_LIST})\s?{_BE}(?:clear|free|uncovered)\b")
_NOTHING_ON = re.compile(
    rf"\b(?:nothing|no\sblock)\s(?:is\s)?(?:on\stop\sof|on|above)\s{_NAME}"
    rf"|\b(?:the\s)?top\sof\s{_NAME}\sis\s(?:clear|free|empty)"
    rf"|{_NAME}\shas\snothing\son\s(?:top\sof\s)?it"
    rf"|\b(?:clear|free)\s?[:=]\s?({_LIST})"
)
_HAND = (
    r"(?:(?:the|my|our|robot'?s?|a|robotic|its)\s)*(?:hand|arm|gripper|robot|crane)(?:'s\shand)?"
)
_HAND_EMPTY = re.compile(
    rf"\b{_HAND}\s?(?:is\s|being\s|:\s?|=\s?)?(?:empty|free|holds?\snothing|holding\snothing)\b"
    r"|\b(?:holding\snothing|nothing\s(?:is\s)?in\s(?:the|my)\shand|empty\s(?:hand|arm|gripper))\b"
    r"|\bhandempty\b"
)
_HOLDING = re.compile(
    rf"\b(?:(?:{_HAND}|i|we|it)\s(?:is\s|am\s|are\s)?)?(?:holding|holds)\s{_NAME}"
    rf"|{_NAME}\s{_BE}(?:in\s{_HAND}|held)"
)
_UNDER = re.compile(rf"{_NAME}\s?{_BE}(?:directly\s)?(?:under|below|beneath|underneath)\s{_NAME}")
_ALL_ON_TABLE = re.compile(
    r"\b(?:all|every|everything|each)(?:\sof)?(?:\s(?:the|them|these))?(?:\s(?:blocks?|cubes?))?"
    rf"\s?{_BE}on\s{_TABLE}"
)
_STACK = re.compile(rf"[\[({{<]\s?({_LIST})\s?[\])}}>]")
_NAMED_STACK = re.compile(
    rf"\b(?:stack|tower|pile|column)\s?(?:#?\d|[a-z](?=\s?[:=]))?\s?[:=]\s?({_LIST})"
    r"(?=\s?(?:[.;|\n]|$|,?\s?\b(?:and\s)?(?:stack|tower|pile)))"
)
_BARRED = re.compile(rf"({_LIST})\s?\|\s?(?=[a-z0-9])|(?<=\|)\s?({_LIST})")
_DECLARED = re.compile(
    r"\b(?:(?:there\sare|i\shave|we\shave|with|given|have)\s)?(?:\w+\s)?"
    r"(?:blocks|cubes|boxes|bricks)\s?(?:named|called|labell?ed|are|is|[:=(])*\s?"
    rf"({_LIST})(?!\s?(?:is|are|on|sits?|stands?)\b)"
)
_TOP_FIRST = re.compile(
    r"\b(?:from\s)?(?:the\s)?top\s?(?:to|->|first|down)\s?(?:the\s)?(?:bottom)?\b"
    r"|\btopmost\sfirst\b"
)
_BOTTOM_FIRST = re.compile(
    r"\b(?:(?:listed|written|given|read|each)\s)*(?:from\s)?(?:the\s)?bottom\s?(?:to|->|first|up)"
    r"\s?(?:the\s)?(?:top)?\b"
)
_PHRASES = re.compile(
    r"\b(?:find|give|write|make|need|want|produce|compute|generate|output)\s(?:me\s|us\s)?(?:a|the)"
    r"\s(?:(?:valid|shortest|short|optimal|good|possible)\s)*(?:plan|sequence|solution|list)\b"
    r"|\bwhat\sis\s(?:a|the)\b|\bis\sthere\sa\b"
    r"|\ba\s(?:plan|robot|table|hand|stack|tower|goal|blocks?\s?world)\b"
    r"|\bin\sa\b|\bwith\sa\b|\bone\sat\sa\stime\b|\b\d+\sblocks\b|\bas\sa\b"
)
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """i me my we us our you your please can could would help thanks thank hi hello hey the of
        to and then so that which with in at is are be it them these this there here
        have has had now plan plans planning find give write show tell produce compute
        solve solving solution sequence steps step actions action moves move blocks
        block world blocksworld bw problem domain state states initial initially init
        start starting begin beginning current currently goal goals target final desired
        end configuration situation conditions condition facts fact position positions
        arrangement setup define objects stack stacks stacked tower towers pile piles
        table hand arm robot gripper empty operators pick up put down unstack using use
        only four following as follows by into from for what how do does should must get
        reach reached achieve order valid shortest optimal short possible minimal fewest
        any need want like if when where on top one no not both also else everything
        other others nothing rest unchanged stays remain remains matter bottom list
        listed below above given cube cubes box boxes brick bricks named called first
        second next finally let lets all pddl instance strips s classic arrange
        rearrange build looks look d m re ll been being simply just holds hold holding
        clear free""",
    )
)


@dataclass(slots=True)
class Statements:
    """What a part of a text says: facts, and blocks that it names."""

    facts: list[Fact] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)


def read_statements(init: str, goal: str, rest: str) -> tuple[Statements | None, Statements | None]:
    """Read both states; None for one that holds anything but facts and words of such a question."""
    text = " ".join((rest, init, goal))
    reverse = bool(_TOP_FIRST.search(text)) and not _BOTTOM_FIRST.search(text)
    if not only_known_words(rest) and _read(rest, reverse) is None:
        return None, None
    before = _read(f"{rest} . {init}", reverse)
    after = _read(goal, reverse)
    if before is None or after is None or not (before.facts or before.blocks) or not after.facts:
        return None, None
    return before, after


def only_known_words(text: str) -> bool:
    """Say whether a text has only words of a question about plans, and no names of blocks."""
    text = _PHRASES.sub(" ", _TOP_FIRST.sub(" ", _BOTTOM_FIRST.sub(" ", text)))
    return all(word in _WORDS for word in re.findall(r"[a-z0-9_]+", text)) and not re.search(
        r"[#$%@^~\\]", text
    )


def _read(text: str, reverse: bool) -> Statements | None:
    """Read the facts of one state; None if more is said."""
    found = Statements()
    text = re.sub(
        r"[^\S\n]+", " ", re.sub(r"[*`\"_]{1,3}(?=\w)|(?<=\w)[*`\"]{1,3}|\u2022", "", text)
    )
    text = _PHRASES.sub(" ", _TOP_FIRST.sub(" ", _BOTTOM_FIRST.sub(" ", text)))
    text = re.sub(r"\s?\n\s?[-*\u2022]?\s?", " . ", text)
    everything = _ALL_ON_TABLE.search(text) is not None
    text = _ALL_ON_TABLE.sub(" ", text)

    def take(pattern: re.Pattern[str], facts: str) -> None:
        nonlocal text
        for match in pattern.finditer(text):
            found.facts += _facts(match, facts, reverse)
        text = pattern.sub(" . ", text)

    take(_STACK, "stack")
    take(_NAMED_STACK, "stack")
    take(_BARRED, "stack")
    take(_HAND_EMPTY, "handempty")
    take(_HOLDING, "holding")
    take(_NOTHING_ON, "clear")
    take(_UNDER, "under")
    take(_MANY_ON_TABLE, "ontable")
    take(_CHAIN, "chain")
    take(_ON_TABLE_MANY, "ontable")
    take(_CLEAR, "clear")
    for match in _DECLARED.finditer(text):
        found.blocks += _names(match[1])
    text = _DECLARED.sub(" . ", text)
    take(_EMPTY_TABLE, "ontable")
    if everything:
        found.facts += [("ontable", name) for name in found.blocks]
    return found if only_known_words(text) else None


def _facts(match: re.Match[str], kind: str, reverse: bool) -> Iterator[Fact]:
    groups = [group for group in match.groups() if group]
    if kind == "handempty":
        yield ("handempty",)
    elif kind == "holding":
        yield ("holding", groups[0])
    elif kind == "under":
        yield ("on", groups[1], groups[0])
    elif kind in ("clear", "ontable"):
        for name in _names(groups[0]):
            yield (kind, name)
    elif kind == "stack":
        names = _names(groups[0])[:: -1 if reverse else 1]
        yield ("ontable", names[0])
        for lower, upper in itertools.pairwise(names):
            yield ("on", upper, lower)
    else:
        parts = re.split(rf"\b{_ON}", match[0])
        places = [_names(part)[-1:] for part in parts]  # no name for the table
        for above, under in itertools.pairwise(places):
            if above:
                yield ("on", above[0], under[0]) if under else ("ontable", above[0])


def _names(text: str) -> list[str]:
    """Return the names of blocks in a piece that consists of them."""
    return [found[1] for found in re.finditer(_NAME, text)]
