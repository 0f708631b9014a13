"""Read sentences about classes: `every cat is a feline`, `Polly is not furry`, `no cats are dogs`.

First to clauses whose nouns are as written; `Lexicon` then gives singular and plural of a noun the
same name. Which sentence asks what is `deduction_parser`'s affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tasks.reasoning.deduction_rewording import reworded_statement
from tasks.reasoning.deduction_words import singular, singulars

SINGULAR, PLURAL, OPEN = "singular", "plural", "open"  # OPEN: adjective, or plural after `are`


class Noun(NamedTuple):
    """A property as written, without article."""

    text: str
    form: str
    article: str = ""


class Clause(NamedTuple):
    """A fact about `subject`, or a rule with `conditions` where the subject is empty."""

    subject: str
    conditions: tuple[Noun, ...]
    positive: bool
    predicate: Noun


_WORD = r"[A-Za-z0-9][\w'/-]*"
_STOP = (
    r"\b(?:than|of|to|from|in|on|at|by|for|with|who|whom|which|that|if|then|or|and|is|are|was|were|"
    r"be|been|not|no|some|most|many|few|all|every|each|any|than|but|because|therefore|left|right|"
    r"first|second|third|last|more|less|least|other|there|it|he|she|they|this|these|those|"
    r"between|next|true|false|either|neither|nor|both|only|unless|do|does|can|has|have|"
    r"(?-i:an?)|the|"
    r"everything|everyone|everybody|anything|anyone|anybody|something|someone|somebody|nothing|"
    r"no-one|nobody|things|which|what|how|why|when|where|i|you|we|me|my|your|greater|smaller|"
    r"larger|equal|equals)\b"
)
_PHRASE = re.compile(rf"(?!.*{_STOP}){_WORD}(?: {_WORD}){{0,3}}", re.I)
_DOING = re.compile(r"(?!.*\b(?:is|are|and|or|not|who|that|which|than)\b)[\w' -]{2,50}", re.I)
_NAME = re.compile(rf"(?:(?:the|my|our|her|his) )?(?!.*{_STOP}){_WORD}\.?(?: {_WORD}){{0,3}}", re.I)
_VERB = re.compile(
    r" (?:(?P<be>is|are|was|were|must be|must all be|can(?= not be))|(?P<can>can)|"
    r"(?P<have>has|have|had|(?:does|do)(?= not have)))(?P<no> not| never)?"
    r"(?: (?:be|have))?(?: (?:also|always|all|both|both|necessarily|definitely|certainly))* "
)
_THING = (
    r"(?:something|someone|somebody|anything|anyone|anybody|everything|everyone|everybody|"
    r"things|those|all things|one)"
)
_IF = re.compile(
    rf"(?:if|when|whenever) (?P<who>{_THING}|[a-z]|an? [a-z-]+|it)(?P<first> (?:is|are|can|"
    rf"has) .+?)"
    rf"(?:, then|,| then) (?:it|he|she|they|(?P=who)|that \w+|the \w+)(?P<then> .+)",
    re.I,
)
_ANYTHING = re.compile(
    r"(everything|everyone|everybody|anything|anyone|anybody|all things|things) "
    r"(?!that|who|which)([a-z-]+) ((?:is|are|can|has|have|must be) .+)",
    re.I,
)
_RELATIVE = re.compile(
    rf"(?:(?P<quantifier>every|each|any|all|no|an?) )?(?P<noun>{_THING}|[\w' -]+?),? "
    r"(?:that|who|which) (?P<condition>(?:is|are|can|has|have) .+?),? "
    r"(?P<verb>is|are|can|has|have|must be) (?P<rest>.+)",
    re.I,
)
_LINK = re.compile(
    r"^(?:also|and|but|then|moreover|furthermore|finally|therefore|thus|hence),? ", re.I
)
_ADVERB = re.compile(
    r"(?<= )(?:definitely|certainly|necessarily|surely|really|actually|obviously|indeed|always|"
    r"therefore|also|in fact|by definition) ",
    re.I,
)
_SUCH = re.compile(
    r"(.+) (?:things?|objects?|items?|ones?|entity|entities|beings?|people|persons?)", re.I
)
_KIND = re.compile(
    r"(?:an? |the )?(?:kinds?|types?|sorts?|members?|examples?|forms?) of (?:the )?", re.I
)


_HEDGED = re.compile(
    r"\b(?:except|besides|apart from|other than|often|usually|rarely|seldom|sometimes|mostly"
    r"|generally|typically|normally|probably|possibly|likely|maybe|perhaps|nearly|almost|hardly"
    r"|barely|unless|until|may|might|could|would|occasionally|frequently|half|percent)\b",
    re.I,
)
MAX_CHARACTERS = 300  # of one statement


def read_statement(text: str) -> list[Clause] | None:
    """Return the clauses that a sentence states; None if it is not such a sentence."""
    if len(text) > MAX_CHARACTERS or _HEDGED.search(text):
        return None
    text = reworded_statement(plain(text))
    if match := _IF.fullmatch(text):
        return _conditional(match)
    if match := _ANYTHING.fullmatch(text):
        text = f"{match[1]} that is {match[2]} {match[3]}"
    if (match := _RELATIVE.fullmatch(text)) and len(list(_VERB.finditer(text))) >= 1:
        return _relative(match)
    verb = _VERB.search(text)
    if verb is None:
        return _doing(text)
    return _simple(text[: verb.start()].strip(), verb, text[verb.end() :].strip())


def read_predicates(text: str, verb: re.Match[str] | None = None) -> list[tuple[bool, Noun]] | None:
    """Return (is it affirmed, property) for each of `a feline and not furry`."""
    text, positive = text.strip(), True
    if match := re.match(r"neither (.+) nor (.+)", text):
        positive, text = False, f"{match[1]} and {match[2]}"
    found = []
    text = re.sub(r"^(?:both|also) ", "", text)
    for item in re.split(r",? and |, ", text):
        negated = item.startswith("not ")
        noun = _noun(item.removeprefix("not "), verb)
        if noun is None:
            return None
        found.append((positive and not negated, noun))
    return found


def is_name(text: str) -> bool:
    """Say whether a text can be the name of an individual."""
    return bool(_NAME.fullmatch(text)) and len(text) <= 60


def plain(text: str) -> str:
    """Write contractions out, and take quotation marks away."""
    text = text.replace('"', "").strip()
    text = _ADVERB.sub("", _LINK.sub("", text, count=1))
    text = re.sub(r"\b(can)(?:'t|not)\b", r"\1 not", text, flags=re.I)
    text = re.sub(r"\b(is|are|was|were|does|do|has|have)n't\b", r"\1 not", text, flags=re.I)
    return re.sub(r" (?:is|are) (?:known|said|considered) to be ", " is ", text)


class Lexicon:
    """Gives one name to singular and plural of each noun of a problem."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        nouns = [n for c in clauses for n in (*c.conditions, c.predicate)]
        self._singular = {n.text.casefold() for n in nouns if n.form == SINGULAR}
        self._plural = {n.text.casefold() for n in nouns if n.form == PLURAL}
        self._open = {n.text.casefold() for n in nouns if n.form == OPEN}
        self._articles = {n.text.casefold(): n.article for n in nouns if n.article}
        self._spelling: dict[str, str] = {}

    def key(self, noun: Noun) -> str:
        """Return the name of a property, spelled as it was first."""
        text = noun.text
        folded = text.casefold()
        if noun.form == PLURAL or (noun.form == OPEN and self._is_plural(folded)):
            kept = singular(text, self._singular | {text})
            one = singular(folded, self._singular)
            text = kept if kept.casefold() == one else one
            text = _with_capitals(noun.text, text)
        return self._spelling.setdefault(text.casefold(), text)

    def phrase(self, noun: Noun) -> str:
        """Return the property with its article, where it is a noun."""
        key = self.key(noun)
        written = noun.text.casefold()
        is_noun = noun.form != OPEN or key.casefold() in self._singular or self._is_plural(written)
        if not is_noun or (" " in key and key.split(" ", 1)[0] in ("with", "able")):
            return key
        return f"{'an' if key[0].lower() in 'aeiou' else 'a'} {key}"

    def _is_plural(self, text: str) -> bool:
        """Say whether what stands after `are` is a plural and no adjective."""
        options = singulars(text)
        if not options or text in self._singular:
            return False
        known = any(one in self._singular for one in options) or text in self._plural
        return known or (text.endswith("s") and not text.endswith(("ss", "us", "ous", "less")))


def _with_capitals(written: str, text: str) -> str:
    """Keep the capitals of `Mersenne primes`, but none of a sentence's start."""
    first, _, rest = written.partition(" ")
    if not rest:
        return text.lower() if written[:1].isupper() else text
    return f"{first} {text.partition(' ')[2]}"


def _simple(left: str, verb: re.Match[str], right: str) -> list[Clause] | None:
    """Read subject, verb and predicates."""
    if re.match(r"(?:not|some|most|many|few|several) ", left, re.I) or " or " in right:
        return None
    only = re.fullmatch(r"only (.+)", left, re.I)
    found = read_predicates(right, verb)
    if found is None:
        return None
    if only:
        if len(found) != 1 or not found[0][0] or verb["no"]:
            return None
        return _rules([found[0][1]], [(True, _class(only[1], PLURAL))])
    denied = bool(verb["no"])
    predicates = [(positive is not denied, noun) for positive, noun in found]
    if match := re.fullmatch(r"(no|none of the|none of|not a single) (.+)", left, re.I):
        form = SINGULAR if verb["be"] == "is" else PLURAL
        subject = _class(match[2], form)
        return _rules([subject], [(not positive, noun) for positive, noun in predicates])
    plural = verb["be"] in ("are", "were") or verb["have"] == "have"
    if match := re.fullmatch(r"(every|each|any|a|an|every single|any given) (.+)", left, re.I):
        return _rules([_class(match[2], SINGULAR)], predicates)
    if match := re.fullmatch(r"all(?: of)?(?: the)? (.+)|the class of (.+)", left, re.I):
        return [c for one in _listed(match[1] or match[2])
                for c in _rules([_class(one, PLURAL)], predicates) or ()] or None  # fmt: skip
    subjects = _listed(left)
    names = len(subjects) > 1 and all(one[:1].isupper() or one[:1].isdigit() for one in subjects)
    if verb["can"] and not names:
        plural = bool(singulars(left.rpartition(" ")[2])) and not left[:1].isdigit()
    if plural and not names:
        rules = [_rules([_class(one, PLURAL)], predicates) for one in subjects]
        return None if None in rules else [c for rule in rules for c in rule or ()]
    if not all(map(is_name, subjects)):
        return None
    return [Clause(one, (), positive, noun) for one in subjects for positive, noun in predicates]


def _doing(text: str) -> list[Clause] | None:
    """Read `all cats like milk`, `cats like milk`, `every cat likes milk`, `Tom likes milk`."""
    many = False
    if match := re.fullmatch(r"(all|no) ([\w-]+) ([a-z]+)((?: [\w-]+){0,3})", text, re.I):
        verb = match[3]
    elif (
        match := re.fullmatch(
            r"((?:every|each) |)([\w-]+) (?:does not )?([a-z]+)((?: [\w-]+){0,3})", text, re.I
        )
    ) and (" does not " in text or _base(match[3])):
        verb = match[3] if " does not " in text else _base(match[3])
    elif match := re.fullmatch(r"()([A-Z]?[a-z-]+s) ([a-z]+)((?: [\w-]+){0,3})", text):
        verb, many = match[3], True  # `birds lay eggs`
    else:
        return None
    if not verb or (many and (verb.endswith("s") or not singulars(match[2].lower()))):
        return None
    if not _PHRASE.fullmatch(f"{verb}{match[4]}"):
        return None
    noun = Noun(f"known to {verb}{match[4]}", OPEN)
    quantifier = match[1].strip().lower()
    positive = quantifier != "no" and " does not " not in text
    if quantifier or many:
        form = PLURAL if many or quantifier in ("all", "no") else SINGULAR
        return _rules([_class(match[2], form)], [(positive, noun)])
    return [Clause(match[2], (), positive, noun)] if is_name(match[2]) else None


def _base(verb: str) -> str:
    """Return `like` for `likes`, nothing for what is no third person."""
    found = singulars(verb) if verb.endswith("s") else []
    return found[0] if found else ""


def _conditional(match: re.Match[str]) -> list[Clause] | None:
    first, then = _VERB.match(match["first"] + " "), _VERB.match(match["then"] + " ")
    if first is None or then is None:
        return None
    conditions = read_predicates(match["first"][first.end() :], first)
    predicates = read_predicates(match["then"][then.end() :], then)
    if not conditions or not predicates or not all(positive for positive, _ in conditions):
        return None
    nouns = [noun for _, noun in conditions]
    if (named := re.fullmatch(r"an? ([a-z-]+)", match["who"], re.I)) and named[1] not in (
        "thing", "object", "entity", "person", "individual", "being",
    ):  # fmt: skip
        nouns.insert(0, Noun(named[1], SINGULAR, "a"))
    denied = bool(then["no"])
    said = [(positive is not denied, noun) for positive, noun in predicates]
    return _turned(nouns, said) if first["no"] else _rules(nouns, said)


def _relative(match: re.Match[str]) -> list[Clause] | None:
    condition = _VERB.match(f" {match['condition']} ")
    if condition is None:
        return None
    verb = _VERB.match(f" {match['verb']} {match['rest']}")
    extra = read_predicates(f"{match['condition']} "[condition.end() - 1 :], condition)
    if verb is None or not extra or not all(positive for positive, _ in extra):
        return None
    predicates = read_predicates(f" {match['verb']} {match['rest']}"[verb.end() :], verb)
    if not predicates:
        return None
    nouns: list[Noun | None] = [noun for _, noun in extra]
    if not re.fullmatch(_THING, match["noun"], re.I):
        quantifier = (match["quantifier"] or "all").lower()
        form = (
            PLURAL
            if quantifier == "all" or (quantifier == "no" and verb["be"] == "are")
            else (SINGULAR)
        )
        nouns.insert(0, _class(match["noun"], form))
    denied = bool(verb["no"]) is not ((match["quantifier"] or "").lower() == "no")
    if condition["no"]:
        return _turned(nouns, [(positive is not denied, noun) for positive, noun in predicates])
    return _rules(nouns, [(positive is not denied, noun) for positive, noun in predicates])


def _turned(
    conditions: Sequence[Noun | None], predicates: Sequence[tuple[bool, Noun]]
) -> list[Clause] | None:
    """Read `what is not a is not b` as `what is b is a`; other rules with `not` are not read."""
    if len(conditions) != 1 or len(predicates) != 1 or predicates[0][0]:
        return None
    return _rules([predicates[0][1]], [(True, conditions[0])])


def _rules(
    conditions: Sequence[Noun | None], predicates: Sequence[tuple[bool, Noun | None]]
) -> list[Clause] | None:
    nouns = tuple(noun for noun in conditions if noun is not None)
    if len(nouns) < len(conditions):
        return None
    found = [Clause("", nouns, positive, noun) for positive, noun in predicates if noun is not None]
    return found if len(found) == len(predicates) else None


def _listed(text: str) -> list[str]:
    return [one for one in re.split(r",? and |, ", text) if one]


def _class(text: str, form: str) -> Noun | None:
    text = re.sub(r"^(?:the|single) ", "", text.strip(), flags=re.I)
    if text.casefold() == "one":  # `no one is perfect` speaks of everybody
        return None
    if (match := _SUCH.fullmatch(text)) and _PHRASE.fullmatch(match[1]):
        return Noun(match[1], OPEN)  # `blue things` are what is blue
    return Noun(text, form, "a") if _PHRASE.fullmatch(text) else None


def _noun(text: str, verb: re.Match[str] | None) -> Noun | None:
    text = _KIND.sub("", text.strip(), count=1) if _KIND.match(text) else text.strip()
    if (doing := re.fullmatch(r"known to (.+)", text)) and _DOING.fullmatch(doing[1]):
        return Noun(text, OPEN)
    match = re.fullmatch(r"(?:(an?) )?(.+)", text)
    if match is None or len(text) > 60 or not _PHRASE.fullmatch(match[2]):
        return None
    if verb is not None and verb["can"]:
        return Noun(f"able to {match[2]}", OPEN)
    if verb is not None and verb["have"]:
        return Noun(f"with {text}", OPEN)
    if such := _SUCH.fullmatch(match[2]):
        return Noun(such[1], OPEN)
    if match[1]:
        return Noun(match[2], SINGULAR, match[1])
    return Noun(match[2], OPEN)
