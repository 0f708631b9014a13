"""One tree search on arrays: select, expand, back up. Compiled with Numba, no Python inside.

Which positions exist and what they are worth comes from outside: `search.py` asks a Python
environment and any evaluator, `compiled.py` brings compiled rules. The arrays are `arena.py`. Every
jitted function of the engine is here: Numba's disk cache watches a function's own file only.

Letters: `G` trees, `A` actions, `B` batch rows. Only legal actions have edges, in the order of
their index, side by side. The score of an edge is `Q + c * sqrt(visits) * U`; the back-up keeps
`U = P / (1 + N)` up to date. Unvisited edges have Q = 0; the lowest action wins a tie. A row's
visits count its own evaluation and every pass through its edges. Row 0 is the root.

Source: Silver et al. 2017, AlphaGo Zero, Methods, "Search algorithm".
"""

from __future__ import annotations

import math

import numba

from graphs.mcts import arena as at
from graphs.mcts.arena import Arena, Batch, Floats, Game, Ints, Knobs, Memory, Plain
from graphs.mcts.rule_calls import RuleCalls, legal_at, observe_at, step_at
from tasks.protocol import GOING_ON

# Inlined, as passing the arrays' sixty numbers costs more than the work; no reference counts, as
# nothing is allocated here: they would take three quarters of the time.
compiled = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=True, _nrt=False)


@compiled
def next_leaf(arena: Arena, knobs: Knobs, g: int) -> tuple[int, int]:
    """Find the next row of tree `g` to judge; ends met on the way are backed up at once.

    Returns what was found (OVER, FULL, NEW, AGAIN) and the row, now pending. A NEW row is linked to
    its parent; its state and its factor are the caller's to fill in.
    """
    tree_i, node_i = arena.tree_i, arena.node_i
    while True:
        under_way = tree_i[g, at.DONE] + tree_i[g, at.IN_FLIGHT]
        if under_way >= knobs.simulations or _is_over(arena, knobs, g):
            return at.OVER, 0
        if tree_i[g, at.IN_FLIGHT] >= knobs.leaves or node_i[g, 0, at.STATUS] == at.PENDING:
            return at.FULL, 0
        if node_i[g, 0, at.STATUS] == at.FRESH:
            node_i[g, 0, at.STATUS] = at.PENDING
            tree_i[g, at.IN_FLIGHT] += 1
            return at.AGAIN, 0
        row, edge, status = _descend(arena, knobs.c_puct, g)
        if status == at.CLOSED:
            _back_up(arena, g, row)
            tree_i[g, at.DONE] += 1
            continue
        if status == at.PENDING:
            return at.FULL, 0
        found = at.AGAIN
        if status == at.MISSING:
            row = _add_row(arena, g, row, edge)
            found = at.NEW
        node_i[g, row, at.STATUS] = at.PENDING
        tree_i[g, at.IN_FLIGHT] += 1
        if knobs.leaves > 1:
            _add_loss(arena, g, row, 1)
        return found, row


@compiled
def settle_end(arena: Arena, knobs: Knobs, g: int, row: int, value: float, factor: float) -> None:
    """Make a pending row an end and back it up.

    `value` is for the player who moved into it (at a root: who is to move), `factor` the discount.
    """
    tree_i, node_i, node_f = arena.tree_i, arena.node_i, arena.node_f
    node_i[g, row, at.STATUS] = at.CLOSED
    node_f[g, row, at.VALUE] = value
    node_f[g, row, at.FACTOR] = factor
    tree_i[g, at.IN_FLIGHT] -= 1
    if row == 0:
        return
    best = tree_i[g, at.BEST]
    gain = value if best < 0 else value - node_f[g, best, at.VALUE]
    shorter = best >= 0 and node_i[g, row, at.DEPTH] < node_i[g, best, at.DEPTH]
    if value > 0.0 and (gain > 0.0 or (gain == 0.0 and shorter)):
        tree_i[g, at.BEST] = row
    if knobs.stop_at_solution and value >= 1.0:
        tree_i[g, at.SOLVED] = 1
    if knobs.leaves > 1:
        _add_loss(arena, g, row, -1)
    _back_up(arena, g, row)
    tree_i[g, at.DONE] += 1


@compiled
def settle(arena: Arena, knobs: Knobs, g: int, row: int, batch: Batch, b: int) -> bool:
    """Give a pending row the evaluation `b` and back it up; False if that is no evaluation.

    The row's factor must be set. A row `max_depth` below the root is not gone into.
    """
    value = batch.values[b]
    if not abs(value) <= 1.0 + 1e-6 or not _open(arena, g, row, batch, b):
        return False
    arena.node_f[g, row, at.VALUE] = value
    arena.tree_i[g, at.IN_FLIGHT] -= 1
    if arena.node_i[g, row, at.DEPTH] >= knobs.max_depth:
        arena.node_i[g, row, at.STATUS] = at.CLOSED
    if row == 0:
        if knobs.noise_share > 0.0:
            _mix_noise(arena, g, knobs.noise_share)
        return True
    if knobs.leaves > 1:
        _add_loss(arena, g, row, -1)
    _back_up(arena, g, row)
    arena.tree_i[g, at.DONE] += 1
    return True


@compiled
def _is_over(arena: Arena, knobs: Knobs, g: int) -> bool:
    return (
        arena.tree_i[g, at.DONE] >= knobs.simulations
        or arena.tree_i[g, at.SOLVED] == 1
        or arena.node_i[g, 0, at.STATUS] == at.CLOSED
        or arena.tree_i[g, at.ROWS] >= arena.node_i.shape[1]  # only after many forgotten batches
    )


@compiled
def _descend(arena: Arena, c_puct: float, g: int) -> tuple[int, int, int]:
    edge_f, node_i = arena.edge_f, arena.node_i
    row = 0
    while True:
        first = node_i[g, row, at.FIRST]
        scale = c_puct * math.sqrt(node_i[g, row, at.VISITS])
        best = first
        top = edge_f[g, first, at.Q] + scale * edge_f[g, first, at.U]
        for edge in range(first + 1, first + node_i[g, row, at.COUNT]):
            score = edge_f[g, edge, at.Q] + scale * edge_f[g, edge, at.U]
            if score > top:
                top = score
                best = edge
        child = arena.edge_i[g, best, at.CHILD]
        if child < 0:
            return row, best, at.MISSING
        status = node_i[g, child, at.STATUS]
        if status != at.OPEN:
            return child, best, status
        row = child


@compiled
def _add_row(arena: Arena, g: int, parent: int, edge: int) -> int:
    node_i, tree_i = arena.node_i, arena.tree_i
    row = tree_i[g, at.ROWS]
    tree_i[g, at.ROWS] = row + 1
    arena.edge_i[g, edge, at.CHILD] = row
    depth = node_i[g, parent, at.DEPTH] + 1
    node_i[g, row, at.COUNT] = 0
    node_i[g, row, at.VISITS] = 0
    node_i[g, row, at.PARENT] = parent
    node_i[g, row, at.PARENT_EDGE] = edge
    node_i[g, row, at.DEPTH] = depth
    tree_i[g, at.DEEPEST] = max(tree_i[g, at.DEEPEST], depth)
    return int(row)


@compiled
def _open(arena: Arena, g: int, row: int, batch: Batch, b: int) -> bool:
    edge_f, edge_i, node_i = arena.edge_f, arena.edge_i, arena.node_i
    first = arena.tree_i[g, at.EDGES]
    edge = first
    total = 0.0
    fine = True
    for action in range(batch.legal.shape[1]):  # illegal ones are overwritten by the next legal one
        legal = batch.legal[b, action]
        prior = batch.priors[b, action]
        edge_f[g, edge, at.Q] = 0.0
        edge_f[g, edge, at.U] = prior
        edge_f[g, edge, at.P] = prior
        edge_f[g, edge, at.W] = 0.0
        edge_i[g, edge, at.N] = 0
        edge_i[g, edge, at.CHILD] = -1
        edge_i[g, edge, at.ACTION] = action
        edge += legal
        total += prior * legal
        fine &= (prior >= 0.0) | (not legal)
    arena.tree_i[g, at.EDGES] = edge
    node_i[g, row, at.FIRST] = first
    node_i[g, row, at.COUNT] = edge - first
    node_i[g, row, at.VISITS] = 1
    node_i[g, row, at.STATUS] = at.OPEN
    return fine and abs(total - 1.0) <= 1e-3


@compiled
def _mix_noise(arena: Arena, g: int, share: float) -> None:
    total = 0.0
    for edge in range(arena.node_i[g, 0, at.COUNT]):
        total += arena.noise[g, arena.edge_i[g, edge, at.ACTION]]
    for edge in range(arena.node_i[g, 0, at.COUNT]):
        draw = arena.noise[g, arena.edge_i[g, edge, at.ACTION]] / max(total, 1e-300)
        mixed = (1.0 - share) * arena.edge_f[g, edge, at.P] + share * draw
        arena.edge_f[g, edge, at.P] = mixed
        arena.edge_f[g, edge, at.U] = mixed


@compiled
def _back_up(arena: Arena, g: int, row: int) -> None:
    value = arena.node_f[g, row, at.VALUE]
    while row > 0:
        value *= arena.node_f[g, row, at.FACTOR]
        row = _count(arena, g, row, 1, value)


@compiled
def _add_loss(arena: Arena, g: int, row: int, sign: int) -> None:
    """Count a lost visit on the way to a row in flight (`sign` 1), or take it back (-1)."""
    while row > 0:
        row = _count(arena, g, row, sign, -sign)


@compiled
def _count(arena: Arena, g: int, row: int, visits: int, value: float) -> int:
    """Add visits and value to the edge into a row; return the row above."""
    edge_f, edge_i = arena.edge_f, arena.edge_i
    edge, above = arena.node_i[g, row, at.PARENT_EDGE], arena.node_i[g, row, at.PARENT]
    count = edge_i[g, edge, at.N] + visits
    total = edge_f[g, edge, at.W] + value
    edge_i[g, edge, at.N] = count
    edge_f[g, edge, at.W] = total
    edge_f[g, edge, at.Q] = total / count if count > 0 else 0.0
    edge_f[g, edge, at.U] = edge_f[g, edge, at.P] / (1 + count)
    arena.node_i[g, above, at.VISITS] += visits
    return int(above)


# What Python calls. `plain` is Arena and Knobs as plain tuples, which Numba takes four times as
# fast as named ones; `round_` is Game, Memory and Batch.


@compiled
def ask_many(plain: Plain, trees: Ints, found: Ints) -> None:
    """Find a leaf in each of `trees` `[n]`; `found` `[n, 4]`: what, row, parent row, action."""
    arena, knobs = Arena(*plain[0]), Knobs(*plain[1])
    for i in range(trees.shape[0]):
        g = trees[i]
        what, row = next_leaf(arena, knobs, g)
        found[i, 0] = what
        found[i, 1] = row
        if what == at.NEW:
            found[i, 2] = arena.node_i[g, row, at.PARENT]
            found[i, 3] = arena.edge_i[g, arena.node_i[g, row, at.PARENT_EDGE], at.ACTION]


@compiled
def settle_ends(plain: Plain, trees: Ints, rows: Ints, values: Floats, factor: float) -> None:
    """Do `settle_end` for each `trees`, `rows`, `values` `[n]`."""
    arena, knobs = Arena(*plain[0]), Knobs(*plain[1])
    for i in range(trees.shape[0]):
        settle_end(arena, knobs, trees[i], rows[i], values[i], factor)


@compiled
def settle_many(plain: Plain, trees: Ints, rows: Ints, judged: Plain, b: Ints) -> int:
    """Do `settle` for each `trees`, `rows`, `b` `[n]` of a Batch; the first that fails, or n."""
    arena, knobs, batch = Arena(*plain[0]), Knobs(*plain[1]), Batch(*judged)
    for i in range(trees.shape[0]):
        if not settle(arena, knobs, trees[i], rows[i], batch, b[i]):
            return i
    return trees.shape[0]


@compiled
def release_many(plain: Plain, trees: Ints, rows: Ints) -> None:
    """Take pending rows `[n]` back as not judged, so that they can be asked for again."""
    arena, knobs = Arena(*plain[0]), Knobs(*plain[1])
    for i in range(trees.shape[0]):
        arena.node_i[trees[i], rows[i], at.STATUS] = at.FRESH
        arena.tree_i[trees[i], at.IN_FLIGHT] -= 1
        if knobs.leaves > 1:
            _add_loss(arena, trees[i], rows[i], -1)


@compiled
def gather(
    plain: Plain, calls: RuleCalls, round_: Plain, start: int, uniform: bool
) -> tuple[int, int, int]:
    """Fill a batch with states to judge, by compiled rules, tree after tree from `start` on.

    Ends and states that the memory knows are backed up on the way. `uniform` judges here: value 0,
    equal priors. Returns the states, the leaves waiting, and the tree to start from next time.
    """
    arena, knobs = Arena(*plain[0]), Knobs(*plain[1])
    game, memory, batch = Game(*round_[0]), Memory(*round_[1]), Batch(*round_[2])
    step, legal, observe = step_at(calls[0]), legal_at(calls[1]), observe_at(calls[2])
    known = Batch(memory.legal, memory.priors, memory.values)
    words, node_i, tree_i = game.words, arena.node_i, arena.tree_i
    rows = leaves = 0
    for offset in range(words.shape[0]):
        g = (start + offset) % words.shape[0]
        while True:
            if rows == game.observations.shape[0]:
                return rows, leaves, g
            what, row = next_leaf(arena, knobs, g)
            if what != at.NEW and what != at.AGAIN:
                break
            if what == at.NEW:
                parent = node_i[g, row, at.PARENT]
                action = arena.edge_i[g, node_i[g, row, at.PARENT_EDGE], at.ACTION]
                end = step(words[g, parent], action, words[g, row])
                value = 2.0 - end  # 1, 2, 3: won, drawn, lost by the player who moved
                if end == GOING_ON:
                    depth = tree_i[g, at.ROOT_DEPTH] + node_i[g, row, at.DEPTH]
                    value = -1.0 if depth >= game.max_steps else math.nan
                if value == value:
                    settle_end(arena, knobs, g, row, value, abs(game.factor))
                    continue
                arena.node_f[g, row, at.FACTOR] = game.factor
            slot, same = _look_up(memory, words[g, row])
            if same and memory.asked[slot] == at.KNOWN:
                settle(arena, knobs, g, row, known, slot)
                continue
            if not same:
                legal(words[g, row], batch.legal[rows])
            if uniform:
                _judge_equal(batch, rows)
                settle(arena, knobs, g, row, batch, rows)
                continue
            game.waiting[leaves, 0] = g
            game.waiting[leaves, 1] = row
            game.waiting[leaves, 2] = memory.asked[slot] if same else rows
            leaves += 1
            if same:
                continue
            observe(words[g, row], game.observations[rows])
            if slot >= 0:
                memory.asked[slot] = rows
                for word in range(words.shape[2]):
                    memory.keys[slot, word] = words[g, row, word]
            game.slots[rows] = slot
            tree_i[g, at.ASKED] += 1
            rows += 1
    return rows, leaves, start


@compiled
def absorb(plain: Plain, round_: Plain, rows: int, leaves: int, over: Ints) -> tuple[int, int]:
    """Expand and back up what was gathered, and remember it.

    Returns the first leaf that fails, or `leaves`; and how many trees are done: `over` has them.
    """
    arena, knobs = Arena(*plain[0]), Knobs(*plain[1])
    game, memory, batch = Game(*round_[0]), Memory(*round_[1]), Batch(*round_[2])
    told = 0
    while told < leaves and settle(
        arena, knobs, game.waiting[told, 0], game.waiting[told, 1], batch, game.waiting[told, 2]
    ):
        told += 1
    for b in range(rows):
        slot = game.slots[b]
        if slot >= 0:
            memory.asked[slot] = at.KNOWN  # the caller frees it again where a leaf failed
            memory.values[slot] = batch.values[b]
            for action in range(batch.legal.shape[1]):
                memory.legal[slot, action] = batch.legal[b, action]
                memory.priors[slot, action] = batch.priors[b, action]
    done = 0
    for g in range(over.shape[0]):
        if _is_over(arena, knobs, g):
            over[done] = g
            done += 1
    return told, done


@compiled
def _look_up(memory: Memory, state: Ints) -> tuple[int, bool]:
    """Return the entry that a state may use now, -1 for none, and whether it is in there."""
    entries = memory.keys.shape[0]
    if entries == 0:
        return -1, False
    key = 0
    for word in state:
        key = (key ^ word) * -7046029254386353131  # 2^64 / golden ratio, odd
        key ^= key >> 32
    slot = key & (entries - 1)
    if memory.asked[slot] == at.FREE:
        return slot, False
    for word in range(state.shape[0]):
        if memory.keys[slot, word] != state[word]:
            return (slot if memory.asked[slot] == at.KNOWN else -1), False
    return slot, True


@compiled
def _judge_equal(batch: Batch, b: int) -> None:
    share = 1.0 / batch.legal[b].sum()
    for action in range(batch.legal.shape[1]):
        batch.priors[b, action] = batch.legal[b, action] * share
    batch.values[b] = 0.0
