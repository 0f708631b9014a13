"""Find a deduction in a message: which premises, which claims, which answer each claim stands for.

Strict: a sentence that cannot be read makes the whole message none of this kind.
"""

from __future__ import annotations

import re

from tasks.protocol import InvalidTaskError
from tasks.reasoning.deduction_problem import MAX_CLAIMS, DeductionPayload, check
from tasks.reasoning.deduction_rewording import reworded_question
from tasks.reasoning.deduction_sentences import (
    PLURAL,
    Clause,
    Lexicon,
    Noun,
    is_name,
    plain,
    read_predicates,
    read_statement,
)
from tasks.reasoning.deduction_text import MAX_CHARACTERS, Message, split_statements, take_apart
from tasks.reasoning.deduction_words import singulars
from tasks.reasoning.ordering_parser import read_order

_CUE = re.compile(
    r"\b(?:every|each|all|no|is|are|was|were|isn't|aren't|finished|came|can|has|have|who|than|"
    r"left|right|"
    r"above|below|before|after|first|last)\b|[<>]",
    re.I,
)
_TRUTH = re.compile(
    r"(?:(?:is it|is the following|is this|determine if it is|decide if it is|say if it is)?"
    r"(?: statement| claim| sentence)?(?: true or false|true/false|t/f)|true or false|"
    r"true/false|t/f)"
    r"[:,?.]? (?:that )?(?P<after>.+)|"
    r"is (?:the|this) (?:following )?(?:statement|claim|conclusion|sentence|assertion):? "
    r"(?P<quoted>.+?)[.]? (?:true|correct|right|valid|true or false)|"
    r"(?P<before>.+?)[.:,?!]* \(?(?:true or false|true/false|t/f|right or wrong)\)?|"
    r"(?:determine|decide|check|say|tell me|figure out|work out|state|i (?:want|need|"
    r"would like) to "
    r"know|i wonder|i am wondering|i'd like to know) (?:whether|if)"
    r"(?: or not)?(?: it is true that| the statement| the claim)? (?P<whether>.+?)"
    r"(?: is true or false| is true| or not)?",
    re.I,
)
_YES = re.compile(
    r"(?:is it (?:true|the case|correct|right)(?: to say)? that|does it follow that|"
    r"do we know (?:that|whether)|does this mean(?: that)?|can (?:we|i|you|one) (?:conclude|"
    r"deduce|infer|say|tell)"
    r"(?: that| whether)?|would it be (?:true|right|correct) (?:to say )?that) (?P<claim>.+)",
    re.I,
)
_WHICH = re.compile(
    r"(?:(?:given|based on|from)[^,]{0,60}, )?(?:which|what)(?: one)?(?: of)?(?: the| these)?"
    r"(?: (?:following|options?|statements?|answers?|conclusions?|choices|above|below))*"
    r"(?: (?:is|are|must be|follows?|can be|holds?|has to be))+"
    r"(?: (?:correct|true|right|valid|concluded|inferred|deduced|from this))*|which is it",
    re.I,
)
_WHO = re.compile(r"(?:who|which(?: one)?|which of them) (is .+?)[,:]? ([^,:]+) or (.+)", re.I)
_TAG = re.compile(
    r", (?:right|correct|yes or no|yes|no|true|(?:isn't|is not|is) (?:he|she|it|they)|"
    r"(?:aren't|are) they)$",
    re.I,
)
_QUESTION = re.compile(r"(?P<verb>is|are|was|were|can|does|do|has|have) (?P<rest>.+)", re.I)


_HEDGED = re.compile(  # premises that hold for some, or in somebody's opinion
    r"\b(?:except|unless|hardly|rarely|often|sometimes|usually|mostly|almost|probably|maybe|might"
    r"|allegedly|supposedly|not always|(?:said|believed|thought|supposed) to"
    r"|(?:which|who|what)(?: one| of them| [a-z]+)? (?:is|are|was|were) not)\b",
    re.I,
)


def read_problem(text: str) -> DeductionPayload | None:
    """Return the problem of a message; None if it is no deduction.

    Raises:
        InvalidTaskError: if it is one, but too large, or against its own rules.
    """
    if not 8 <= len(text) <= MAX_CHARACTERS or not _CUE.search(text) or _HEDGED.search(text):
        return None
    message = take_apart(text)
    if message is None:
        return None
    payload = read_order(message) or _classes(message)
    if payload is not None:
        check(payload)
    return payload


def _classes(message: Message) -> DeductionPayload | None:
    clauses: list[Clause] = []
    for statement in message.statements:
        parts = split_statements(statement, lambda part: read_statement(part) is not None)
        if parts is None:
            return None
        clauses += [clause for part in parts for clause in read_statement(part) or ()]
    if not clauses or _joins_properties(clauses):
        return None
    asked = _Asked(clauses).read(message.question, message.options)
    if asked is None:
        return None
    claims, labels, extra = asked
    known = {c.subject.casefold() for c in [*clauses, *extra] if c.subject}
    claims = [_about_somebody(claim, known) for claim in claims]
    if not all(claim.subject for claim in claims):
        return None
    lexicon = Lexicon([*clauses, *extra, *claims])
    if not 1 <= len(claims) <= MAX_CLAIMS:
        raise InvalidTaskError(f"{len(claims)} claims to choose from; at most {MAX_CLAIMS}")
    names = {c.subject.casefold(): c.subject for c in [*claims, *clauses] if c.subject}
    shown = [lexicon.phrase(c.predicate) for c in clauses]  # spells the nouns in their order
    del shown
    return DeductionPayload(
        "classes",
        (),
        tuple(_sentence(c, lexicon, names) for c in (*clauses, *extra)),
        tuple(_sentence(c, lexicon, names) for c in claims),
        tuple(label if isinstance(label, str) else lexicon.key(label) for label in labels),
    )


def _joins_properties(clauses: list[Clause]) -> bool:
    """Say whether a fact joins two properties of rules, as `a black cat` does beside both."""
    nouns = [noun.text.casefold() for c in clauses for noun in (*c.conditions, c.predicate)]
    known = {one for noun in nouns for one in (noun, *singulars(noun))}
    ruled = {noun.text.casefold() for c in clauses for noun in c.conditions}
    ruled |= {one for noun in ruled for one in singulars(noun)}
    facts = {c.predicate.text.casefold() for c in clauses if c.subject} - ruled
    parts = [noun.rpartition(" ") for noun in facts]
    return any(
        first in known and not {last, *singulars(last)}.isdisjoint(known)
        for first, _, last in parts
        if first
    )


def _about_somebody(claim: Clause, known: set[str]) -> Clause:
    """Find who is meant by a name, such as `S` for `Shape S`; nobody if that is not plain."""
    name = claim.subject.casefold()
    if name in known:
        return claim
    meant = [one for one in known if name in one.split(" ") or one in name.split(" ")]
    return claim._replace(subject=meant[0] if len(meant) == 1 else "")


def _sentence(clause: Clause, lexicon: Lexicon, names: dict[str, str]) -> str:
    """Write a clause in the language of the payload."""
    subject = (
        names.get(clause.subject.casefold(), "")
        if clause.subject
        else (f"each {' and '.join(lexicon.key(noun) for noun in clause.conditions)}")
    )
    return f"{subject} is {'' if clause.positive else 'not '}{lexicon.phrase(clause.predicate)}"


Asked = tuple[list[Clause], list[str | Noun], list[Clause]]


class _Asked:
    """Reads questions about the individuals and classes that premises mention."""

    def __init__(self, clauses: list[Clause]) -> None:
        self._names = {c.subject.casefold() for c in clauses if c.subject}
        nouns = [n for c in clauses for n in (*c.conditions, c.predicate)]
        self._classes = {n.text.casefold() for n in nouns}
        self._classes |= {one for n in nouns if n.form == PLURAL for one in singulars(n.text)}

    def read(self, question: str, options: list[tuple[str, str]]) -> Asked | None:
        """Return claims, the label of each, and what is known of a class that is asked about."""
        question = reworded_question(plain(question))
        if options and not all(
            re.fullmatch(
                r"true|false|yes|no|unknown|uncertain|undetermined|cannot .+|not .+", text, re.I
            )
            for _, text in options
        ):
            return self._options(question, options)
        question = _TAG.sub("", question)
        if (found := self._truth(question)) is None:
            found = self._alternatives(question) or self._yes_or_no(question)
        if found is None and not _QUESTION.match(question):  # `Tom is a mammal, right?`
            found = self._truth(f"is it true that {question}")
        if found is None or not options:
            return found
        lettered: list[str | Noun] = []
        for label in found[1]:
            meant = "true|yes" if label in ("true", "yes") else "false|no"
            letter = next((a for a, text in options if re.fullmatch(meant, text, re.I)), None)
            if letter is None:
                return None
            lettered.append(f"({letter})")
        return found[0], lettered, found[2]

    def _options(self, question: str, options: list[tuple[str, str]]) -> Asked | None:
        if not _WHICH.fullmatch(question):
            return None
        claims = [self._claim(text) for _, text in options]
        if not all(claim and len(claim) == 1 for claim in claims):
            return None
        labels: list[str | Noun] = [f"({letter})" for letter, _ in options]
        return [c for claim in claims for c in claim or ()], labels, []

    def _truth(self, question: str) -> Asked | None:
        match = _TRUTH.fullmatch(question)
        labels: list[str | Noun] = ["true", "false"]
        said = next((part for part in match.groups() if part), "") if match else ""
        if match and match["whether"]:
            labels = ["yes", "no"]
        if not match and (yes := _YES.fullmatch(question)):
            said, labels = yes["claim"], ["yes", "no"]
        if not said:
            return None
        claim = read_statement(said)
        if claim is None or len(claim) != 1:
            found = self._yes_or_no(said)
            return None if found is None else (found[0], labels, found[2])
        if not claim[0].subject:  # of a class: a claim about any one of its members
            one = f"any {claim[0].conditions[0].text}"
            known = [Clause(one, (), True, noun) for noun in claim[0].conditions]
            about = claim[0]._replace(subject=one, conditions=())
            return [about, _opposite(about)], labels, known
        return [claim[0], _opposite(claim[0])], labels, []

    def _claim(self, text: str) -> list[Clause] | None:
        found = read_statement(text)
        return found if found and all(c.subject for c in found) else None

    def _alternatives(self, question: str) -> Asked | None:
        """Read `Is Jack a sterpus or a zumpus?` and `Who is a sterpus, Jack or Alex?`."""
        if match := _WHO.fullmatch(question):
            names = [match[2], match[3]]
            claims = [read_statement(f"{name} {match[1]}") for name in names]
            if all(name.casefold() in self._names for name in names) and all(
                c and len(c) == 1 for c in claims
            ):
                return [c[0] for c in claims if c], list(names), []
        question = re.sub(
            r"^(?:what|which(?: one| of them)?)(?: is|'s) ([^,:]+)[,:] ",
            r"is \1 ",
            question,
            flags=re.I,
        )
        question = re.sub(r"^which is true: |, or is \S+ ", lambda m: "" if ":" in m[0] else " or ",
                          question, flags=re.I)  # fmt: skip
        if " or " not in question:
            return None
        match = _QUESTION.fullmatch(question)
        if match is None or match["verb"].lower() not in ("is", "was", "are"):
            sides = [self._claim(side) for side in re.split(r",? or (?:is )?", question)]
            if len(sides) == 2 and sides[0] and sides[1] is None and len(sides[0]) == 1:
                return self._alternatives(f"is {question.replace(' is ', ' ', 1)}")
            if not all(side and len(side) == 1 for side in sides):
                return None
            both = [side[0] for side in sides if side]
            return both, [c.predicate for c in both], []
        split = self._subject(match["rest"])
        if split is None:
            return None
        subject, rest = split
        rest = re.sub(r"^(?:either |more likely )", "", rest.strip(" ,:"))
        texts = [re.sub(rf"^(?:is )?(?:{re.escape(subject)} )?(?:is )?", "", t, flags=re.I)
                 for t in re.split(r",? or |, (?=an? )", rest)]  # fmt: skip
        if len(texts) == 2 and re.fullmatch(r"not|isn't|is not", texts[1]):
            return self._yes_or_no(f"is {subject} {texts[0]}")
        predicates = [read_predicates(t) for t in texts]
        if not all(p and len(p) == 1 for p in predicates) or len(texts) < 2:
            return None
        found = [p[0] for p in predicates if p]
        if len(found) == 2 and found[0][1].text == found[1][1].text:
            return self._yes_or_no(f"is {subject} {texts[0]}")
        if not all(positive for positive, _ in found):
            return None
        return [Clause(subject, (), True, n) for _, n in found], [n for _, n in found], []

    def _yes_or_no(self, question: str) -> Asked | None:
        """Read `Is Polly furry?`, `Can Tweety fly?`, `Are all cats animals?`."""
        match = _QUESTION.fullmatch(question)
        if match is None:
            return None
        verb, rest = match["verb"].lower(), match["rest"]
        labels: list[str | Noun] = ["yes", "no"]
        if about := self._class_asked(verb, rest):
            claim, known = about
            return [claim, _opposite(claim)], labels, [known]
        split = self._subject(rest)
        if split is None:
            return None
        subject, said = split
        word = {"does": "", "do": ""}.get(verb, f"{verb} ")
        if verb in ("does", "do"):
            said = re.sub(r"^(not )?have ", lambda m: "does not have " if m[1] else "has ", said)
            if not said.startswith(("has ", "does ")):
                said = _third_person(said)
        found = read_statement(f"{subject} {word}{said}".replace(" are ", " is ", 1))
        if found is None or len(found) != 1 or not found[0].subject:
            return None
        return [found[0], _opposite(found[0])], labels, []

    def _class_asked(self, verb: str, rest: str) -> tuple[Clause, Clause] | None:
        """Read a question about all members of a class: a claim about any one of them."""
        match = re.fullmatch(r"(?:(every|each|all|any|an?) )?(.+)", rest, re.I)
        if match is None:
            return None
        words = match[2].split(" ")
        for size in range(min(4, len(words) - 1), 0, -1):
            noun, said = " ".join(words[:size]), " ".join(words[size:])
            if noun.casefold() in self._names and not match[1]:
                return None
            plural = verb in ("are", "do", "have") or (match[1] or "").lower() == "all"
            known = noun.casefold() in self._classes or (
                plural and any(one in self._classes for one in singulars(noun.casefold()))
            )
            if not known or (not match[1] and not plural):
                continue
            if verb in ("do", "does"):
                said = re.sub(r"^have ", "has ", said)
                verb = "" if said.startswith("has ") else verb
            one = f"any {noun}"
            found = read_statement(
                f"{'every' if not plural else 'all'} {noun} {verb} {said}".replace("  ", " ")
            )
            if found is None or len(found) != 1 or found[0].subject:
                continue
            (condition,) = found[0].conditions
            claim = Clause(one, (), found[0].positive, found[0].predicate)
            return claim, Clause(one, (), True, condition)
        return None

    def _subject(self, rest: str) -> tuple[str, str] | None:
        """Split what follows the verb into a name and the rest."""
        folded = rest.casefold()
        known = [name for name in self._names if folded.startswith(f"{name} ")]
        if known:
            length = max(map(len, known))
            return rest[:length], rest[length + 1 :]
        match = re.fullmatch(r"(.+?) ((?:an?|not|also|either|have) .+)|(\S+) (\S+(?: \S+)?)", rest)
        if match is None:
            return None
        subject, said = (match[1], match[2]) if match[1] else (match[3], match[4])
        return (subject, said) if is_name(subject) else None


def _third_person(said: str) -> str:
    """Return `likes milk` for `like milk`."""
    verb, _, rest = said.partition(" ")
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        verb = f"{verb[:-1]}ie"
    elif verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        verb += "e"
    return f"{verb}s {rest}".strip()


def _opposite(clause: Clause) -> Clause:
    return clause._replace(positive=not clause.positive)
