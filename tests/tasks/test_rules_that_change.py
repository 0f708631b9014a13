"""Words that change the question or the rules leave a problem unread."""

from contextlib import suppress

import pytest

from tasks.catalogue import default_catalogue
from tasks.protocol import InvalidTaskError

KINDS = default_catalogue()


@pytest.mark.parametrize(
    "text",
    [
        "How many shortest paths are in this maze?\nS..\n..E",
        "Find a path avoiding the top row:\nS..\n...\n..E",
        "Find the shortest path in this maze moving only right and down:\n..E\nS..",
        "Find the shortest path from E to S:\nS..\n..E",
        "Find the most expensive path from top left to bottom right\n1 3 1\n1 5 1\n4 2 1",
        "maze (walls are ., free is #)\nS##\n..E",
        "Find the shortest path and back\nS..\n..E",
        "cheapest path from top left to bottom right, including the first cell:\n1 3\n2 4",
        "two knapsacks of capacity 10: weights 5 4 6, values 10 40 30",
        "tour through A (0,0), B (3,4), C (6,0), D (1,1), must use A-D",
        "Knapsack, capacity 9, any item twice at most.\nitem value weight\n1 10 4\n2 7 3\n3 9 5",
        "Knapsack with capacity 9. Take at most one item.\nitem value weight\n1 10 4\n2 7 3\n3 9 5",
        "Knapsack capacity 9: gold weight 4 value 10, tin weight 3 value 7. Gold is not available.",
        "Shortest tour through (0,0), (0,3), (4,3), (4,0) starting at (4,3)",
        "TSP with cities A (0, 0), B (3, 4), C (6, 0). Return to start not needed.",
        "make 24 from 1 2 3 4 using three of the numbers",
        "use 4 4 4 4 to make 24 with exactly two operations",
    ],
)
def test_what_changes_the_rules_is_not_read_past(text: str) -> None:
    with suppress(InvalidTaskError):  # refused with a reason is as good
        assert KINDS.parse(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "make 24 from -1 -2 -3 -4",
        "Cats are not always black. Tom is a cat. Is Tom black?",
        "All cats are mammals except Tom. Tom is a cat. Is Tom a mammal?",
        "All cats are black. Tom is said to be a cat. Is Tom black?",
        "There are three books: red, blue, green. The red is left of the blue. "
        "The green is right of the blue. Which is not leftmost?",
        "Color the graph with 2 colors such that adjacent nodes have the same color: A-B, B-C",
        "factor x^2 - 2 over the reals",
    ],
)
def test_hedges_and_denials_are_not_read_past(text: str) -> None:
    with suppress(InvalidTaskError):
        assert KINDS.parse(text) is None
