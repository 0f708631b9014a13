"""What a sudoku or a colouring is made of, in one canonical form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tasks.protocol import InvalidTaskError

MOST_VERTICES, MOST_COLOURS, MOST_LETTERS = 81, 9, 40
GRID_SIDES = {16: 4, 36: 6, 81: 9}


@dataclass(frozen=True, slots=True)
class ConstraintsPayload:
    """A sudoku, where `grid` is not empty, or else a graph.

    Attributes:
        grid: 16, 36 or 81 characters row by row, `.` for empty.
        vertices: names in natural order (`v2` before `v10`).
        edges: pairs of names, each in that order, sorted; neighbours differ.
        colours: names.
        fixed: (vertex, colour) that are given, sorted like the vertices.
    """

    grid: str = ""
    vertices: tuple[str, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    colours: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()


def graph_payload(
    vertices: Iterable[str],
    edges: Iterable[tuple[str, str]],
    colours: Iterable[str],
    fixed: Iterable[tuple[str, str]] = (),
) -> ConstraintsPayload:
    """Return the canonical payload of a graph.

    Raises:
        InvalidTaskError: if it is too large, an edge joins a vertex to itself, or names do not fit.
    """
    pairs = list(edges)
    given = sorted(set(fixed), key=lambda pair: _natural(pair[0]))
    names = sorted({*vertices, *(name for pair in pairs for name in pair)}, key=_natural)
    palette = tuple(dict.fromkeys(colours))
    if not 1 <= len(names) <= MOST_VERTICES or not 1 <= len(palette) <= MOST_COLOURS:
        raise InvalidTaskError(
            f"a graph of {len(names)} vertices and {len(palette)} colours; expected 1 to "
            f"{MOST_VERTICES} vertices and 1 to {MOST_COLOURS} colours"
        )
    loops = [a for a, b in pairs if a == b]
    if loops:
        raise InvalidTaskError(f"the edge from {loops[0]!r} to itself can never be coloured")
    place = {name: index for index, name in enumerate(names)}
    ordered = sorted({(min(place[a], place[b]), max(place[a], place[b])) for a, b in pairs})
    strange = [name for name, _ in given if name not in place]
    strange += [colour for _, colour in given if colour not in palette]
    if strange or len({name for name, _ in given}) < len(given):
        raise InvalidTaskError(
            f"the given colours {given[:5]} do not fit: each vertex of the graph at most once, in "
            f"one of the colours {', '.join(palette)}"
        )
    return ConstraintsPayload(
        vertices=tuple(names),
        edges=tuple((names[a], names[b]) for a, b in ordered),
        colours=palette,
        fixed=tuple(given),
    )


def checked_payload(data: dict[str, Any]) -> ConstraintsPayload:
    """Turn JSON values back into the payload.

    Raises:
        InvalidTaskError: if fields are missing, unknown or not canonical.
    """
    names = {"grid", "vertices", "edges", "colours", "fixed"}
    if set(data) != names:
        raise InvalidTaskError(
            f"constraints payload has fields {sorted(map(str, data))[:9]}; expected "
            f"{', '.join(sorted(names))}"
        )
    grid = data["grid"]
    lists = [data["vertices"], data["edges"], data["colours"], data["fixed"]]
    if not isinstance(grid, str) or not all(isinstance(v, list | tuple) for v in lists):
        raise InvalidTaskError("grid is a text, vertices, edges, colours and fixed are lists")
    if grid:
        marks = ".123456789"[: GRID_SIDES.get(len(grid), 0) + 1]
        if len(grid) not in GRID_SIDES or set(grid) - set(marks) or any(lists):
            raise InvalidTaskError(
                f"grid {grid[:90]!r} is not 16, 36 or 81 characters of '.' and digits up to its "
                "side, with the other fields empty"
            )
        return ConstraintsPayload(grid=grid)
    vertices, edges, colours, fixed = (tuple(value) for value in lists)
    pairs = [*edges, *fixed]
    if len(edges) > MOST_VERTICES**2 or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs
    ):
        raise InvalidTaskError("edges and fixed are lists of pairs")
    texts = [*vertices, *colours, *(name for pair in pairs for name in pair)]
    wrong = [t for t in texts if not isinstance(t, str) or not is_name(t)]
    if wrong:
        raise InvalidTaskError(
            f"{wrong[0]!r:.60} is no name of a vertex or colour: letters, digits and blanks, at "
            f"most {MOST_LETTERS}"
        )
    payload = graph_payload(
        vertices, [(a, b) for a, b in edges], colours, [(a, b) for a, b in fixed]
    )
    as_given = (vertices, tuple(map(tuple, edges)), colours, tuple(map(tuple, fixed)))
    if as_given != (payload.vertices, payload.edges, payload.colours, payload.fixed):
        raise InvalidTaskError("vertices, edges and fixed are sorted and without repetition")
    return payload


def is_name(text: str) -> bool:
    """Say whether a vertex or colour may be called so."""
    return len(text) <= MOST_LETTERS and re.fullmatch(r"\w(?:[\w '.]*\w)?", text) is not None


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """Return a sort key that puts `v2` before `v10`."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", name)
    return tuple((0, int(part)) if "0" <= part[0] <= "9" else (1, part) for part in parts)
