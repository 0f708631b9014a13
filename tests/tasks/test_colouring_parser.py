"""Reading graphs to be coloured, and leaving everything else alone."""

from __future__ import annotations

import pytest

from tasks.protocol import InvalidTaskError
from tasks.reasoning.colouring_parser import read_colouring

TRIANGLE = (("a", "b"), ("a", "c"), ("b", "c"))


@pytest.mark.parametrize(
    "text",
    [
        "color the graph a-b, b-c, c-a with 3 colours",
        "Colour the graph a-b b-c a-c with three colors.",
        "3-color the graph with edges a-b, b-c and c-a",
        "Is the graph with edges a-b, b-c, c-a 3-colourable?",
        "graph colouring, 3 colours: (a,b), (b,c), (c,a)",
        "Please colour this graph using 3 colours:\na: b, c\nb: c",
        "vertices: a, b, c\nedges: a-b, b-c, c-a\ncolours: 3",
        "Colour with 3 colors: a borders b and c; b borders c.",
        "k=3 colouring: nodes a b c, edges a-b b-c c-a",
        "{'a': ['b', 'c'], 'b': ['c']} colour this graph with 3 colors",
        "a and b are adjacent, b and c are adjacent, a and c are adjacent. Colour with 3 colours.",
        "Three regions: a, b and c. a touches all the others. b touches c. Use 3 colours to color.",
    ],
)
def test_graphs_are_read(text: str) -> None:
    payload = read_colouring(text)
    assert payload is not None
    assert payload.edges == TRIANGLE
    assert payload.colours == ("1", "2", "3")


def test_names_of_colours_and_vertices_are_kept() -> None:
    payload = read_colouring(
        "Color the map with red, green and blue. New South Wales - Victoria, Victoria - South "
        "Australia. Victoria is red."
    )
    assert payload is not None
    assert payload.colours == ("red", "green", "blue")
    assert payload.vertices == ("New South Wales", "South Australia", "Victoria")
    assert payload.fixed == (("Victoria", "red"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What colour is the sky?",
        "color my car with 3 colours",
        "colour this graph with 3 colours\na: b\nb: none",
        "color a-b, b-c with 2 colours and then color c-d, d-e with 2 colours",
        "I like the colours red, green and blue.",
        "Which colours mix to 3 greens: a-b?",
        "colour the graph a-b, b-c",
        "paint a picture in 4 colours of e-mail and x-rays",
        "The colour code is 12-34, 56-78.",
        "color " * 900,
        "color 3 colors graph " + "a-" * 2500,
        "color 3 colors graph " + "(a," * 1500,
        "color 3 colors: " + "a and " * 900,
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert read_colouring(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "colour the graph a-a with 3 colours",
        "colour the graph a-b with 12 colours",
        "colour the graph " + ", ".join(f"v{n}-v{n + 1}" for n in range(90)) + " with 3 colours",
        "colour the graph a-b with 3 colours. a is 1. a is 2.",
    ],
)
def test_what_breaks_the_rules_is_refused(text: str) -> None:
    with pytest.raises(InvalidTaskError):
        read_colouring(text)


@pytest.mark.parametrize(
    "text",
    [
        "I have a map with regions N, S, E and C. C touches all the others, N touches E, S touches "
        "E. Can I paint it with 3 colours so that touching regions differ?",
        "is this graph 3-colourable?\nC: N, S, E\nN: C, E\nS: C, E\nE: C, N, S\n(adjacency list)",
    ],
)
def test_a_clause_with_a_verb_is_no_name(text: str) -> None:
    payload = read_colouring(text)
    assert payload is not None
    assert payload.vertices == ("C", "E", "N", "S")
    assert payload.edges == (("C", "E"), ("C", "N"), ("C", "S"), ("E", "N"), ("E", "S"))


def test_vertices_may_be_counted_with_dots() -> None:
    payload = read_colouring("Colour the vertices 1,\u2026,4 with red and blue. Edges: 1-2, 2-3")
    assert payload is not None
    assert payload.vertices == ("1", "2", "3", "4")


@pytest.mark.parametrize(
    "text",
    [
        "Spain touches Portugal and France, but France doesn't touch Portugal. Colour the map with "
        "2 colours.",
        "A and B are adjacent, B and C are adjacent, A is not adjacent to C. Colour the graph "
        "with 2 colours",
    ],
)
def test_denied_edges_leave_the_text_open(text: str) -> None:
    assert read_colouring(text) is None
