import numpy as np
import pytest
import torch
import torch.nn.functional as F
from slot_game import SLOTS, TICTACTOE, SlotGame, board_states, slot_states

from neural.policy_value import (
    NetShape,
    PolicyNetwork,
    PolicyValueNet,
    ShapeError,
    ValueNetwork,
    fresh_net,
    shape_for,
)

SLOT_SHAPE = shape_for(SlotGame())
BOARD_SHAPE = shape_for(TICTACTOE.environment)


def observed(game, states):
    return torch.from_numpy(np.stack([game.observe(s) for s in states]))


def test_slots_are_chosen_where_they_fit_and_dense_layers_elsewhere() -> None:
    assert (SLOT_SHAPE.torso, BOARD_SHAPE.torso) == ("slots", "mlp")


@pytest.mark.parametrize("shape", [SLOT_SHAPE, BOARD_SHAPE])
def test_joint_net_gives_a_logit_per_action_and_a_value_in_range(shape: NetShape) -> None:
    logits, values = fresh_net(shape, 0)(100 * torch.randn(7, *shape.observation_shape))
    assert logits.shape == (7, shape.num_actions)
    assert values.shape == (7,)
    assert values.abs().max() <= 1


@pytest.mark.parametrize("shape", [SLOT_SHAPE, BOARD_SHAPE])
def test_shipped_shapes_stay_under_200_kilobytes(shape: NetShape) -> None:
    assert sum(p.numel() * 4 for p in fresh_net(shape, 0).parameters()) < 200_000


def test_permuting_slots_permutes_logits_and_keeps_the_value() -> None:
    net = fresh_net(SLOT_SHAPE, 3)
    observations = observed(SlotGame(), slot_states(16))
    order = torch.tensor([3, 0, 4, 1, 2])
    logits, values = net(observations)
    moved_logits, moved_values = net(observations[:, order])
    by_slot = logits.view(16, SLOTS, 2)[:, order].flatten(1)
    torch.testing.assert_close(moved_logits, by_slot, atol=1e-6, rtol=0)
    torch.testing.assert_close(moved_values, values, atol=1e-6, rtol=0)


def test_a_slot_reads_the_others_so_that_its_logits_depend_on_them() -> None:
    net = fresh_net(SLOT_SHAPE, 3)
    game = SlotGame()
    (first, second), _ = net(observed(game, [(1, 2, 3, 4, 1), (1, 4, 4, 4, 4)]))
    assert (first[:2] - second[:2]).abs().max() > 1e-3


def test_same_seed_gives_the_same_net_and_moves_no_global_generator() -> None:
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    first, second = fresh_net(BOARD_SHAPE, 5), fresh_net(BOARD_SHAPE, 5)
    other = fresh_net(BOARD_SHAPE, 6)
    assert torch.equal(torch.random.get_rng_state(), before)
    weights = [
        dict(net.named_parameters())["torso.policy.weight"] for net in (first, second, other)
    ]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize(
    ("shape", "game", "states"),
    [
        (SLOT_SHAPE, SlotGame(), slot_states(32)),
        (BOARD_SHAPE, TICTACTOE.environment, list(dict.fromkeys(board_states(60)))[:32]),
    ],
)
def test_joint_net_learns_one_batch_by_heart(shape: NetShape, game, states) -> None:
    # targets are functions of the position that keep the symmetry of slots
    observations = observed(game, states)
    legal = np.stack([game.legal(s) for s in states])
    if shape.torso == "slots":  # halve the first counter that can be; else lower the highest
        actions = [2 * s.index(max(s)) + int(max(s) % 2 == 0) for s in states]
        values = torch.tensor([1 - sum(s) / 10 for s in states])
        keep = [i for i, s in enumerate(states) if s.count(max(s)) == 1]
        observations, values = observations[keep], values[keep]
        actions = [actions[i] for i in keep]
    else:
        rng = np.random.default_rng(0)
        actions = [int(rng.choice(np.flatnonzero(row))) for row in legal]
        values = torch.tensor(rng.choice([-0.9, 0.0, 0.9], len(states)), dtype=torch.float32)
    targets = torch.tensor(actions)
    net = fresh_net(shape, 0)
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(200):
        logits, predicted = net(observations)
        loss = F.cross_entropy(logits, targets) + F.mse_loss(predicted, values)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    logits, predicted = net(observations)
    assert (logits.argmax(1) == targets).all()
    assert F.mse_loss(predicted, values) < 0.01


def test_slots_that_do_not_divide_the_actions_are_refused() -> None:
    with pytest.raises(ShapeError, match="use mlp"):
        NetShape("slots", (4, 3), 10, width=8, depth=1)


def test_shape_survives_json() -> None:
    assert NetShape.from_json(SLOT_SHAPE.to_json()) == SLOT_SHAPE
    assert isinstance(PolicyValueNet(NetShape.from_json(BOARD_SHAPE.to_json())), PolicyValueNet)


# The documented networks


def trained_policy(**options) -> PolicyNetwork:
    """Return a policy network in training mode with running statistics of its own."""
    torch.manual_seed(0)
    net = PolicyNetwork(6, 4, hidden_dims=[32, 16], **options)
    for _ in range(20):
        net(torch.randn(64, 6) * 2 + 1)
    return net


def test_policy_network_has_the_documented_outputs() -> None:
    logits, value = trained_policy()(torch.randn(5, 6))
    assert logits.shape == (5, 4)
    assert value.shape == (5, 1)
    assert value.abs().max() <= 1


def test_selecting_an_action_leaves_modes_and_statistics_alone() -> None:
    net = trained_policy()
    net.hidden[0][1].eval()  # a layer that its user froze stays frozen
    modes = [module.training for module in net.modules()]
    statistics = net.hidden[1][1].running_mean.clone()
    net.select_action(torch.randn(6))
    assert [module.training for module in net.modules()] == modes
    assert torch.equal(net.hidden[1][1].running_mean, statistics)


def test_selecting_judges_as_evaluation_mode_does_even_while_training() -> None:
    net, state = trained_policy(), torch.randn(6)
    while_training = net.get_action_probs(state)
    with torch.no_grad():
        expected = torch.softmax(net.eval()(state.unsqueeze(0))[0], 1)[0]
    torch.testing.assert_close(while_training, expected)


def test_temperature_zero_takes_the_most_probable_action() -> None:
    net, state = trained_policy(), torch.randn(6)
    best = int(net.get_action_probs(state).argmax())
    assert net.select_action(state, temperature=0) == (best, 0.0)
    assert {net.select_action(state, temperature=1e-4)[0] for _ in range(20)} == {best}


def test_log_probability_is_that_of_the_distribution_drawn_from() -> None:
    net, state = trained_policy(), torch.randn(6)
    probs = net.get_action_probs(state)
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        action, log_prob = net.select_action(state, generator=generator)
        assert log_prob == pytest.approx(float(probs[action].log()), abs=1e-5)
    sharper = torch.softmax(probs.log() / 0.5, 0)
    action, log_prob = net.select_action(state, temperature=0.5, generator=generator)
    assert log_prob == pytest.approx(float(sharper[action].log()), abs=1e-5)


def test_top_k_draws_among_the_best_and_renormalises() -> None:
    net, state = trained_policy(), torch.randn(6)
    probs, best = net.get_action_probs(state).topk(2)
    drawn = dict(net.select_action(state, temperature=3.0, top_k=2) for _ in range(200))
    assert set(drawn) == set(best.tolist())
    assert np.exp(list(drawn.values())).sum() == pytest.approx(1.0, abs=1e-5)
    assert net.select_action(state, top_k=1) == (int(best[0]), 0.0)
    assert probs[0] >= probs[1]


def test_drawn_actions_follow_the_probabilities() -> None:
    net, state = trained_policy(), torch.randn(6)
    generator = torch.Generator().manual_seed(0)
    counts = np.bincount(
        [net.select_action(state, generator=generator)[0] for _ in range(4000)], minlength=4
    )
    # four standard errors of a share at most
    assert np.abs(counts / 4000 - net.get_action_probs(state).numpy()).max() < 4 * 0.5 / 4000**0.5


def test_the_same_generator_draws_the_same_actions() -> None:
    net, state = trained_policy(), torch.randn(6)
    draws = [
        [net.select_action(state, generator=g)[0] for _ in range(30)]
        for g in (torch.Generator().manual_seed(9), torch.Generator().manual_seed(9))
    ]
    assert draws[0] == draws[1]


def test_probabilities_are_ordinary_tensors_of_the_shape_of_the_input() -> None:
    net = trained_policy(use_batch_norm=False)
    single = net.get_action_probs(np.zeros(6, np.float32))
    assert single.shape == (4,)
    assert not single.is_inference()
    assert net.get_action_probs(torch.zeros(3, 6)).sum(1).tolist() == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("bad", [torch.zeros(5), torch.zeros(2, 6), torch.zeros(1, 1, 6)])
def test_a_state_of_another_shape_is_refused(bad: torch.Tensor) -> None:
    with pytest.raises(ShapeError):
        trained_policy().select_action(bad)


@pytest.mark.parametrize("options", [{"temperature": -1.0}, {"top_k": 0}])
def test_impossible_drawing_options_are_refused(options) -> None:
    with pytest.raises(ValueError, match="temperature"):
        trained_policy().select_action(torch.zeros(6), **options)


@pytest.mark.parametrize(("activation", "low"), [("tanh", -1.0), ("sigmoid", 0.0)])
def test_value_network_keeps_the_range_of_its_activation(activation, low: float) -> None:
    net = ValueNetwork(6, hidden_dims=[16], output_activation=activation)
    values = net(torch.randn(200, 6) * 50).detach()
    assert values.shape == (200, 1)
    assert low <= float(values.min()) < low + 0.5
    assert 0.5 < float(values.max()) <= 1


def test_value_network_evaluates_without_dropout_and_keeps_its_mode() -> None:
    net, state = ValueNetwork(6, dropout=0.5), torch.randn(6)
    values = {net.evaluate(state) for _ in range(5)}
    assert len(values) == 1
    assert net.training
    assert values.pop() == pytest.approx(float(net.eval()(state.unsqueeze(0)).detach()), abs=1e-6)
