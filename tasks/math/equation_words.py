"""Find equations between words, in any order, where every word only asks to solve them.

No word may change what is asked: each must be one of the words below, and no digit or sign may
stand outside the equations. So nothing of an equation is ever taken for a word.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LONGEST = 700
_MOST_WORDS = 40
_WORDS = frozenset(
    re.findall(
        r"[\w'-]+",
        """a an the this that these those it its it's them they my our me i i'm im
        i've we you u your
        here there following below above given new quick short simple easy small little real
        is are be am do does will would should could can must have has had so then now just also
        only both too ok okay hi hello hey please pls plz thanks thank ty well right hmm um uh oh
        and if when where for of in on to from with by at as such which what whats what's wat
        whose how hows how's while because since
        solve solves solving solved find finds finding determine determines calculate calculating
        compute work working out figure get getting got give gives giving tell show let let's lets
        use using isolate isolating obtain deduce say says said state name provide need needs needed
        want wants wanted wanna gotta like looking look searching search seeking seek trying try
        help helps stuck struggling asked asks asking ask know knowing suppose supposing assume
        assuming consider take wrote written reads read see come comes gonna think
        satisfy satisfies satisfying fulfil fulfils fulfill fulfills make makes making hold holds
        holding works true equal equals become becomes
        value values number numbers unknown unknowns variable variables solution solutions
        answer answers result results equation equations linear simultaneous simultaneously system
        systems pair set algebra problem problems question questions exercise exercises homework
        task assignment teacher book textbook worksheet quiz exam test class school sheet math maths
        one thing stuff line straight lines graphs meet meets intersect intersects cross crosses
        intersection crossing point points coordinates each other together called stand stands
        possible able supposed actually really exactly today tonight tomorrow fraction fractions
        quickly kindly urgent rearrange rearranging someone anyone""",
    )
)
_ASKING = frozenset(
    re.findall(
        r"[\w'-]+",
        """solve solving find finding determine calculate compute figure isolate isolating obtain
        what whats what's wat which need want looking searching seeking tell give provide deduce
        where get work solution solutions unknowns help stuck how solved rearrange""",
    )
)
_ANEW = frozenset({"solve", "solving", "solved", "answer", "answers", "result", "results"})
_OTHER = re.compile(  # yes or no; how many
    r"(?:^|[.?!;,:] ?)(?:is|are|does|do|has|have|am|should|must|can [a-z]|could [a-z])\b(?! to )"
    r"|\bnumbers? of (?:the )?(?:solutions?|unknowns?|variables?)|\bset of\b",
    re.I,
)
_MANNER = re.compile(  # said in passing
    r"\b(?:by|using|with|via|through) (?:the )?(?:substitution|elimination|algebra)(?: method)?\b"
    r"|\b(?:and )?show(?:ing)? (?:me )?(?:the |your |my |all )*(?:steps?|work|working)\b"
    r"|\bstep[ -]by[ -]step\b|\bat the same time\b|\bin (?:exact|its simplest|simplest) form\b",
    re.I,
)
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z](?:[A-Za-z]|'[A-Za-z]|-[A-Za-z]{2})+")
_BLANK = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]) ?(?:= ?\?+|\?+(?= ?[a-zA-Z]))")  # `x=? y=?`
_PLACE = re.compile(r"(?<![A-Za-z0-9])([A-Za-z])-(?:coordinates?|values?)(?![A-Za-z])")
_DASH = re.compile(r" - (?=[A-Za-z]{2})|\u2192|\u21d2|=>|->")
_ASIDE = re.compile(r"\(([^()=\d]*[A-Za-z]{2}[^()=\d]*)\)")
_SEPARATOR = re.compile(r"[;:?!]|&|,(?=\s|$)|,(?!\d)|(?<!\d),|\.(?!\d)")
_LETTER = re.compile(r"\(? ?([A-Za-z]) ?\)?")
_LED = re.compile(r"([A-Za-z]) (\d.*)")  # find x 3x = 9
_LED_UNCLEAR = re.compile(r"[A-Za-z] (?:[-+][^\s].*|\(.*|[A-Za-z] ?[^\s=+*/^-].*)")
_ARTICLE = re.compile(r"(.*[\w)]) ([aAiI])")
_AFTER_NAME = frozenset(
    re.findall(r"\w+", "and if when where for in from with such given so is equal equals")
)


class Asked(NamedTuple):
    """The equations of a text as typed, and the letters that its words name."""

    equations: tuple[str, ...]
    letters: tuple[str, ...]


def equations_among_words(text: str) -> Asked | None:
    """Return what a text asks to solve; None if a word, sign or number says anything else.

    Args:
        text: on one line, in plain characters (`plain_math`).
    """
    if len(text) > _LONGEST or "=" not in text:
        return None
    is_asked = "?" in text
    text = _ASIDE.sub(r", \1 ,", _MANNER.sub(" and ", text.replace("how much is", "what is")))
    if _OTHER.search(text):
        return None
    text = _DASH.sub(" , ", _PLACE.sub(r", \1 value", _BLANK.sub(r", what is \1 , ", text)))
    words = list(_WORD.finditer(text))
    spoken = [word[0].casefold() for word in words]
    if not words or len(words) > _MOST_WORDS or not _WORDS.issuperset(spoken):
        return None
    equations: list[str] = []
    letters: list[str] = []
    start = 0
    asks_anew = False
    for number, word in enumerate([*words, None]):
        before = len(equations)
        gap = text[start : word.start() if word else len(text)]
        *parts, last = _SEPARATOR.split(gap)
        for part in (*parts, last):
            following = spoken[number] if part is last and word else ""
            if not _sort(part.strip(), following, equations, letters):
                return None
        if asks_anew and len(equations) > before:
            return None  # solve 2x = 4, then solve 3y = x + 1
        asks_anew = asks_anew or (bool(equations) and number < len(spoken)
                                  and spoken[number] in _ANEW)  # fmt: skip
        start = word.end() if word else start
    if not (is_asked or letters or _ASKING.intersection(spoken) or {"and"}.issuperset(spoken)):
        return None
    return Asked(tuple(equations), tuple(dict.fromkeys(letters)))


def _sort(part: str, following: str, equations: list[str], letters: list[str]) -> bool:
    """Put a piece without words where it belongs; say whether it is an equation or a name.

    Args:
        part: the piece.
        following: the word right after it; empty if a stop is there.
        equations: of the text; lengthened.
        letters: named by the text; lengthened.
    """
    if not part.strip("() ."):
        return True
    if named := _LETTER.fullmatch(part):
        article = named[1] in "aAiI" and following and following not in _AFTER_NAME
        letters += [] if article else [named[1]]
        return True
    spoken = _ARTICLE.fullmatch(part) if following and following not in _AFTER_NAME else None
    if spoken is not None:
        if spoken[2] in spoken[1]:
            return False
        part = spoken[1]
    if led := _LED.fullmatch(part):
        letters.append(led[1])
        part = led[2]
    if part.count("=") != 1 or part.count("(") != part.count(")") or _LED_UNCLEAR.fullmatch(part):
        return False
    equations.append(part.strip(" ."))
    return True
