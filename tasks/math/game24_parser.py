"""Read what people type when they want a number made from other numbers.

Strict: apart from the numbers and the target, a text may hold only words that belong to such a
question, and a few others (`wording`) only where it names the game.
"""

from __future__ import annotations

import re

from tasks.math.game24_rules import MOST_NUMBERS
from tasks.protocol import InvalidTaskError
from tasks.wording import belongs

MOST_CHARACTERS = 500
LARGEST_NUMBER = 9999
FEWEST_NUMBERS_WITHOUT_VERB = 3
_HINT = re.compile(
    r"\b(?:mak|get|got|reach|giv|form|obtain|produc|creat|yield|target|equal|total|result|hit"
    r"|twenty|arriv|come|reach|achiev|end|turn|build|find|comput)|24|=|->|→|⇒",
    re.I,
)
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "×": "*", "÷": "/", "·": "*", "’": "'",
                        "\u00a0": " ", "→": "=", "⇒": "=", "$": " ", "`": " "})  # fmt: skip
_LATEX = re.compile(r"\\(?:times|cdot|div|quad|[,;!{}()\[\]])")
_OPERATOR = r"(?:\+|-|\*|/|:|\^|\bx\b|plus|minus|times|divided by|divide|multiply|add|subtract)"
_OPERATORS = re.compile(
    rf"(?<!\d)(?<!\d ){_OPERATOR}(?:\s*(?:,|and|or|&|\s)*\s*{_OPERATOR})+(?!\s*\d)"
    r"|\(\s*\)|\(\s*and\s*\)"
)
_VERB = re.compile(
    r"\b(?:mak|made|get|got|reach|obtain|form|produc|creat|yield|giv|equal|evaluat|total|achiev|hit"
    r"|build|target|result|combin|turn|using\b|use\b)|=|->"
)
_NAME = re.compile(
    r"\bgames? of (?P<a>\d+)\b|\b(?P<b>\d+)[ -](?:points? )?(?:game|puzzle|challenge)s?\b"
    r"|^\s*(?:solve |play )?(?P<c>24)(?: \w+)?\s*:"
)
_TARGET = re.compile(
    r"(?:\b(?:makes?|making|gets?|getting|reach(?:es)?|reaching|obtain|form|produce|create|yields?"
    r"|gives?|giving|equals?|equal to|equalling|evaluates? to|total(?:s|ling)?|achieve|hit|build"
    r"|results? in|results? is|result of|(?:target|goal|aim|objective)(?: number| value)?"
    r"(?: is| of| being)?|answer is|write|express|expressing|obtaining|producing|forming|creating"
    r"|building|hitting|resulting in|come to|comes to|come out to|arrive at|comes out (?:to|as)"
    r"|come up with|end up (?:with|at)"
    r"|(?P<weak>to|into|is|be|find|value|compute|need|want|play|playing|try|solve|do|for|at))[: ]*"
    r"|=+>?\s*|->\s*|(?P<first>\bcan |^)(?=\d+ (?:be (?:made|reach|form|obtain|built|done|produced"
    r"|created|achieved|written|expressed)|from|with|using|out of|= ?\?)))"
    r"(?:exactly |the number |a total of |a result of |the target |the value |number )?"
    r"(?P<t>-?\d{1,9})(?![\d/%]|\.\d|\s*[-+*/^]|,\d)"
    r"(?P<more>\s*(?:,\s*and\s|,|;|&|and\s)?\s*\d)?"
)
_HARMLESS = re.compile(
    r"\(?\b(?:(?:in )?(?:any|whatever|whichever) order|(?:the )?order (?:does not|doesn't|is not"
    r"|isn't|needn't) (?:matter|important|fixed)|no (?:repeats?|repetitions?|reuse|leftovers?)"
    r"|in order (?=to )|(?:exactly|only|just) (?:one|a single) time(?: only)?"
    r"|one time (?:only|each)|some way)\b\)?"
)
_CHANGES = re.compile(
    r"\b(?:without|order|orders|exponents?|exponentiation|powers?|factorials?|roots?|squares?|squared"
    r"|concatenat\w*|modulo|mod|many|most|least|some|subset|up to|closest|nearest|near|probability"
    r"|chance|fewest|count|counting|no|never|avoid|except|skip(?:ping)?|leav\w*|ignor\w*|twice|thrice"
    r"|again|decimals?|next|sequence|missing|both|logs?|percent|average|mean|median|sum|difference"
    r"|product|optional\w*|(?:any|exactly|only|just|which) (?:two|three|four|five|six)"
    r"|(?:do|does|need|have|has|must|may|can|should)(?: not|n't) (?:use|have|be used|need|allow)"
    r"|not (?:use|using|allowed|all|every|each)|rules?|different|won|in it|from each|\d+ as)\b"
)
_ASKS_NOTHING = re.compile(r"\btotal of (?=\d+\b(?:,| and| &))")
_OPERATIONS = re.compile(r"\b(?:plus|minus|add|subtract|addition|subtraction|multipl|divi)")
_ONE_OPERATION = re.compile(r"\b(?:ops?|operations?|operators?|only|signs?)\b[: ]*[-+*/](?!\w)")
_DOT_LIST = re.compile(r"(?<=\d) ?[·•∙|] ?(?=\d)")
_SAYS_LITTLE = frozenset(("is", "be", "to", "for", "value", "compute"))
_LINK = r"(?:,\s*(?:and|&)|,|;|\band\b|&|/|\||-)?\s*(?:\ban? )?"
_ITEM = r"[\[({]*\s*\d+\s*[\])}]*"
_LIST = re.compile(rf"(?:\ban? )?{_ITEM}(?:\s*{_LINK}\s*{_ITEM})+")
_COUNT = re.compile(r"\b[2-6] (?:numbers|cards|digits|integers|values)\b")
_PLAIN_GAME = 4  # numbers; asked for 24, nothing else can be meant
_ALL_OPERATORS = (r"\+|plus|add", r"-|minus|subtract", r"\*|\bx\b|times|multipl", r"/|:|divi")
_WORDS = frozenset(
    re.findall(
        r"[\w'-]+",
        """i you we one us me my your can could would should will how what whats which does do did
        is are be it its there the a an of with from for out by to that this these those here in
        on at as and or so if any some all each every both only just exactly once time times use
        uses used using take given numbers number digits digit integers integer integral values
        value cards card two three four five six make makes making get gets getting reach reaches
        obtain form produce create yield give gives equals equal total target result results
        expression expressions equation formula solution solutions answer way ways solve play game
        puzzle challenge problem hello hi hey please thanks thank find help write show tell want
        need have has got combine combining combination basic arithmetic operations operation
        operators operator add addition subtract subtraction multiply multiplication divide division
        plus minus divided parentheses brackets bracket allowed must may might possible possibly
        able whose evaluates goal hand following input single standard math mathematical
        through them they not repeat reuse more than elementary achieve come comes up arrive build
        end hit points into combined mix legal you're i'm let's lets having dealt draw drew been
        simple usual normal classic include including sure let know try trying cannot can't
        impossible else say whether when quick question exact available compute calculate sign
        signs symbols symbol made reached formed obtained built produced created
        i've turn turns try play my playing we're together reachable ops op put putting between
        insert inserting place placing done stuck countdown arrange arranging goal aim do
        doing doable feasible possible achievable obtainable obtained reached obtaining producing
        forming creating building hitting allowed allow fine ok okay suppose say show build write
        express shows resulting usual common regular ordinary simple plain per number's it's wont
        won't does don't there's i'd like we'd somebody someone person tried seem seems manage
        managed help stumped reachable attain combined arithmetical mathematically fours threes
        fives sixes sevens eights nines ones twos give given hand's consisting consists containing
        contains contain being currently today anyone everyone guys folks anybody here's heres
        what's whats which ever time inside around wherever needed want wanted
        necessary hit hits equation legal valid working correct proper exists exist""",
    )
)
_REFUSED = "write such as 'make 24 from 4, 5, 9 and 9'"


_NEGATIVE = re.compile(r"(?:^|(?<=[\s,;:(\[{]))[-\u2212]\d")  # hands have no signs


def read_hand(text: str) -> tuple[tuple[int, ...], int] | None:
    """Return the numbers and the target; None if the text asks for something else.

    Raises:
        InvalidTaskError: if it asks for this with too many numbers, or too large ones.
    """
    if len(text) > MOST_CHARACTERS or not _HINT.search(text):
        return None
    if sum(map(str.isdigit, text)) < FEWEST_NUMBERS_WITHOUT_VERB or _NEGATIVE.search(text):
        return None
    plain = _plain(text)
    named = _NAME.search(plain)
    targets: list[int] = []
    if named:
        targets.append(int(named["a"] or named["b"] or named["c"]))
        plain = f"{plain[: named.start()]} game ; {plain[named.end() :]}"
    plain = _HARMLESS.sub(" ", _COUNT.sub(" numbers ", plain))
    if _CHANGES.search(plain) or _ASKS_NOTHING.search(plain):
        return None
    if not _all_operators(plain):
        return None
    plain = _OPERATORS.sub(" ", plain)
    verb = _VERB.search(plain)
    asked = True
    while found := _target(plain):
        targets.append(int(found["t"]))
        asked &= found["weak"] not in _SAYS_LITTLE
        plain = f"{plain[: found.start()]} game ; {plain[found.end('t') :]}"
        if len(targets) > 4:
            return None
    lists = [match[0] for match in _LIST.finditer(plain)]
    if len(lists) != 1 or len(set(targets)) != 1 or "/" in lists[0].strip("/"):
        return None
    count = len(re.findall(r"\d+", lists[0]))
    classic = targets[0] == 24 and count == _PLAIN_GAME
    left = plain.replace(lists[0], " : ", 1)
    if not (named or verb or (classic and asked)) or not re.fullmatch(
        r"[\w\s.,:;?!()'\"=-]*", left
    ):
        return None
    if not belongs(left, _WORDS, most_unknown=4 if named and classic else 0):
        return None
    said = named is not None or (verb is not None and verb[0].isalpha())
    if count < (2 if said else FEWEST_NUMBERS_WITHOUT_VERB):
        return None
    return _checked(lists[0], targets[0])


def check_hand(numbers: tuple[int, ...], target: int) -> None:
    """Refuse hands that the rules do not allow.

    Raises:
        InvalidTaskError: with what is wrong.
    """
    if not 2 <= len(numbers) <= MOST_NUMBERS:
        raise InvalidTaskError(
            f"{len(numbers)} numbers to make one from; expected 2 to {MOST_NUMBERS}; {_REFUSED}"
        )
    for number in (*numbers, abs(target)):
        if not 0 <= number <= LARGEST_NUMBER:
            raise InvalidTaskError(f"{number} is outside 0 to {LARGEST_NUMBER}; {_REFUSED}")


def _plain(text: str) -> str:
    if "=" not in text:
        text = _DOT_LIST.sub(", ", text)
    text = " ".join(text.translate(_SIGNS).lower().split())
    text = _LATEX.sub(" ", text)
    text = re.sub(r"\btwenty[ -]?four\b(?: \(24\))?", "24", text)
    text = re.sub(r"\b(make|get|reach)-?(?=\d)", r"\1 ", text)
    text = re.sub(r"\b(make|get|reach) 24 (?=\d+(?:,? \d+){3}\W*$)", r"\1 24: ", text)
    text = re.sub(r"\*\*(?=\w)|(?<=\w)\*\*", "", text)  # bold
    return text.replace("=>", "=")


def _target(plain: str) -> re.Match[str] | None:
    """Return the first number that a verb names, and that begins no list."""
    for match in _TARGET.finditer(plain):
        if match["more"] is None:
            return match
    return None


def _all_operators(plain: str) -> bool:
    """Say whether all four operators are allowed: none is named outside of numbers, or all are."""
    named = _OPERATORS.findall(plain) or _OPERATIONS.search(plain) or _ONE_OPERATION.search(plain)
    runs = " ".join(match[0] for match in _OPERATORS.finditer(plain))
    words = " ".join(re.findall(r"\b(?:plus|minus|times|add|sub|multi|divi)\w*", plain))
    signs = f"{runs} {words}"
    return not named or all(re.search(operator, signs) for operator in _ALL_OPERATORS)


def _checked(listed: str, target: int) -> tuple[tuple[int, ...], int] | None:
    digits = re.findall(r"\d+", listed)
    if len(digits) > 40:
        return None
    if any(len(number) > 9 for number in digits):
        raise InvalidTaskError(f"a number above {LARGEST_NUMBER}; {_REFUSED}")
    numbers = tuple(map(int, digits))
    check_hand(numbers, target)
    return numbers, target
