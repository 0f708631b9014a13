"""Read questions about an order: options, `who is tallest?`, `is A left of B?`, `what order?`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.reasoning.ordering_facts import Fact, bound_to, read_facts
from tasks.reasoning.ordering_names import Names
from tasks.reasoning.ordering_relations import (
    FIRST_LAST,
    VERB,
    Relative,
    opposite,
    read_relation,
    read_superlative,
)
from tasks.reasoning.ordering_words import Directions

Claims = list[tuple[int, Relative, str]]  # of whom, what is said, the answer that it stands for
_WHICH = re.compile(
    r"(?:(?:given|based on|from|according to)[^,]{0,60}, )?(?:which|what)(?: one)?(?: of)?"
    r"(?: the| these)?(?: (?:following|options?|statements?|answers?|conclusions?|above|below))*"
    r"(?: (?:is|are|must be|follows?|can be|holds?|has to be))*"
    r"(?: (?:correct|true|right|valid|concluded|inferred|deduced|certain))*",
    re.I,
)
_SEQUENCE = re.compile(
    r"(?:(?:what|which)(?:'s| is| was)? (?:the )?(?:\w+ )?(?:order|sequence|ranking|arrangement)|"
    r"(?:what|which) order (?:are|do|did|were) .*|in (?:what|which) order .*|"
    r"(?:give|find|tell me|list|state|name|work out|determine|figure out)(?: me)?(?: all)?(?: of)?"
    r"(?: the| them| their)?(?: \w+){0,2}? ?(?:order|sequence|ranking)?|"
    r"(?:order|rank|sort|arrange|list|put|line up)(?: \w+){0,3})"
    r"(?P<rest>(?: (?:of|from|by|in|starting|beginning|going|with|to|according)\b.*)?)",
    re.I,
)
_POLAR = re.compile(r"(?:is|are|was|were|did|does|do|will) (?P<rest>.+)", re.I)
_TRUTH = re.compile(
    r"(?:(?:is it )?(?:true or false|true/false|t/f))[:,]? (?:that )?(?P<after>.+)|"
    r"(?P<before>.+?)[.:,]? \(?(?:true or false|true/false|t/f)\)?|"
    r"(?:is it (?:true|the case|correct) that|(?:determine|decide|tell me|say) (?:whether|if)|"
    r"does it follow that|can (?:we|you|i) (?:conclude|infer|deduce|say|tell)(?: that| if|"
    r" whether)?|"
    r"do we know (?:that|if|whether)) (?P<that>.+)",
    re.I,
)
_WHO = re.compile(
    rf"(?:who|what|which(?: (?:one|of them|of the \w+|"
    rf"[\w-]+(?: \w+)?))?)(?:'s)? (?P<said>(?:{VERB} )?.+)",
    re.I,
)


def read_question(
    question: str, options: list[tuple[str, str]], names: Names
) -> tuple[Claims | None, Directions | None] | None:
    """Return the claims (None: the order itself), and the end that the order shall start from."""
    if options:
        found = _options(question, options, names)
        return None if found is None else (found, None)
    for reader in (_truth, _either, _polar, _who):
        claims = reader(question, names)
        if claims:
            return claims, None
    if _SEQUENCE.fullmatch(question):
        start = re.search(
            r"(?:from|starting with|beginning with)(?: the)? ([\w-]+(?: [\w-]+)?)", question
        )
        if start is None:  # which end comes first must be plain from the words
            return None, FIRST_LAST
        first = read_superlative(start[1]) or read_superlative(start[1].split(" ")[0])
        return (None, first.directions) if first else None
    return None


def _options(question: str, options: list[tuple[str, str]], names: Names) -> Claims | None:
    found: Claims = []
    for letter, text in options:
        facts = read_facts(text, names)
        if not facts and (index := names.find(text)) is not None:
            who = _who(question, names)  # the options are names
            facts = [(a, r) for a, r, _ in who or () if a == index]
        elif not _WHICH.fullmatch(question):
            return None
        if not facts or len(facts) != 1:
            return None
        found.append((*facts[0], f"({letter})"))
    return found


def _truth(question: str, names: Names) -> Claims | None:
    match = _TRUTH.fullmatch(question)
    if match is None:
        return None
    said = match["after"] or match["before"] or match["that"]
    labels = ("yes", "no") if match["that"] else ("true", "false")
    facts = read_facts(said, names)
    return _both(facts, labels) if facts and len(facts) == 1 else _polar(said, names, labels)


def _polar(question: str, names: Names, labels: tuple[str, str] = ("yes", "no")) -> Claims | None:
    match = _POLAR.fullmatch(question)
    facts = read_facts(match["rest"], names) if match else None
    return _both(facts, labels) if facts and len(facts) == 1 else None


def _both(facts: list[Fact], labels: tuple[str, str]) -> Claims:
    (subject, relation), (yes, no) = facts[0], labels
    return [(subject, relation, yes), (subject, opposite(relation), no)]


def _either(question: str, names: Names) -> Claims | None:
    """Read `Who is taller, Ann or Bob?` and `Is Ann or Bob taller?`."""
    match = re.fullmatch(
        rf"(?:who|which(?: one| of them| \w+)?|"
        rf"what)(?:'s)? (?:(?:{VERB}) )?(.+?)[,:]? (?:the )?([\w' -]+?) or (?:the )?([\w' -]+)",
        question, re.I,
    )  # fmt: skip
    said, pair = (match[1].rstrip(",:"), (match[2], match[3])) if match else ("", ("", ""))
    if match is None:
        return None
    first, second = (names.find(name) for name in pair)
    if first is None or second is None or first == second:
        return None
    relation = read_relation(f"{said} than x") or read_relation(f"{said} x")
    if relation is not None and len(relation) == 1 and relation[0].others == ("x",):
        one = relation[0]
        return [
            (a, one._replace(others=(names.names[b],), indices=(b,)), names.names[a])
            for a, b in ((first, second), (second, first))
        ]
    place = read_relation(said)
    if place is None or len(place) != 1 or place[0].others:
        return None
    return [(n, place[0], names.names[n]) for n in (first, second)]


def _who(question: str, names: Names) -> Claims | None:
    among: Sequence[int] = range(len(names.names))
    if match := re.fullmatch(r"(.+?)[:,] ((?:[^,:]+, )*[^,:]+?,? or [^,:]+)", question):
        asked = [names.find(name) for name in re.split(r",? or |, ", match[2])]
        if None in asked or len({*asked}) < len(asked):
            return None
        question, among = match[1], [n for n in asked if n is not None]
    match = _WHO.fullmatch(question)
    if match is None:
        return None
    said = re.sub(rf"^(?:{VERB}) ", "", match["said"], flags=re.I)
    relation = read_relation(said)
    if relation is None or len(relation) != 1:
        return None
    bound = bound_to(relation[0], names)
    if bound is None:
        return None
    return [(n, bound, names.names[n]) for n in among if n not in bound.indices]
