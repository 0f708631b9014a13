"""Turn statements into slots: pieces of work that need each other's results.

An expression inside a question (`Is (a - 1) + y*21 prime?`) gets a slot of its own. What stands in
a slot are trees of `expressions`; results are put in for names and functions, one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tasks.math.composed_statement import Statement
from tasks.math.expressions import (
    ExpressionSyntaxError,
    Tree,
    nodes_of,
    number,
    read_expression,
    write_expression,
)
from tasks.protocol import InvalidTaskError

MAX_SLOTS = 20
MAX_NODES = 600  # of a slot's trees, so that calls of calls stay bounded


@dataclass(frozen=True, slots=True)
class Work:
    """What a slot is to do, before anything is put into it.

    Attributes:
        label: how it is called in derivations: `a`, `u(f)`, `x, y`, `h(20)`, `answer`.
        defines: the names that others may need.
        parameter: of a function, else empty.
        verb: of the statement.
        words: text for the leaf kind, with a hole `{}` for each tree.
        trees: the expressions.
        bound: letters that are not to be replaced: parameters and unknowns.
        asked: of `choose`: how many trees at the front are no choices.
        typed: the expressions as typed, for choices; which root is wanted.
    """

    label: str
    defines: tuple[str, ...]
    parameter: str
    verb: str
    words: str
    trees: tuple[Tree, ...]
    bound: frozenset[str] = frozenset()
    asked: int = 0
    typed: tuple[str, ...] = ()


def compiled(definitions: Sequence[Statement], question: Statement) -> tuple[Work, ...]:
    """Return the work of all statements, the question's last.

    Raises:
        InvalidTaskError: if a part cannot be read, or there are too many.
    """
    functions = frozenset(s.name for s in definitions if s.parameter)
    defined = {s.name for s in definitions if s.head and s.verb != "suppose"}
    names = frozenset(defined) - functions | _letters_of_equations(definitions)
    works: list[Work] = []
    supposed: list[tuple[Statement, tuple[Tree, ...]]] = []
    for statement in definitions:
        if statement.verb == "suppose":
            supposed.append((statement, _equations(statement.parts, functions)))
        elif statement.verb == "unread":
            works.append(Work(statement.head, (statement.name,), "", "unread",
                              statement.parts[0], ()))  # fmt: skip
        else:
            works += _defining(statement, functions, defined, names)
    works += _supposing(supposed, defined)
    works += _asking(question, functions, defined)
    if len(works) > MAX_SLOTS:
        raise InvalidTaskError(f"{len(works)} pieces of work; at most {MAX_SLOTS}")
    return tuple(works)


def _letters_of_equations(definitions: Sequence[Statement]) -> frozenset[str]:
    texts = (part for s in definitions if s.verb == "suppose" for part in s.parts)
    return frozenset(sign for text in texts for sign in text if sign.isalpha())


def needs_of(tree: Tree, bound: frozenset[str]) -> frozenset[str]:
    """Return the names and functions that a tree needs from others."""
    found = set()
    for node in nodes_of(tree):
        called = node[0] == "call" and node[1] != "sqrt"
        if called or (node[0] == "name" and node[1] not in bound):
            found.add(node[1])
    return frozenset(found)


def put_in(tree: Tree, name: str, value: Tree, bound: frozenset[str] = frozenset()) -> Tree:
    """Return the tree with a value for a name, or a function's body for its calls.

    A function is `("fun", parameter, body)`.
    """
    form = tree[0]
    if form == "num":
        return tree
    if form == "name":
        return value if tree[1] == name and name not in bound and value[0] != "fun" else tree
    if form == "call" and tree[1] == name and value[0] == "fun" and len(tree) == 3:
        argument = put_in(tree[2], name, value, bound)
        return put_in(value[2], value[1], argument)
    return (form, *(put_in(p, name, value, bound) if isinstance(p, tuple) else p
                    for p in tree[1:]))  # fmt: skip


def literal(tree: Tree) -> Fraction | None:
    """Return the number that a tree writes without any operation but a sign or a fraction line."""
    if tree[0] == "num":
        return Fraction(tree[1], tree[2])
    if tree[0] == "neg":
        inner = literal(tree[1])
        return None if inner is None else -inner
    if tree[0] == "/" and tree[2][0] == "num" and tree[2][1]:
        above = literal(tree[1])
        return None if above is None or above.denominator != 1 else above / literal_of(tree[2])
    return None


def literal_of(tree: Tree) -> Fraction:
    """Return the number of a number's tree."""
    return Fraction(tree[1], tree[2])


def written(work_words: str, trees: tuple[Tree, ...]) -> str:
    """Return a leaf's question: the words with the trees in their holes."""
    parts = work_words.split("{}")
    texts = [_plain(tree) for tree in trees]
    return "".join(a + b for a, b in zip(parts, [*texts, ""], strict=True))


def _plain(tree: Tree) -> str:
    value = literal(tree)
    return str(value) if value is not None else write_expression(_with_factors(tree))


def _with_factors(tree: Tree) -> Tree:
    """Write the sign of a sum as the factor -1, which every leaf kind can expand."""
    if tree[0] in ("num", "name"):
        return tree
    parts = tuple(_with_factors(p) if isinstance(p, tuple) else p for p in tree[1:])
    if tree[0] == "neg" and parts[0][0] in ("+", "-"):
        return ("*", number(-1), parts[0])
    return (tree[0], *parts)


_NAME_IN_WORDS = re.compile(r"(?<![\w'])(?:[b-zB-Z]|(?<=of )a|(?<=and )a|(?<=by )a)(?![\w'(])")


def _defining(
    statement: Statement, functions: frozenset[str], defined: set[str], names: frozenset[str]
) -> list[Work]:
    name, parameter, parts = statement.name, statement.parameter, statement.parts
    if statement.verb == "ask":
        asked, typed = parts[0], parts[1:]
        if not typed:
            found = _NAME_IN_WORDS.findall(asked)
            typed = tuple(one for one in found if one in names)
            asked = _NAME_IN_WORDS.sub(lambda m: "{}" if m[0] in names else m[0], asked)
        made, words, trees = _holes(statement, asked, typed, functions, defined)
        return [*made, Work(statement.head, (name,), "", "ask", words, trees)]
    if statement.verb == "root":
        trees = _equations(parts[1:], functions)
        unknowns = tuple(sorted(_free(trees) - names))
        solving = _solving(unknowns, trees, name)
        return [replace(solving, defines=(name,), verb="root", typed=(parts[0],))]
    bound = frozenset((parameter,)) if parameter else frozenset()
    tree = _read(parts[0], functions)
    if statement.verb == "derivative":
        words = f"Find the {parts[2]} derivative of {{}} wrt {parameter}."
        return [Work(statement.head, (name,), parameter, "derivative", words, (tree,), bound)]
    verb, words = statement.verb, "Calculate {}."
    return [Work(statement.head, (name,), parameter, verb, words, (tree,), bound)]


def _supposing(supposed: list[tuple[Statement, tuple[Tree, ...]]], defined: set[str]) -> list[Work]:
    """Find the unknowns of equations: first where all but as many as equations are defined."""
    works = []
    left = _joined(supposed, defined)
    while left:
        for trees in left:
            unknowns = _free(trees) - defined
            if 1 <= len(unknowns) <= len(trees) // 2:
                break
        else:
            trees = left[0]
            unknowns = _free(trees) - defined
        left = [other for other in left if other is not trees]
        names = tuple(sorted(unknowns))
        defined |= unknowns
        works.append(_solving(names, trees, ", ".join(names) or "check"))
    return works


def _joined(
    supposed: list[tuple[Statement, tuple[Tree, ...]]], defined: set[str]
) -> list[tuple[Tree, ...]]:
    """Join two sentences of one equation each that share their two unknowns."""
    groups = [trees for _, trees in supposed]
    for i, first in enumerate(groups):
        for second in groups[i + 1 :]:
            both = _free(first) - defined
            if len(first) == len(second) == 2 == len(both) and _free(second) - defined == both:
                rest = [g for g in groups if g is not first and g is not second]
                known = set().union(*(_free(g) for g in rest)) if rest else set()
                if not both & known:
                    return [*rest, first + second]
    return groups


def _solving(names: tuple[str, ...], trees: tuple[Tree, ...], label: str) -> Work:
    words = "Solve {} = {} for X." if len(trees) == 2 else "Solve {} = {}, {} = {} for X."
    words = words.replace("X", " and ".join(names)) if names else words.replace(" for X", "")
    return Work(label, names, "", "suppose", words, trees, frozenset(names))


def _asking(question: Statement, functions: frozenset[str], defined: set[str]) -> list[Work]:
    verb, parts = question.verb, question.parts
    label = "answer"
    if verb in ("ask", "choose"):
        skip = 2 if verb == "choose" else 1
        typed = parts[skip:]
        made, words, trees = _holes(question, parts[0], typed, functions, defined)
        asked = int(parts[1]) if verb == "choose" and parts[1].isdigit() else 0
        return [*made, Work(label, (), "", verb, words, trees, asked=asked, typed=typed)]
    if verb == "solve":
        trees = _equations(parts, functions)
        unknowns = _free(trees) - (defined - {*question.head})
        names = (question.head,) if question.head else tuple(sorted(unknowns))
        bound = frozenset(unknowns)
        return [replace(_solving(names, trees, label), defines=(), verb="solve", bound=bound)]
    tree = _read(parts[0], functions)
    if verb == "derivative":
        words = f"Find the {parts[2]} derivative of {{}} wrt {parts[1]}."
        return [Work(label, (), "", verb, words, (tree,), frozenset(parts[1]))]
    free = needs_of(tree, frozenset()) - defined - functions
    if verb == "coefficient":
        words = f"Rearrange {{}} to {parts[1]} and give {parts[2]}."
        return [Work(label, (), "", verb, words, (tree,), free)]
    if verb == "factor":
        return [Work(label, (), "", verb, "Factor {}.", (tree,), free)]
    if free:
        return [Work(label, (), "", "expand", "Expand {}.", (tree,), free)]
    return [Work(label, (), "", "value", "Calculate {}.", (tree,))]


def _holes(
    statement: Statement,
    words: str,
    typed: Sequence[str],
    functions: frozenset[str],
    defined: set[str],
) -> tuple[list[Work], str, tuple[Tree, ...]]:
    """Return work for expressions that are neither names nor numbers, and what stands in holes."""
    if words.count("{}") != len(typed):
        raise InvalidTaskError(f"{words[:80]!r} has not {len(typed)} holes")
    made: list[Work] = []
    trees = []
    for text in typed:
        tree = _read(text, functions)
        if literal(tree) is None and tree[0] != "name":
            label = write_expression(tree)
            if label not in {work.label for work in made}:
                made.append(Work(label, (label,), "", "value", "Calculate {}.", (tree,)))
            tree = ("name", label)
        trees.append(tree)
    defined |= {work.label for work in made}
    return made, words, tuple(trees)


def _equations(texts: Sequence[str], functions: frozenset[str]) -> tuple[Tree, ...]:
    trees = []
    for text in texts:
        sides = text.split("=")
        if len(sides) != 2:
            raise InvalidTaskError(f"{text[:80]!r} is not one equation")
        trees += [_read(side, functions) for side in sides]
    return tuple(trees)


def _free(trees: Sequence[Tree]) -> set[str]:
    return {node[1] for tree in trees for node in nodes_of(tree) if node[0] == "name"}


def _read(text: str, functions: frozenset[str]) -> Tree:
    try:
        tree = read_expression(text.strip(), functions)
    except ExpressionSyntaxError as error:
        raise InvalidTaskError(f"cannot read {text.strip()[:80]!r}: {error}") from error
    return number(literal_of(tree)) if tree[0] == "num" else tree
