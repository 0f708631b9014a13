"""The command line of training: `python -m training.cli COMMAND`.

What happens is in `selfplay.loop` and `from_store`; here is what they are told and what people
see. Exit status: 0 done, 2 for input that cannot be used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from tasks.catalogue import Catalogue

BAD_INPUT = 2

app = typer.Typer(
    name="python -m training.cli",
    help="Train the networks: by self-play, or on what was asked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="Kind to train (repeatable); all learned kinds without it."),
]
KindModules = Annotated[
    list[str] | None, typer.Option("--kinds", help="Module with kinds of your own (repeatable).")
]
Home = Annotated[Path | None, typer.Option("--home", help="Instead of TANDEM_HOME.")]
Device = Annotated[str, typer.Option(help="cpu, cuda or auto.")]
Threads = Annotated[int, typer.Option(min=1, help="Processor threads of one operation.")]


@app.callback()
def main() -> None:
    """Train the networks: by self-play, or on what was asked."""


@app.command(
    "self-play",
    epilog="Example: python -m training.cli self-play --iterations 10 --games 1000 --device cpu "
    "--checkpoint-dir runs/first --kind math/equations",
)
def self_play(
    iterations: Annotated[
        int, typer.Option(min=1, help="In all, those done before included.")
    ] = 10,
    games: Annotated[
        int,
        typer.Option(
            min=1,
            help="Per iteration, shared among kinds; board games begin with four iterations of a "
            "third of them.",
        ),
    ] = 600,
    device: Device = "cpu",
    checkpoint_dir: Annotated[
        Path | None, typer.Option(help="Goes on from a checkpoint found there. [home/selfplay]")
    ] = None,
    kind: Kinds = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of everything random; a run keeps its own. [0]")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start from random weights, not from the live ones.")
    ] = False,
    promote: Annotated[bool, typer.Option(help="Make winners live in the home folder.")] = True,
    plot: Annotated[
        Path | None, typer.Option(help="PNG to draw. [checkpoint-dir/progress.png]")
    ] = None,
    home: Home = None,
    kinds: KindModules = None,
    threads: Threads = 1,
    workers: Annotated[
        int | None,
        typer.Option(min=0, help="Processes that play; 0 plays in this one. [one a processor]"),
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(min=1e-9, help="Of the fits, where they begin. [the recipe's]")
    ] = None,
    value_loss: Annotated[
        Literal["mse", "huber", "binary_cross_entropy"] | None,
        typer.Option(help="How the value is fitted. [mse]"),
    ] = None,
    td_lambda: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Values of games learn TD(lambda). [their results]"),
    ] = None,
    noise: Annotated[
        str | None,
        typer.Option(help="Of priors in games, START:END:ITERATIONS or one share. [the recipe's]"),
    ] = None,
    temperature: Annotated[
        str | None,
        typer.Option(help="Of first moves in games, as --noise. [the recipe's]"),
    ] = None,
) -> None:
    """Play, learn, compare with the champion, and make winners live; resumes after a kill."""
    with plain_errors():
        from neural.device import pick_device, use_threads
        from neural.durable import write_durably
        from neural.model_store import ModelStore
        from training.metrics import Metrics
        from training.plots import plot_progress
        from training.selfplay.config import LoopConfig, useful_workers
        from training.selfplay.loop import SelfPlay
        from training.selfplay.recipes import recipe_for, with_fit_options, with_schedules
        from training.selfplay.repair import repair
        from training.selfplay.run_lock import RunLock
        from training.selfplay.workers import WorkerPool
        from training.tables import header, line

        settings, catalogue, names = _setting(home, kinds, kind)
        use_threads(threads)
        folder = checkpoint_dir or settings.home / "selfplay"
        recipes = {
            name: with_fit_options(
                recipe_for(catalogue[name]), learning_rate, value_loss, td_lambda
            )
            for name in names
        }
        config = LoopConfig(
            kinds=names,
            games=games,
            seed=seed or 0,
            fresh=fresh,
            release=promote,
            device=str(pick_device(device)),
            command=_command(),
            recipes={n: with_schedules(own, noise, temperature) for n, own in recipes.items()},
        )
        store, metrics = ModelStore(settings.home), Metrics()
        players = useful_workers(config, catalogue) if workers is None else workers
        with (
            RunLock(folder, _command()),
            WorkerPool(players, settings.kinds) as pool,
            _bar() as progress,
        ):
            run = SelfPlay(config, catalogue, folder, store, on_progress=progress.games, pool=pool)
            done = run.state.iteration
            if run.resumed:
                typer.echo(f"{folder} has {done} finished iterations; going on after them")
            if seed not in (None, run.state.seed):
                typer.echo(f"the run keeps its seed {run.state.seed}; {seed} is not used", err=True)
            for change in run.changed:
                typer.echo(f"other than before: {change}", err=True)
            for mended in repair(folder, run.state, catalogue, config.recipe, pool):
                typer.echo(f"{mended.what}: {mended.why}: {mended.done}", err=True)
            if done >= iterations:
                typer.echo(f"nothing to do: raise --iterations above {done} for more")
            typer.echo(header())
            for record in run.state.history:
                typer.echo(line(record))
            while run.state.iteration < iterations:
                progress.start(run.state.iteration + 1, iterations, games)
                records = run.iterate(last=run.state.iteration + 1 == iterations)
                metrics.observe_iteration(records, run.buffered)
                write_durably(folder / "metrics.prom", metrics.text())
                for record in records:
                    typer.echo(line(record))
        if run.state.history:
            picture = plot_progress(run.state.history, plot or folder / "progress.png")
            typer.echo(f"\ncurve: {picture}")
        _say_weights(folder, names, run, promote)


@app.command(
    epilog="Example: python -m training.cli fit --from-store --kind math/equations",
)
def fit(
    from_store: Annotated[
        bool, typer.Option("--from-store", help="Learn from recorded episodes.")
    ] = False,
    kind: Kinds = None,
    games: Annotated[
        int | None, typer.Option(min=1, help="Newest episodes used, shared among kinds. [all]")
    ] = None,
    rehearse: Annotated[
        int, typer.Option(min=0, help="Tasks a trained net repeats so as not to forget.")
    ] = 100,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    device: Device = "cpu",
    promote: Annotated[bool, typer.Option(help="Make a winner live in the home folder.")] = True,
    home: Home = None,
    kinds: KindModules = None,
    threads: Threads = 1,
) -> None:
    """Train on what was asked, without opt-outs; a winner over the live net goes live."""
    if not from_store:
        stop("nothing to fit; say --from-store to learn from recorded episodes")
    with plain_errors():
        from graphs.store.store import Store
        from neural.device import pick_device, use_threads
        from neural.model_store import ModelStore
        from training.from_store import StoreConfig, TooFewEpisodesError, fit_from_store
        from training.tables import store_table

        settings, catalogue, names = _setting(home, kinds, kind)
        use_threads(threads)
        config = StoreConfig(
            episodes=None if games is None else max(games // len(names), 1),
            rehearsed=rehearse,
            seed=seed,
            device=str(pick_device(device)),
            command=_command(),
            release=promote,
        )
        url = settings.database_url.get_secret_value() if settings.database_url else None
        models = ModelStore(settings.home)
        fitted = 0
        with Store.open(settings.home, url) as store:
            for name in names:
                tell: Callable[[str], None] = lambda step, name=name: typer.echo(  # type: ignore[misc]  # noqa: E731
                    f"{name}: {step} ...", err=True
                )
                try:
                    result = fit_from_store(store, models, catalogue, catalogue[name], config, tell)
                except TooFewEpisodesError as error:
                    typer.echo(str(error), err=True)
                    continue
                typer.echo(store_table(result))
                fitted += 1
        if fitted < (len(names) if kind else 1):
            raise typer.Exit(BAD_INPUT)


@app.command(
    epilog="Example: python -m training.cli intents --data tickets.csv --name tickets",
)
def intents(
    data: Annotated[Path, typer.Option(help="Labelled texts: .csv, .tsv or .jsonl.")],
    name: Annotated[str, typer.Option(help="Of the set; the kind becomes text/NAME.")],
    text_field: Annotated[str, typer.Option(help="Field with the texts. [guessed]")] = "",
    label_field: Annotated[str, typer.Option(help="Field with the labels. [guessed]")] = "",
    abstain_label: Annotated[
        str, typer.Option(help="Texts with this label are to be abstained on.")
    ] = "oos",
    drop_conflicts: Annotated[
        bool, typer.Option("--drop-conflicts", help="Leave out texts that have two labels.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    home: Home = None,
    threads: Threads = 1,
) -> None:
    """Make labelled texts a kind of their own, with a net that routes such texts."""
    with plain_errors():
        from neural.device import use_threads
        from training.intent_command import IntentsAsked, make_kind
        from training.settings import load_training_settings

        use_threads(threads)
        asked = IntentsAsked(
            data=data,
            name=name,
            text_field=text_field,
            label_field=label_field,
            abstain_label=abstain_label,
            conflicts="drop" if drop_conflicts else "refuse",
            seed=seed,
            command=_command(),
        )
        make_kind(load_training_settings(home=home).home, asked, typer.echo)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn errors that a user can mend into one line and exit status 2."""
    from graphs.store.database import StoreError
    from neural.device import DeviceError
    from neural.model_files import BrokenWeightsError
    from neural.model_store import UnknownModelError
    from tasks.catalogue import KindModuleError, UnknownKindError
    from tasks.text.intent_data import IntentDataError
    from training.fit import FitError
    from training.selfplay.checkpoint import BrokenCheckpointError
    from training.selfplay.config import LoopConfigError
    from training.selfplay.run_lock import FolderError, FolderInUseError
    from training.selfplay.schedule import ScheduleError
    from training.selfplay.shards import BrokenShardError
    from training.selfplay.workers import WorkerDiedError
    from training.settings import TrainingSettingsError
    from training.solving import NoEnvironmentError

    try:
        yield
    except (
        BrokenCheckpointError,
        BrokenShardError,
        BrokenWeightsError,
        DeviceError,
        FitError,
        FolderError,
        FolderInUseError,
        IntentDataError,
        KindModuleError,
        LoopConfigError,
        NoEnvironmentError,
        OSError,
        ScheduleError,
        StoreError,
        TrainingSettingsError,
        UnknownKindError,
        UnknownModelError,
        WorkerDiedError,
    ) as error:
        plain = error.args and not isinstance(error, OSError)  # that one's first is a number
        stop(str(error.args[0]) if plain else str(error))
    except KeyboardInterrupt:
        typer.echo("stopped; the same command goes on from the last finished iteration", err=True)
        raise typer.Exit(130) from None


def stop(message: str) -> None:
    """Say what is wrong and exit with status 2."""
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(BAD_INPUT)


def _setting(
    home: Path | None, modules: list[str] | None, kinds: list[str] | None
) -> tuple[Any, Catalogue, tuple[str, ...]]:
    from tasks.catalogue import default_catalogue
    from training.settings import load_training_settings
    from training.solving import environment_of

    settings = load_training_settings(home=home, kinds=tuple(modules) if modules else None)
    catalogue = default_catalogue(settings.kinds)
    names = tuple(dict.fromkeys(kinds)) if kinds else tuple(k.name for k in catalogue.learned())
    for name in names:
        environment_of(catalogue[name])
    return settings, catalogue, names


def _command() -> str:
    return " ".join(["python -m training.cli", *sys.argv[1:]])


class _Progress:
    """A bar of the games of the current iteration."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=1)
        self._done: dict[str, int] = {}

    def start(self, iteration: int, of: int, games: int) -> None:
        self._done = {}
        label = f"iteration {iteration} of {of}"
        self._bar.reset(self._task, total=games, description=label)

    def games(self, kind: str, done: int) -> None:
        self._done[kind] = done
        self._bar.update(self._task, completed=sum(self._done.values()))


@contextmanager
def _bar() -> Iterator[_Progress]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield _Progress(bar)


def _say_weights(folder: Path, names: tuple[str, ...], run: Any, promoted: bool) -> None:
    for name in names:
        card = run.state.kinds[name].champion.card
        typer.echo(f"{name}: champion {card.name} (weights {card.weights_version})")
        own = [r for r in run.state.history if r["kind"] == name and r["released"]]
        if own:
            typer.echo(f"  {own[-1]['released']}")
    typer.echo(
        f"weights of the champions: {folder / 'best'}; checkpoints: {folder / 'checkpoints'}"
    )
    if promoted:
        typer.echo(
            "see and choose what is live: tandem models; tandem models use NAME | random:SEED"
        )
    else:
        typer.echo("nothing was made live (--no-promote)")


if __name__ == "__main__":
    app()
