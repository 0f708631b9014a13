"""Read where blocks are from words: `a on b, b on the table`, `[a b] [c]`, `the hand is empty`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tasks.reasoning.planning_facts import Fact

COLOURS = (
    *("red", "blue", "green", "yellow", "orange", "purple", "white", "black", "pink", "brown"),
    *("gr[ae]y", "cyan", "magenta", "violet", "gold", "silver"),
)
CORE = rf"(?:[a-z]\d{{0,2}}|\d{{1,2}}|(?:b|block|cube|box)[-_]?\d{{1,2}}|{'|'.join(COLOURS)})"
_THE = r"(?:(?:the|block|cube|box|brick)\s)*"
_KIND = r"(?:\s(?:block|cube|box|brick)\b)?"
_NAME = rf"{_THE}(?<![\w-])({CORE})(?![\w-]){_KIND}"
_ANY = rf"{_THE}(?<![\w-]){CORE}(?![\w-]){_KIND}"  # the same without a group
_AND = r"(?:\s?,\s?(?:and\s)?|\sand\s|\s?&\s?)"
_TABLE = r"(?:(?:the|a)\s)?(?:table(?:top)?|floor|ground|desk)\b"
_ON = r"(?:directly\s|right\s|stacked\s)*(?:on\stop\sof|onto|on|atop|upon|over|above)\s"
_AFTER_ON = re.compile(
    r"\b(?:on|of|onto|over|above|atop|upon)\s(?:(?:the|block|cube|box|brick)\s)*$"
)
_BE = (
    r"(?:\s?(?:\b(?:is|are|sits?|stands?|lies|rests?|be|being|goes|should|must|placed|put|stacked"
    r"|sitting|standing|resting|all|both|also|directly|currently|left|stays?|to|alone|by itself"
    r"|each)\b|=|:)\s?)*\s?"
)
_JOIN = r"(?:,?\s(?:which|that|and\s(?:that|this|it|which))(?:\s(?:in\sturn|itself))?)?"
_LIST = rf"{_ANY}(?:(?:{_AND}|\s){_ANY}){{0,30}}"
_CHAIN = re.compile(
    rf"{_ANY}\s?{_BE}{_ON}(?:{_TABLE}|{_ANY})(?:{_JOIN}\s?{_BE}{_ON}(?:{_TABLE}|{_ANY}))*"
)
_MANY_ON_TABLE = re.compile(rf"({_ANY}(?:{_AND}{_ANY}){{1,30}})\s?{_BE}on\s{_TABLE}")
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
    r"\b(?:all|every|everything|each)(?:\sof)?(?:\s(?:the|them|these|two|three|four|five|six))*"
    r"(?:\s(?:blocks?|cubes?))?"
    rf"\s?{_BE}on\s{_TABLE}"
)
_STACK = re.compile(rf"[\[({{<]\s?({_LIST})\s?[\])}}>]")
_DASHED = re.compile(
    rf"(?<![\w-])({CORE}(?:-{CORE})+)(?![\w-])"
    rf"(?:\s?\(?({CORE})\s(?:is\s)?(?:at|on)\s(?:the\s)?(bottom|top)"
    rf"(?:[\s,]+(?:and\s)?{CORE}\s(?:is\s)?(?:at|on)\s(?:the\s)?(?:bottom|top))?\)?)?"
)
_MAPPED = re.compile(
    rf"(?<=[{{,])\s?[\"']?({CORE})[\"']?\s?:\s?[\"']?(table|{CORE})[\"']?(?=\s?[,}}])"
)
_NAMED_STACK = re.compile(
    r"\b(?:(?:left|right|first|second|third|middle|other)\s)?(?:stack|tower|pile|column)\s?"
    rf"(?:#?\d|[a-z](?=\s?[:=]))?\s?(?:[:=]|is|has|contains|holds)\s?({_LIST})"
    r"(?=\s?(?:[.;|\n]|$|,?\s?\b(?:and\s)?"
    r"(?:(?:the|left|right|first|second|third|middle|other)\s)*(?:stack|tower|pile)))"
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
    r"|\bwhere\s(?:'?x\s?[:,>-]+\s?y'?|x\s?\S\s?y)\smeans\s(?:that\s)?x\s(?:is|sits)\s(?:directly"
    r"\s)?on\s(?:top\sof\s)?y\b"
    r"|\bone\sblock\sat\sa\stime\b|\bone\sat\sa\stime\b"
    r"|\b(?:in|as|with)\sa\s(?:single\s|new\s|robot\s|robotic\s)*(?:row|stack|tower|pile|line|robot|hand|arm)\b"
)
_COUNTED = re.compile(r"\b\d{1,2}\s(?:blocks|cubes)\b")
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """i hey quick minimal number matters each time list lists nothing stacked swap two three
        four five six seven eight nine ten instead robotic left right directly same sits
        is question puzzle like place called just sort blockworld minimum me my we us
        our you your please can could would help thanks thank hi hello the of to and
        then so that which with in at are be it them these this there here have has had
        now plan plans planning find give write show tell produce compute solve solving
        solution sequence steps step actions action moves move blocks block world
        blocksworld bw problem domain state states initial initially init start starting
        begin beginning current currently goal goals target final desired end
        configuration situation conditions condition facts fact position positions
        arrangement setup define objects stack stacks tower towers pile piles table hand
        arm robot gripper empty operators pick up put down unstack using use only
        following as follows by into from for what how do does should must get reach
        reached achieve order valid shortest optimal short possible fewest any need want
        if when where on top one both else everything other others unchanged stays
        remain remains matter bottom listed below above given cube cubes box boxes brick
        bricks named first second next finally let lets all pddl instance strips s
        classic arrange rearrange build looks look d m re ll been being simply holds
        hold holding clear free few ai class course homework school exercise lecture upside
        down around moving same time afterwards eventually later ends ended row listing
        exactly least smallest pls plz mine again still currently together becomes
        becoming also look standing sitting result done stacking task mini mechanical
        arm's want wants wanted wish turn over swapped there's finish finished
        per playing aim moment none many way round works work reading means ever too well
        fetch beside next each bring brings reverse after before whole present go going""",
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
    known = [] if before is None else [name for fact in before.facts for name in fact[1:]]
    after = _read(goal, reverse, known)
    if before is None or after is None or not (before.facts or before.blocks) or not after.facts:
        return None, None
    return before, after


def only_known_words(text: str) -> bool:
    """Say whether a text has only words of a question about plans, and no names of blocks."""
    text = _PHRASES.sub(" ", _TOP_FIRST.sub(" ", _BOTTOM_FIRST.sub(" ", text)))
    text = _COUNTED.sub(" ", text)
    return all(word in _WORDS for word in re.findall(r"[a-z0-9_]+", text)) and not re.search(
        r"[#$%@^~\\]", text
    )


def _read(text: str, reverse: bool, known: Sequence[str] = ()) -> Statements | None:
    """Read the facts of one state; None if more is said.

    Args:
        text: of the state.
        reverse: stacks are listed from the top.
        known: blocks that `all blocks` means.
    """
    found = Statements()
    text = re.sub(
        r"[^\S\n]+", " ", re.sub(r"[*`\"_]{1,3}(?=\w)|(?<=\w)[*`\"]{1,3}|\u2022", "", text)
    )
    text = _PHRASES.sub(" ", _TOP_FIRST.sub(" ", _BOTTOM_FIRST.sub(" ", text)))
    text = re.sub(r" +", " ", re.sub(r"\s?\n\s?[-*\u2022]?\s?", " . ", text))

    def take(pattern: re.Pattern[str], facts: str) -> None:
        nonlocal text
        for match in pattern.finditer(text):
            found.facts += _facts(match, facts, reverse)
        text = pattern.sub(" . ", text)

    if "{" in text:
        take(_MAPPED, "mapped")
    take(_STACK, "stack")
    take(_DASHED, "dashed")
    take(_NAMED_STACK, "stack")
    if "|" in text:
        take(_BARRED, "stack")
    take(_HAND_EMPTY, "handempty")
    take(_HOLDING, "holding")
    take(_NOTHING_ON, "clear")
    take(_UNDER, "under")
    text = _take_many_on_table(text, found)
    everything = _ALL_ON_TABLE.search(text) is not None
    text = _ALL_ON_TABLE.sub(" ", text)
    take(_CHAIN, "chain")
    take(_ON_TABLE_MANY, "ontable")
    take(_CLEAR, "clear")
    for match in _DECLARED.finditer(text):
        found.blocks += _names(match[1])
    text = _DECLARED.sub(" . ", text)
    take(_EMPTY_TABLE, "ontable")
    if everything:
        found.facts += [("ontable", name) for name in dict.fromkeys((*known, *found.blocks))]
    return found if only_known_words(text) else None


def _take_many_on_table(text: str, found: Statements) -> str:
    """Read `a, b and c are on the table`, but not `c on a, b on the table`."""
    start = 0
    while match := _MANY_ON_TABLE.search(text, start):
        if _AFTER_ON.search(text[: match.start()]):
            start = match.start() + 1
            continue
        found.facts += [("ontable", name) for name in _names(match[1])]
        start = match.start()
        text = f"{text[:start]} . {text[match.end() :]}"
    return text


def _facts(match: re.Match[str], kind: str, reverse: bool) -> Iterator[Fact]:
    groups = [group for group in match.groups() if group]
    if kind == "handempty":
        yield ("handempty",)
    elif kind == "holding":
        yield ("holding", groups[0])
    elif kind == "mapped":
        table = groups[1] == "table"
        yield ("ontable", groups[0]) if table else ("on", groups[0], groups[1])
    elif kind == "under":
        yield ("on", groups[1], groups[0])
    elif kind in ("clear", "ontable"):
        for name in _names(groups[0]):
            yield (kind, name)
    elif kind in ("stack", "dashed"):
        names = _names(groups[0].replace("-", " "))
        if len(groups) > 1:  # `a-b-c (a at the bottom)`
            reverse = (groups[1] == names[0]) == (groups[2] == "top")
        names = names[:: -1 if reverse else 1]
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
