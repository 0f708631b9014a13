"""The fit: it learns, leaves the champion alone, and refuses to call nothing training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from neural.model_files import weights_version
from tasks.protocol import TaskKind
from tests.training.conftest import random_net
from training.augment import augmented
from training.fit import FitConfig, FitError, fit
from training.rows import Examples, Row, to_examples
from training.selfplay.played import Played, rows_of
from training.solving import environment_of

QUICK = FitConfig(epochs=30, batch_size=32)


@pytest.fixture(scope="module")
def examples(equations: TaskKind, runs: list[Played]) -> Examples:
    rows = [row for run in runs for row in rows_of(equations, run)]
    environment = environment_of(equations)
    return to_examples(
        environment, augmented(environment, equations.name, rows, np.random.default_rng(0))
    )


def test_losses_fall_on_positions_that_were_held_out(
    equations: TaskKind, examples: Examples
) -> None:
    report = fit(random_net(equations).net, examples, QUICK, seed=0).report
    assert report.held_out_rows > 10
    assert report.after.policy < 0.7 * report.before.policy
    assert report.after.legality < 0.7 * report.before.legality
    assert report.after.value < 0.7 * report.before.value


def test_the_net_itself_stays_and_the_same_seed_gives_the_same_copy(
    equations: TaskKind, examples: Examples
) -> None:
    net = random_net(equations).net
    before = weights_version(net)
    config = FitConfig(epochs=1)
    copies = [weights_version(fit(net, examples, config, seed).net) for seed in (5, 5, 6)]
    assert weights_version(net) == before
    assert copies[0] == copies[1] != before
    assert copies[2] != copies[0]


def test_the_optimiser_goes_on_where_it_was(equations: TaskKind, examples: Examples) -> None:
    config = FitConfig(epochs=2, held_out_share=0.0)
    first = fit(random_net(equations).net, examples, config, seed=0)
    resumed = fit(first.net, examples, config, seed=1, optimiser=first.optimiser)
    fresh = fit(first.net, examples, config, seed=1)
    assert weights_version(resumed.net) != weights_version(fresh.net)


def test_a_loss_that_is_no_number_stops_the_fit(equations: TaskKind, examples: Examples) -> None:
    net = random_net(equations).net
    with torch.no_grad():
        net.value.weight.fill_(torch.nan)
    with pytest.raises(FitError, match="nan"):
        fit(net, examples, QUICK, seed=0)


def test_a_fit_that_changes_nothing_is_no_training(equations: TaskKind, examples: Examples) -> None:
    net = random_net(equations).net
    config = FitConfig(epochs=1, learning_rate=1e-30, weight_decay=0.0)
    with pytest.raises(FitError, match="changed no weight"):
        fit(net, examples, config, seed=0)


def test_rows_without_targets_are_refused(equations: TaskKind) -> None:
    environment = environment_of(equations)
    state = environment.initial(equations.generate(0, 0.3, "train"))
    nothing = to_examples(environment, [Row(state, None, "none", 0.0, 0.0, 0.0)])
    with pytest.raises(FitError, match="target"):
        fit(random_net(equations).net, nothing, QUICK, seed=0)


def test_unmasked_policies_learn_which_actions_are_legal(
    equations: TaskKind, examples: Examples
) -> None:
    def legal_mass(config: FitConfig) -> float:
        net = fit(random_net(equations).net, examples, config, seed=0).net
        with torch.inference_mode():
            logits = net(torch.from_numpy(examples.observations))[0]
        return float((torch.softmax(logits, 1).numpy() * examples.legal).sum(1).mean())

    assert legal_mass(QUICK) > legal_mass(replace(QUICK, legality_share=0.0)) + 0.2
