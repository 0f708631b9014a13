"""Singular and plural of nouns, real and invented, where the problem itself decides what it can.

A plural has one or more possible singulars; one that the problem uses as a singular is taken first.
"""

from __future__ import annotations

from collections.abc import Collection

_IRREGULAR = {
    "men": "man", "women": "woman", "people": "person", "children": "child", "mice": "mouse",
    "lice": "louse", "dice": "die", "geese": "goose", "feet": "foot", "teeth": "tooth",
    "oxen": "ox", "wolves": "wolf", "leaves": "leaf", "lives": "life", "knives": "knife",
    "wives": "wife", "calves": "calf", "halves": "half", "elves": "elf", "shelves": "shelf",
    "thieves": "thief", "loaves": "loaf", "scarves": "scarf", "hooves": "hoof",
    "cacti": "cactus", "fungi": "fungus", "nuclei": "nucleus", "octopi": "octopus",
    "larvae": "larva", "algae": "alga", "bacteria": "bacterium", "criteria": "criterion",
    "phenomena": "phenomenon", "mitochondria": "mitochondrion", "matrices": "matrix",
    "vertices": "vertex", "indices": "index", "axes": "axis", "crises": "crisis",
    "hypotheses": "hypothesis", "analyses": "analysis", "movies": "movie", "cookies": "cookie",
    "pies": "pie", "ties": "tie", "shoes": "shoe", "canoes": "canoe", "gases": "gas",
    "lenses": "lens", "buses": "bus",
}  # fmt: skip
_SAME = frozenset((
    "sheep", "fish", "deer", "moose", "series", "species", "aircraft", "swine", "bison", "trout",
    "salmon", "squid", "elk",
))  # fmt: skip


def singulars(phrase: str) -> list[str]:
    """Return the possible singulars of a phrase, the likeliest first; empty if it is no plural."""
    before, _, word = phrase.rpartition(" ")
    found = _word_singulars(word)
    if not found and word.endswith("men") and len(word) > 4:
        found = [f"{word[:-3]}man"]
    return [f"{before} {one}" if before else one for one in found]


def singular(phrase: str, known: Collection[str]) -> str:
    """Return the singular of a plural phrase, one of the known ones if it can be."""
    found = singulars(phrase)
    return next((one for one in found if one in known), found[0] if found else phrase)


def _word_singulars(word: str) -> list[str]:
    if word in _IRREGULAR:
        return [_IRREGULAR[word]]
    if word in _SAME:
        return [word]
    stem = word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return [f"{word[:-3]}y", word[:-1]]
    if word.endswith("ves"):
        return [word[:-1], f"{word[:-3]}f", f"{word[:-3]}fe"]
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return [stem, word[:-1]]
    if word.endswith("uses") and not word.endswith("ouses"):
        return [stem, word[:-1]]
    if word.endswith("ses"):
        return [word[:-1], stem]
    if word.endswith("oes"):
        return [stem, word[:-1]]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        return [word[:-1]]
    if word.endswith("i") and len(word) > 4:
        return [f"{word[:-1]}us"]
    return []
