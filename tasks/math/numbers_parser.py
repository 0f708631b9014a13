"""Read questions about whole numbers, digits, rounding and bases.

Strict: each question has a form of its own that must fill the whole message; anything else is
someone else's.
"""

from __future__ import annotations

import re

from tasks.math.numbers_makers import (
    Maker,
    a_list,
    base_first,
    conversion,
    digit,
    digit_last,
    in_base,
    integers,
    parity,
    power_remainder,
    power_root,
    root,
    rounding,
    rounding_last,
    turned_conversion,
    unrounded_root,
)
from tasks.math.numbers_problem import NumbersPayload, checked
from tasks.math.numbers_words import (
    BASE,
    COUNT,
    PLACE,
    RANK,
)
from tasks.math.plain_text import plain_math

_LONGEST_MESSAGE = 3000
_KEYWORD = re.compile(
    r"factor|divisor|multiple|denominator|prime|composite|divi[ds]|remainder|digit|round|nearest"
    r"|\bbase|root|\bpower|\beven\b|\bodd\b|\bgcd|\blcm|\bhcf|\bgcf|\blcd|\bmod|convert|binary|hex"
    r"|octal|decimal|signific|\bgo\b|goes into|s left|sqrt|√|%|\bd\.?p\b|\bs\.?f\b",
    re.I,
)
_ASK = re.compile(
    r"(?:(?:i need to|help me(?: to)?|how (?:do|can|would) (?:i|you|we)|let's|now|ok|so|just)"
    r"[ ,]+)*"
    r"(?:(?:what(?:'s|s| is| are)(?! left)|which(?: is| are)?|calculate|compute|work out"
    r"|figure out|find"
    r"|determine|give(?: me)?|tell me(?: what is)?|list|write(?: down)?|express|name)(?: all)? |)"
    r"(?:the )?(?:value of (?:the )?)?"
)
_I = r"\(?(-?\d[\d,]*)\)?"
_N = r"(-?\d[\d,.]*(?:/\d+)?)"
_L = r"[:(]* ?(-?[\d.][-\d,./ ()and&]*)"
_D = r"(-?[0-9a-z]+)"
_B = r"\(?(?:in )?base[- ](\d{1,2}|two|eight|ten|sixteen)\)?"
_TO = r"(?:,? ?(?:rounded |correct )?(?:off )?to |,? rounded to )"
_NEAREST = (
    rf"the nearest ({PLACE}|integer|whole number|whole|half|quarter|\d[\d.,]*(?:/\d+)?)(?: place)?"
)
_PLACES = rf"({COUNT}) ?(?:decimal places?|decimals?|dps?|d\.p\.?|places?)"
_FIGURES = rf"({COUNT}) ?(?:significant (?:figures?|digits?)|sig(?:nificant)?\.? ?figs?|s\.?f\.?)"
_R = rf"(?:the )?(?:({RANK}) root of {_N}|sqrt(?:\(| of | ){_N}\)?)"
_EVENLY = r"(?: evenly| exactly| without (?:a )?remainder)?"


def read_prompt(text: str) -> NumbersPayload | None:
    """Return the problem that a message asks for; None if it asks for none of these.

    Raises:
        InvalidTaskError: if it is one, but a value is out of range or unclear.
    """
    if len(text) > _LONGEST_MESSAGE or not _KEYWORD.search(text):
        return None
    plain = plain_math(text).lower()
    if not any(map(str.isdigit, plain)) and "hex" not in plain:
        return None
    asked = _ASK.match(plain)
    body = (plain[asked.end() :] if asked else plain).rstrip(" =?")
    if _WHETHER_START.match(body):
        body = _OR_NOT.sub("", body)
    for form, maker in _FORMS:
        match = form.fullmatch(body)
        if match:
            made = maker(*match.groups())
            if made is not None:
                return checked(*made)
    return None


_CHANGE = r"(?:convert|change|turn|translate)"
_INTO = "(?:to|in|into|as)"
_WHETHER = "(?:is|(?:(?:check|test|decide|see) )?(?:if|whether))(?: the number)?"
_WHETHER_START = re.compile("(?:is|can|does|do|if|whether|check|test) ")
_OR_NOT = re.compile(r",? or not$")
_NEAR = (
    "(?:(?:nearest|closest) (?:integer|whole number)|(?:integer|whole number) (?:nearest|closest))"
)
_COUNTED = r"(?:(?:two|three|four|five|six|[2-9]) )?"
_THESE = (
    r"(?:(?:all )?(?:of )?(?:the|these|those|this)?(?: following)? ?"
    rf"(?:{_COUNTED}(?:whole |natural )?(?:numbers|integers|values|fractions|list|set)\b)?"
    r"(?: below| here| of numbers)?[:,]? ?)?"
)
_COMMON = rf"(?: \((?:gcd|gcf|hcf|lcm|lcd)\))? ?(?:of|for|between)?:? ?{_THESE}"
_GCD = r"(?:gcd|hcf|gcf|(?:greatest|highest|largest|biggest) common (?:factor|divisor))"
_LCM = r"(?:lcm|(?:least|lowest|smallest) common multiple)"
_THEN = (
    r"[,:.;?]*(?: -)? ?(?:what(?:'s|s| is)|find|compute|calculate|determine|give(?: me)?|have)?"
    r" ?(?:the|their|as their)? ?"
)
_RIGHT = "(?:(?:right|just|directly|immediately) )?"
_FACTOR = "prime (?:(?:factor|divisor)(?: of| for)|(?:number )?(?:that|which) divides)"
_SITS = "(?:is|stands|sits|lies|appears|comes) (?:in|at)"
_LEAST = "(?:smallest|least|lowest)"
_GREATEST = "(?:largest|biggest|greatest|highest)"
_MORE = (
    r"(?:(?:that(?:'s| is) |which is )?(?:strictly )?(?:greater|larger|bigger|higher|more) than"
    rf"|(?:that comes |coming )?{_RIGHT}"
    r"(?:above|after|past|following|over|beyond|exceeding))"
)
_LESS = (
    r"(?:(?:that(?:'s| is) |which is )?(?:strictly )?(?:less|smaller|lower) than"
    rf"|(?:that comes |coming )?{_RIGHT}"
    r"(?:below|under|before|preceding))"
)
_SIGN = r" ?(\+|-|\*|plus|minus|times) ?"
_FORMS: tuple[tuple[re.Pattern[str], Maker], ...] = tuple(
    (re.compile(form), maker)
    for form, maker in (
        (rf"(?:greatest|highest|largest|biggest) common (?:factor|divisor){_COMMON}{_L}",
         a_list("gcd")),
        (rf"(?:gcd|hcf|gcf) ?(?:of|for|between)?:? ?{_THESE}{_L}", a_list("gcd")),
        (rf"(?:what )?(?:is |do |for |of )?{_THESE}{_L}{_THEN}{_GCD}", a_list("gcd")),
        (rf"(?:what )?(?:is |do |for |of )?{_THESE}{_L}{_THEN}{_LCM}", a_list("lcm")),
        (rf"(?:next|first|{_LEAST}) prime(?: number)?,? {_MORE} {_I}", integers("next prime")),
        (rf"prime(?: number)?,? (?:that comes )?{_RIGHT}after"
         rf" {_I}", integers("next prime")),
        (rf"(?:previous|last|{_GREATEST}) prime(?: number)?,? {_LESS} {_I}",
         integers("previous prime")),
        (rf"prime(?: number)?,? (?:that comes )?{_RIGHT}before {_I}",
         integers("previous prime")),
        (rf"{_LEAST} {_FACTOR} {_I}",
         integers("least prime factor")),
        (rf"{_GREATEST} {_FACTOR} {_I}",
         integers("greatest prime factor")),
        (rf"(?:least|lowest|smallest) common multiple{_COMMON}{_L}", a_list("lcm")),
        (rf"(?:least|lowest|smallest) (?:positive )?(?:whole )?(?:number|integer)"
         rf" (?:that(?:'s| is) |which is )?(?:divisible by|a multiple of)(?: both| all of)? {_L}",
         a_list("lcm")),
        (rf"(?:least|lowest|smallest) (?:positive )?(?:whole )?(?:number|integer) (?:that )?"
         rf"(?:both |all of )?{_L} (?:divide(?: into)?|go into)(?: evenly)?", a_list("lcm")),
        (rf"(?:largest|greatest|highest|biggest) (?:whole )?(?:number|integer) (?:that|which)"
         rf" (?:evenly )?divides (?:both |all of )?{_L}(?: evenly| exactly)?", a_list("gcd")),
        (rf"lcm ?(?:of|for|between)?:? ?{_THESE}{_L}", a_list("lcm")),
        (rf"(?:(?:least|lowest|smallest) )?common denominator{_COMMON}{_L}",
         a_list("common denominator", whole=False)),
        (rf"lcd ?(?:of|for)? ?{_L}", a_list("common denominator", whole=False)),
        (rf"(?:distinct )?prime (?:factors|divisors) (?:of|for) {_I}", integers("prime factors")),
        (rf"{_I} as (?:a |the )?product of (?:its )?(?:primes?|prime (?:factors|numbers))",
         integers("factorization")),
        (rf"(?:if |when )?{_I} (?:is )?(?:divided by|/|over) {_I},?"
         r" (?:what(?:'s|s| is) (?:the remainder|left(?: over)?)|leaves (?:what|which) remainder"
         r"|(?:the )?remainder(?: is)?)", integers("remainder")),
        (rf"prime (?:factori[sz]ation|(?:factors? )?decomposition) (?:of|for) {_I}",
         integers("factorization")),
        (rf"(?:prime )?factori[sz]e {_I}(?: into primes?(?: factors)?)?",
         integers("factorization")),
        (rf"(?:decompose|break(?: down)?|factor(?:i[sz]e)?) {_I} (?:down )?into"
         rf" (?:its |a product of )?(?:primes?|prime (?:factors|numbers))",
         integers("factorization")),
        (rf"(?:which |what )?primes? (?:factors |numbers )?(?:divide|does) {_I}(?: have)?",
         integers("prime factors")),
        (rf"(?:factors|divisors) of {_I}", integers("divisors")),
        (rf"(?:how many (?:positive )?(?:factors|divisors) (?:does|has) {_I}(?: have|"
         rf" got)?(?: in total| altogether)?)",
         integers("number of divisors")),
        (rf"number of (?:positive )?(?:factors|divisors) (?:of|that) {_I}(?: has)?",
         integers("number of divisors")),
        (rf"{_WHETHER} {_I} (?:is )?(?:a )?prime(?: number)?(?: or not)?",
         integers("is prime")),
        (rf"{_I},? (?:is it )?(?:a )?prime(?: number)?(?: or not)?", integers("is prime")),
        (rf"{_WHETHER} {_I} (?:is )?(?:a )?composite(?: number)?",
         integers("is composite")),
        (rf"is {_I} an? (?:factor|divisor) of {_I}", integers("divides")),
        (rf"(?:does|do|can|will) {_I}{_EVENLY} (?:divide|go(?:{_EVENLY})? into){_EVENLY} (?:into )?"
         rf"{_I}{_EVENLY}",
         integers("divides")),
        (rf"is {_I} a multiple of {_I}", integers("divides", turned=True)),
        (rf"is {_I}{_EVENLY} divisible by {_I}{_EVENLY}", integers("divides", turned=True)),
        (rf"is {_I} (?:an )?(?:odd or (?:is it )?(?:an )?even|even or (?:is it )?(?:an"
         rf" )?odd)(?: number)?",
         integers("parity")),
        (rf"is {_I} (?:a )?prime or (?:is it )?(?:a )?composite(?: number)?",
         integers("prime or composite")),
        (rf"is {_I} (?:an )?(even|odd)(?: number)?", parity),
        (rf"remainder (?:when|if|after|of|from|on|in) ?(?:you divide |dividing )?{_I}"
         rf" ?(?:is |gets )?(?:divided by|by|over|/|mod) ?{_I}", integers("remainder")),
        (rf"remainder (?:when|if) (?:i |you |we )?divide {_I} by {_I}", integers("remainder")),
        (rf"{_I} ?(?:divided by|/) ?{_I},? (?:what(?:'s| is) the )?remainder",
         integers("remainder")),
        (rf"(?:what )?remainder do (?:i|you|we) get (?:when|if) (?:i|you|we) divide {_I} by {_I}",
         integers("remainder")),
        (rf"(?:what(?:'s|s| is) )?left(?: over)? (?:when|if|after) (?:i |you |we )?"
         rf"(?:divide|dividing) {_I} by {_I}", integers("remainder")),
        (rf"(?:remainder (?:when|of) )?{_I} ?\^ ?{_I} ?(?:mod|modulo|%|(?:is )?divided by)"
         rf" ?{_I}",
         power_remainder),
        (rf"(?:last|units?|ones) digit (?:of|in) {_I} ?\^ ?{_I}", power_remainder),
        (rf"{_I} ?(?:mod|modulo|modulus|%) ?{_I}", integers("remainder")),
        (rf"({PLACE})'? ?digit (?:of|in) {_N}", digit),
        (rf"digit (?:of|in) {_N} {_SITS} the ({PLACE})'? (?:place|position|column)", digit_last),
        (rf"(?:what |which )?digit (?:{_SITS}|in|at) the ({PLACE})'? (?:place|position|column)"
         rf" (?:of|in) {_N}",
         digit),
        (rf"(?:round(?: off)? )?{_N}{_TO}(?:{_NEAREST}|{_PLACES}|{_FIGURES})", rounding),
        (rf"(?:correct )?to (?:{_NEAREST}|{_PLACES}|{_FIGURES}),? (?:what(?:'s|s| is) )?{_N}",
         rounding_last),
        (rf"{_CHANGE}? ?{_D},? ?{_B},? {_INTO} {_B}", conversion),
        (rf"{_CHANGE}? ?{_D} from {_B} (?:to|into) {_B}", conversion),
        (rf"{_CHANGE} {_D} from ({BASE}) (?:to|into) ({BASE})", conversion),
        (rf"{_CHANGE}? ?(?:the )?({BASE})(?: number)? {_D} {_INTO}"
         rf" (?:a )?({BASE})", turned_conversion),
        (rf"{_CHANGE} {_D}()? {_INTO} (?:a )?({BASE})", conversion),
        (rf"{_CHANGE}? ?{_D}()? (?:to|in|into) {_B}", conversion),
        (rf"{_D}()? in ({BASE})", conversion),
        (rf"{_D} (?:\(?|in )({BASE})\)?,? {_INTO} (?:a )?({BASE}|base \d{{1,2}})", conversion),
        (rf"{_D}_\(?(\d{{1,2}})\)? {_INTO} (?:a )?({BASE}|base \d{{1,2}})", conversion),
        (rf"in ({BASE}),? ?(?:what(?:'s| is)|calculate|compute)? ?{_D}{_SIGN}{_D}", base_first),
        (rf"{_D}{_SIGN}{_D},? in ({BASE})", in_base),
        (rf"(?:add|sum of) {_D}()? and {_D},? (?:in )?({BASE}|base \d{{1,2}})", in_base),
        (rf"(?:in )?{_B}[:,]? ?(?:what(?:'s| is)|calculate|compute)? ?{_D}{_SIGN}{_D}", base_first),
        (rf"{_D}{_SIGN}{_D},? {_B}", in_base),
        (rf"{_R}{_TO}(?:{_NEAREST}|{_PLACES})", root),
        (rf"{_N}(?: to the power(?: of)? ?|\^)\(*1\)?/\(?(\d+)\)*{_TO}(?:{_NEAREST}|{_PLACES})",
         power_root),
        (rf"{_NEAR} to {_R}",
         unrounded_root),
        (rf"round {_R}{_TO}(?:{_NEAREST}|{_PLACES})", root),
    )
)  # fmt: skip
