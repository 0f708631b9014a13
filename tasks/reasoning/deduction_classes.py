"""Inference in the form `classes`: which facts follow from facts and rules of `each X is Y`.

One action applies one rule to what is known, forwards (it is a cat, so a feline) or backwards (no
feline, so no cat), or supposes a claim to be false. A supposition that contradicts itself proves
the claim; one from which nothing more follows shows that the claim may be false. All rules are Horn
clauses, for which this is complete.

A slot is a rule for one individual, and behind the rules a claim. Facts are bits: one for each
individual and property.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from tasks.protocol import InvalidTaskError
from tasks.reasoning.deduction_problem import (
    CONTRADICTION,
    UNKNOWN,
    DeductionPayload,
    Sentence,
    read_sentence,
)

MAX_RULES = 120  # for the individuals that matter
FORWARD, BACKWARD = 0, 1
NOBODY = -1


class Rule(NamedTuple):
    """`conditions` (bits) imply that `head` (one bit) is true, or false if not positive."""

    conditions: int
    head: int
    positive: bool
    text: str


class Literal(NamedTuple):
    """A fact: one bit is true, or false if not positive."""

    bit: int
    positive: bool


class ClassProblem:
    """The premises for the individuals that matter; equal problems come from equal payloads.

    Those of the claims matter. If the premises contradict each other about somebody, only that
    individual matters, and the contradiction is what is to be derived.
    """

    def __init__(self, payload: DeductionPayload) -> None:
        self.payload = payload
        self._hash = hash(payload)
        premises = [read_sentence(text) for text in payload.premises]
        claims = [read_sentence(text) for text in payload.claims]
        everybody = dict.fromkeys(s.subject.casefold() for s in (*claims, *premises) if s.subject)
        asked = list(dict.fromkeys(claim.subject.casefold() for claim in claims))
        torn = next((who for who in everybody if _is_torn(premises, who)), None)
        self.consistent = torn is None
        self.individuals = asked if torn is None else [torn]
        self.properties = list(
            dict.fromkeys(p.casefold() for s in (*premises, *claims) for p in _predicates(s))
        )
        self.rules = tuple(
            Rule(
                sum(self.bit(who, p) for p in dict.fromkeys(map(str.casefold, rule.conditions))),
                self.bit(who, rule.predicate),
                rule.positive,
                text,
            )
            for who in self.individuals
            for rule, text in zip(premises, payload.premises, strict=True)
            if rule.conditions
        )
        self.claims = tuple(Literal(self.bit(c.subject, c.predicate), c.positive) for c in claims)
        given = [s for s in premises if s.subject.casefold() in self.individuals and s.subject]
        self.true = _union(self.bit(s.subject, s.predicate) for s in given if s.positive)
        self.false = _union(self.bit(s.subject, s.predicate) for s in given if not s.positive)
        self.distances = _distances(self.rules, self.claims)
        self.names = {s.subject.casefold(): s.subject for s in (*claims, *premises)}
        self.phrases = _phrases(payload, [*premises, *claims])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClassProblem) and self.payload == other.payload

    def __hash__(self) -> int:
        return self._hash

    def bit(self, who: str, predicate: str) -> int:
        """Return the bit of a fact; 0 for individuals that do not matter."""
        if who.casefold() not in self.individuals:
            return 0
        row = self.individuals.index(who.casefold()) * len(self.properties)
        return 1 << (row + self.properties.index(predicate.casefold()))

    def sentence(self, bit: int, positive: bool) -> str:
        """Return a fact in the language of the payload."""
        row, column = divmod(bit.bit_length() - 1, len(self.properties))
        who, what = self.names[self.individuals[row]], self.phrases[self.properties[column]]
        return f"{who} is {'' if positive else 'not '}{what}"


class Knowledge(NamedTuple):
    """A state.

    Attributes:
        problem: as given.
        true: bits of what was derived to be true.
        false: bits of what was derived to be false.
        supposed: number of the claim that is supposed to be false; NOBODY for none.
        true_then: like `true`, with what follows from the supposition; 0 without one.
        false_then: like `false`.
        open: bits of the claims that may be false.
    """

    problem: ClassProblem
    true: int
    false: int
    supposed: int
    true_then: int
    false_then: int
    open: int


@lru_cache(maxsize=256)
def start(payload: DeductionPayload) -> Knowledge:
    """Return what is known before any inference.

    Raises:
        InvalidTaskError: if there are too many rules for the individuals that matter.
    """
    problem = ClassProblem(payload)
    if len(problem.rules) > MAX_RULES:
        raise InvalidTaskError(f"{len(problem.rules)} rules to apply; at most {MAX_RULES}")
    return Knowledge(problem, problem.true, problem.false, NOBODY, 0, 0, 0)


def held(state: Knowledge) -> tuple[int, int]:
    """Return what is true and what is false here, under the supposition if there is one."""
    if state.supposed == NOBODY:
        return state.true, state.false
    return state.true_then, state.false_then


def inferences(state: Knowledge) -> list[tuple[int, int]]:
    """Return (slot of a rule, FORWARD or BACKWARD) for each inference that adds something."""
    true, false = held(state)
    found = []
    for slot, rule in enumerate(state.problem.rules):
        missing = rule.conditions & ~true
        if not missing:
            if not rule.head & (true if rule.positive else false):
                found.append((slot, FORWARD))
        elif (
            rule.head & (false if rule.positive else true)
            and missing & (missing - 1) == 0
            and not missing & false
        ):
            found.append((slot, BACKWARD))
    return found


def choices(state: Knowledge) -> list[tuple[int, int]]:
    """Return all legal actions as (slot, verb); none at an end."""
    if is_over(state):
        return []
    found = inferences(state)
    if state.supposed == NOBODY and state.problem.consistent:
        rules = len(state.problem.rules)
        found += [(rules + c, 0) for c in range(len(state.problem.claims)) if not _open(state, c)]
    return found


def infer(state: Knowledge, slot: int, verb: int) -> tuple[Knowledge, str]:
    """Make a legal inference; return the state after it, and a line that says what was inferred."""
    problem = state.problem
    if slot >= len(problem.rules):
        claim = problem.claims[slot - len(problem.rules)]
        line = f"suppose {problem.sentence(claim.bit, not claim.positive)}"
        true, false = state.true, state.false
        if claim.positive:
            false |= claim.bit
        else:
            true |= claim.bit
        after = state._replace(supposed=slot - len(problem.rules), true_then=true, false_then=false)
    else:
        bit, positive = conclusion(state, slot, verb)
        line = f"{problem.sentence(bit, positive)}, because {problem.rules[slot].text}"
        true, false = held(state)
        true, false = (true | bit, false) if positive else (true, false | bit)
        if state.supposed == NOBODY:
            return state._replace(true=true, false=false), line
        after = state._replace(true_then=true, false_then=false)
    return _closed(after, line)


def conclusion(state: Knowledge, slot: int, verb: int) -> tuple[int, bool]:
    """Return the fact that an inference adds: its bit, and whether it is true."""
    rule = state.problem.rules[slot]
    if verb == FORWARD:
        return rule.head, rule.positive
    return rule.conditions & ~held(state)[0], False


def is_over(state: Knowledge) -> bool:
    """Say whether a claim is proved, all may be false, or the premises contradict each other."""
    if state.true & state.false:
        return True
    if not state.problem.consistent or state.supposed != NOBODY:
        return False
    claims = range(len(state.problem.claims))
    return any(_proved(state, c) for c in claims) or all(_open(state, c) for c in claims)


def answer(state: Knowledge) -> str | None:
    """Return the answer at an end, None before."""
    if not is_over(state):
        return None
    if state.true & state.false:
        return CONTRADICTION
    labels = state.problem.payload.labels
    proved = [label for c, label in enumerate(labels) if _proved(state, c)]
    return " and ".join(proved) or UNKNOWN


def describe(state: Knowledge) -> str:
    """Return premises, claims and what was derived, as text."""
    problem = state.problem
    parts = ["; ".join(problem.payload.premises) or "nothing given"]
    parts.append("asked: " + "; ".join(problem.payload.claims))
    parts.append(f"answers: {', '.join(problem.payload.labels)}")
    parts.append(f"known: {_listed(problem, state.true, state.false)}")
    if state.supposed != NOBODY:
        then = _listed(problem, state.true_then, state.false_then)
        parts.append(f"supposing that claim {state.supposed + 1} is false: {then}")
    may_be = [str(c + 1) for c in range(len(problem.claims)) if state.open >> c & 1]
    if may_be:
        parts.append(f"claims that may be false: {', '.join(may_be)}")
    return " | ".join(parts)


def _closed(state: Knowledge, line: str) -> tuple[Knowledge, str]:
    """End a supposition that contradicts itself or is exhausted."""
    claim = state.problem.claims[state.supposed]
    if state.true_then & state.false_then:
        proved = state.problem.sentence(claim.bit, claim.positive)
        after = state._replace(supposed=NOBODY, true_then=0, false_then=0)
        if claim.positive:
            after = after._replace(true=state.true | claim.bit)
        else:
            after = after._replace(false=state.false | claim.bit)
        return after, f"{line}; a contradiction, so {proved}"
    if not inferences(state):
        after = state._replace(
            supposed=NOBODY, true_then=0, false_then=0, open=state.open | 1 << state.supposed
        )
        return after, f"{line}; nothing more follows"
    return state, line


def _proved(state: Knowledge, claim: int) -> bool:
    bit, positive = state.problem.claims[claim]
    return bool(bit & (state.true if positive else state.false))


def _open(state: Knowledge, claim: int) -> bool:
    bit, positive = state.problem.claims[claim]
    return bool(state.open >> claim & 1 or bit & (state.false if positive else state.true))


def _listed(problem: ClassProblem, true: int, false: int) -> str:
    facts = [problem.sentence(bit, positive=True) for bit in _single(true)]
    facts += [problem.sentence(bit, positive=False) for bit in _single(false)]
    return "; ".join(facts) or "nothing"


def _predicates(sentence: Sentence) -> tuple[str, ...]:
    return (*sentence.conditions, sentence.predicate)


def _distances(rules: tuple[Rule, ...], claims: tuple[Literal, ...]) -> dict[tuple[int, bool], int]:
    """Return for facts (bit, is it true) how many rules lie between them and a claim."""
    before: dict[tuple[int, bool], list[tuple[int, bool]]] = {}
    for rule in rules:
        for bit in _single(rule.conditions):
            before.setdefault((rule.head, rule.positive), []).append((bit, True))
            before.setdefault((bit, False), []).append((rule.head, not rule.positive))
    found = {(claim.bit, sign): 0 for claim in claims for sign in (True, False)}
    line = deque(found)
    while line:
        fact = line.popleft()
        for earlier in before.get(fact, ()):
            if earlier not in found:
                found[earlier] = found[fact] + 1
                line.append(earlier)
    return found


def _single(bits: int) -> list[int]:
    return [1 << n for n in range(bits.bit_length()) if bits >> n & 1]


def _phrases(payload: DeductionPayload, sentences: list[Sentence]) -> dict[str, str]:
    """Return how properties are written, with an article where one is used."""
    found: dict[str, str] = {}
    for text, sentence in zip((*payload.premises, *payload.claims), sentences, strict=True):
        said = text.partition(" is ")[2].removeprefix("not ")
        key = sentence.predicate.casefold()
        if key not in found or len(said) > len(found[key]):
            found[key] = said
    for sentence in sentences:
        for condition in sentence.conditions:
            found.setdefault(condition.casefold(), condition)
    return found


def _is_torn(premises: list[Sentence], who: str) -> bool:
    """Say whether the premises contradict each other about one individual."""
    true: set[str] = set()
    false: set[str] = set()
    rules = []
    for premise in premises:
        if premise.conditions:
            rules.append(premise)
        elif premise.subject.casefold() == who:
            (true if premise.positive else false).add(premise.predicate.casefold())
    grown = True
    while grown:
        size = len(true) + len(false)
        for rule in rules:
            if all(condition.casefold() in true for condition in rule.conditions):
                (true if rule.positive else false).add(rule.predicate.casefold())
        grown = len(true) + len(false) > size
    return bool(true & false)


def _union(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)
