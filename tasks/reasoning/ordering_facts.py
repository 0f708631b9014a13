"""Read statements of order: `Ann is taller than Sue but shorter than Tom`, `A > B > C`."""

from __future__ import annotations

import re

from tasks.reasoning.deduction_sentences import plain
from tasks.reasoning.deduction_text import split_statements
from tasks.reasoning.ordering_names import Names
from tasks.reasoning.ordering_relations import VERB, Relative, read_relation, spelled_out

Fact = tuple[int, Relative]  # of whom (number of the name), and what is said
_WHO_IS = re.compile(r"(.+?),? (?:who|which)(?: in turn)? ((?:is|was|finished|sits|came) .+)", re.I)
_SCENE = re.compile(
    r"^(?:in|on|at|during) (?:an?|the|this|my|our|one|his|her|their) "
    r"(?!\S+ (?:is|are|was|were|beat|finished|came|sits|stands) )(?-i:[a-z-]+ ?){1,4}(?:, |"
    r" (?=[A-Z]))",
    re.I,
)


MAX_CHARACTERS = 300  # of one statement


def read_facts(statement: str, names: Names) -> list[Fact] | None:
    """Return (name, relation) for all that a sentence says."""
    statement = spelled_out(_SCENE.sub("", plain(statement), count=1))
    if statement.count(" who ") + statement.count(" which ") > 3:
        return None
    if match := _WHO_IS.fullmatch(statement):
        first = read_facts(match[1], names)
        if not first or not first[-1][1].indices:
            return None
        last = names.names[first[-1][1].indices[-1]]
        rest = read_facts(f"{last} {match[2]}", names)
        return None if rest is None else [*first, *rest]
    parts = split_statements(statement, lambda part: _single(part, names.copy()) is not None)
    if parts is None:
        return None
    found = [_single(part, names) for part in parts]
    return None if None in found else [fact for facts in found for fact in facts or ()]


def _single(statement: str, names: Names) -> list[Fact] | None:
    """Return (name, relation) for each relation that a statement states."""
    if len(statement) > MAX_CHARACTERS:
        return None
    text = spelled_out(plain(statement))
    if chain := _chain(text, names):
        return chain
    for match in re.finditer(
        rf"(?:^| )(?:{VERB}) |(?= (?:to the |immediately |directly )?(?:left|right|above|below|"
        rf"before|after|behind|ahead|older|newer|next) )|(?= (?:\w+er|more \w+|less \w+) than )",
                             text, re.I):  # fmt: skip
        subject, said = text[: match.start()].strip(), text[match.end() :].strip()
        if not subject:
            continue
        found = read_relation(said)
        if found is None:
            continue
        people = (
            [subject]
            if names.listed and names.find(subject) is not None
            else (re.split(r",? and |, ", subject))
        )
        result = []
        for who in people:
            index = names.find(who)
            if index is None:
                return None
            for relation in found:
                bound = bound_to(relation, names)
                if bound is None or index in bound.indices:
                    return None
                result.append((index, bound))
        return result
    return None


def bound_to(relation: Relative, names: Names) -> Relative | None:
    """Return the relation with the numbers of the others; None if they are no names."""
    indices = [names.find(other) for other in relation.others]
    if any(index is None for index in indices) or len({*indices}) < len(indices):
        return None
    return relation._replace(indices=tuple(index for index in indices if index is not None))


def _chain(text: str, names: Names) -> list[Fact] | None:
    """Read `A > B > C`."""
    parts = re.split(r" ?([<>]) ?", text)
    if len(parts) < 3:
        return None
    found = []
    for at in range(0, len(parts) - 2, 2):
        first, second = names.find(parts[at]), names.find(parts[at + 2])
        if first is None or second is None or first == second:
            return None
        sign = 1 if parts[at + 1] == ">" else -1
        found.append((first, Relative("before", frozenset({("size", sign)}), (names.names[second],),
                                      indices=(second,))))  # fmt: skip
    return found
