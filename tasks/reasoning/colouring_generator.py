"""Make graphs that can be coloured, near the density at which colouring is hard.

A colouring is drawn first and edges join only vertices of different colours. Small graphs get
most such edges, which often leaves one colouring but for the names of the colours; large ones as
many as make random graphs hard.

Source: Turner 1988, Almost all k-colorable graphs are easy to color; Cheeseman, Kanefsky and
Taylor 1991, Where the really hard problems are (densities).
"""

from __future__ import annotations

import random

from tasks.protocol import Split
from tasks.reasoning.constraints_payload import MOST_VERTICES, ConstraintsPayload, graph_payload
from tasks.splits import split_of

FEWEST, MOST = 8, 60  # vertices at difficulty 0 and 1
DENSITY = {3: 2.35, 4: 4.4}  # edges a vertex, by colours
MOST_OF_PAIRS = 0.85  # with all of them there would be one graph of a size
HUES = ("red", "green", "blue", "yellow")


def make_graph(rng: random.Random, difficulty: float, split: Split) -> ConstraintsPayload:
    """Return a graph that can be coloured, with an edge at every vertex, of the split."""
    while True:
        count = round(FEWEST + (MOST - FEWEST) * difficulty) + rng.randint(0, 2)
        colours = 3 if count < 7 or rng.random() < 0.6 else 4
        colour = [vertex % colours for vertex in range(count)]
        rng.shuffle(colour)
        pairs = [(a, b) for a in range(count) for b in range(a) if colour[a] != colour[b]]
        wanted = round(DENSITY[colours] * count * rng.uniform(0.95, 1.05))
        edges = rng.sample(pairs, min(wanted, round(MOST_OF_PAIRS * len(pairs))))
        if len({vertex for edge in edges for vertex in edge}) < count:
            continue
        if split_of(canonical_text(count, colours, edges)) == split:
            return _named(rng, count, colours, edges)


def difficulty_of(payload: ConstraintsPayload) -> float:
    """Return the difficulty at which as many vertices are generated, in [0, 1]."""
    return min(1.0, max(0.0, (len(payload.vertices) - FEWEST) / (MOST - FEWEST)))


def canonical_text(count: int, colours: int, edges: list[tuple[int, int]]) -> str:
    """Return a text that is equal for graphs that differ by names only.

    Different graphs may share it, which only matters to the size of a split.
    """
    degree = [0] * count
    for a, b in edges:
        degree[a] += 1
        degree[b] += 1
    around = sorted(sorted((degree[a], degree[b])) for a, b in edges)
    return f"colouring {count} {colours} {around}"


def graph_prompt(rng: random.Random, payload: ConstraintsPayload) -> str:
    """Write a graph and its colours as a question."""
    style = rng.randrange(4)
    number = len(payload.colours)
    named = payload.colours[0] in HUES
    colours = f"the colours {', '.join(payload.colours)}" if named else f"{number} colours"
    dashes = ", ".join(f"{a}-{b}" for a, b in payload.edges)
    if style == 0:
        return f"Colour the graph {dashes} with {colours}."
    if style == 1:
        pairs = ", ".join(f"({a},{b})" for a, b in payload.edges)
        return f"Graph colouring with {colours}. Edges: {pairs}"
    if style == 2:
        vertices = ", ".join(payload.vertices)
        return f"Vertices: {vertices}\nEdges: {dashes}\nColour the graph with {colours}."
    later = {name: [b for a, b in payload.edges if a == name] for name in payload.vertices}
    lines = [f"{name}: {', '.join(others)}" for name, others in later.items() if others]
    return "\n".join([f"Colour this graph with {colours}.", *lines])


def _named(
    rng: random.Random, count: int, colours: int, edges: list[tuple[int, int]]
) -> ConstraintsPayload:
    if count <= 20 and rng.random() < 0.5:
        names = rng.sample("ABCDEFGHIJKLMNOPQRSTUVWXYZ", count)
    elif rng.random() < 0.5:
        names = [f"v{number}" for number in rng.sample(range(1, MOST_VERTICES), count)]
    else:
        names = [str(number + 1) for number in rng.sample(range(count), count)]
    palette = HUES[:colours] if rng.random() < 0.4 else [str(one + 1) for one in range(colours)]
    return graph_payload(names, [(names[a], names[b]) for a, b in edges], palette)
