"""The command line: `tandem COMMAND`. Imports of the product wait until a command needs them.

What the commands do is in `assemble`, `replay`, `terminal_game` and below; here is what they read,
print and exit with: 0 for an answer, 1 for a failure, 2 for input that cannot be used.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.settings import Settings

FAILED, BAD_INPUT, STOPPED = 1, 2, 130
MODES = ("auto", "neural_only", "llm_only")

app = typer.Typer(
    name="tandem",
    help="Ask, get a checked answer, and let the networks learn from having been asked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
trace_app = typer.Typer(help="Look at recorded runs.", no_args_is_help=True)
models_app = typer.Typer(help="See and choose the networks in use.", invoke_without_command=True)
bench_app = typer.Typer(help="Measure on problems with known answers.", no_args_is_help=True)
app.add_typer(trace_app, name="trace")
app.add_typer(models_app, name="models")
app.add_typer(bench_app, name="bench")

KindModules = Annotated[
    list[str] | None, typer.Option("--kinds", help="Module with kinds of your own (repeatable).")
]


@app.command(epilog="Example: tandem solve 'what is y if 5(y - 3) = 2y + 9?' --json")
def solve(
    text: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the tandem object.")] = False,
    mode: Annotated[str, typer.Option(help=f"One of {', '.join(MODES)}.")] = "auto",
    seed: Annotated[int, typer.Option(min=0, help="Same seed and versions, same run.")] = 0,
    max_dollars: Annotated[float | None, typer.Option(min=0.0)] = None,
    max_seconds: Annotated[float | None, typer.Option(min=0.001)] = None,
    simulations: Annotated[int | None, typer.Option(min=1, help="Of one search.")] = None,
    kinds: KindModules = None,
) -> None:
    """Answer a question in this process; no server is needed."""
    question = sys.stdin.read() if text == "-" else text
    if not question.strip():
        _stop("the question is empty", BAD_INPUT)
    if mode not in MODES:
        _stop(f"no mode {mode!r}; known: {', '.join(MODES)}", BAD_INPUT)
    with _plain_errors():
        from app.answers import page, refusal, tandem_object
        from app.asking import solved

        settings = _settings(kinds=tuple(kinds) if kinds else None)
        asked = {
            "mode": mode,
            "seed": seed,
            "max_dollars": max_dollars,
            "max_seconds": max_seconds,
            "max_simulations": simulations,
        }
        episode = asyncio.run(solved(settings, question, asked))
    if refusal(episode) is not None and not as_json:
        _stop(episode.failure, BAD_INPUT)
    typer.echo(json.dumps(tandem_object(episode), indent=1) if as_json else page(episode))
    if refusal(episode) is not None:
        raise typer.Exit(BAD_INPUT)
    raise typer.Exit(0 if episode.outcome in ("solved", "unverified") else FAILED)


@app.command(epilog="Example: TANDEM_API_KEYS=secret tandem serve --host 0.0.0.0 --port 8080")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535)] = None,
    kinds: KindModules = None,
) -> None:
    """Serve chat, tasks and predictions over HTTP until SIGTERM or Ctrl-C."""
    with _plain_errors():
        settings = _settings(host=host, port=port, kinds=tuple(kinds) if kinds else None)
        from app.logs import log_to_stderr
        from app.settings import check_exposure

        check_exposure(settings)
        log_to_stderr()
        model = settings.model or "none (open questions are refused; set TANDEM_MODEL)"
        typer.echo(f"Tandem on http://{settings.host}:{settings.port}  language model: {model}")
        typer.echo(f"home: {settings.home}  stop with Ctrl-C", err=False)
        from app.server import serve as serve_http

        serve_http(settings)


@app.command(epilog="Example: tandem play connect_four --second --simulations 200")
def play(
    game: Annotated[str, typer.Argument(help="tictactoe or connect_four")] = "tictactoe",
    first: Annotated[bool, typer.Option("--first/--second", help="Who begins: you or not.")] = True,
    simulations: Annotated[int | None, typer.Option(min=1, help="Of one search.")] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Play a game against the agent; moves are numbers of cells or columns, q ends."""
    with _plain_errors():
        from app.terminal_game import UnknownGameError, game_named, play_game

        try:
            played = game_named(game)
        except UnknownGameError as error:
            _stop(str(error), BAD_INPUT)
        options = {"max_simulations": simulations, "seed": seed}
        settings = _settings()
        finished = asyncio.run(play_game(settings, played, first, options, _ask_line, typer.echo))
    raise typer.Exit(0 if finished else FAILED)


@trace_app.command("show", epilog="Example: tandem trace show 01a1f8b2-59da-76c2-8269-aae932558a69")
def trace_show(
    episode_id: Annotated[str, typer.Argument(metavar="ID", help="Id of an episode.")],
) -> None:
    """Print the spans of a run: who was asked, how sure it was, what it cost."""
    with _plain_errors():
        from app.assemble import open_store
        from graphs.trace_tree import print_tree

        with open_store(_settings()) as store:
            runs = store.runs(episode_id)
    if not runs:
        _stop(f"no trace {episode_id!r}; `tandem episodes` lists the runs", FAILED)
    typer.echo(print_tree(runs))


@app.command(epilog="Example: tandem replay 01a1f8b2-59da-76c2-8269-aae932558a69")
def replay(
    episode_id: Annotated[str, typer.Argument(metavar="ID", help="Id of an episode.")],
) -> None:
    """Run a recorded run again, with its seed and weights, and compare every decision."""
    with _plain_errors():
        from app.replay import replay_episode

        told = asyncio.run(replay_episode(_settings(), episode_id))
    typer.echo(told.text)
    raise typer.Exit(0 if told.equal else FAILED)


@app.command(epilog="Example: tandem episodes --limit 5")
def episodes(limit: Annotated[int, typer.Option(min=1, max=1000)] = 20) -> None:
    """List the newest runs."""
    with _plain_errors():
        from app.assemble import open_store
        from app.kinds import kinds_of
        from app.listings import episode_lines

        settings = _settings()
        with open_store(settings) as store:
            found = store.episodes(
                kinds_of(settings), trainable=False, newest_first=True, limit=limit
            )
            for line in episode_lines(list(found)):
                typer.echo(line)


@app.command("kinds", epilog="Example: tandem kinds --kinds docs.examples.my_kind")
def list_kinds(kinds: KindModules = None) -> None:
    """List the kinds of problems, how each is solved, and an example."""
    with _plain_errors():
        from app.kinds import kinds_of
        from app.listings import kind_lines

        settings = _settings(kinds=tuple(kinds) if kinds else None)
        for line in kind_lines(kinds_of(settings)):
            typer.echo(line)


@app.command("check-kind", epilog="Example: tandem check-kind my/kind --kinds my_package.my_kind")
def check_kind(name: str, kinds: KindModules = None) -> None:
    """Run the conformance checks on a kind, yours or ours."""
    with _plain_errors():
        from app.kinds import kinds_of
        from tasks.conformance import check_kind as check

        settings = _settings(kinds=tuple(kinds) if kinds else None)
        findings = check(kinds_of(settings)[name])
    for finding in findings:
        typer.echo(str(finding))
    if findings:
        _stop(f"{len(findings)} findings: {name} does not conform", FAILED)
    typer.echo(f"{name} conforms")


@models_app.callback()
def models(context: typer.Context) -> None:
    """See and choose the networks in use; without a command, list them."""
    if context.invoked_subcommand is None:
        models_list()


@models_app.command("list", epilog="Example: tandem models list")
def models_list() -> None:
    """List the models, and which one each kind uses."""
    with _plain_errors():
        from app.kinds import kinds_of
        from app.listings import model_lines
        from neural.model_store import ModelStore

        settings = _settings()
        for line in model_lines(ModelStore(settings.home), kinds_of(settings)):
            typer.echo(line)


@models_app.command("use", epilog="Example: tandem models use random:7 --kind math/equations")
def models_use(
    name: Annotated[str, typer.Argument(help="A model's name, or random:SEED.")],
    kind: Annotated[str | None, typer.Option(help="Only this kind (for random:SEED).")] = None,
) -> None:
    """Use other weights from now on; a running server takes them with its next request."""
    with _plain_errors():
        from app.kinds import kinds_of
        from neural.model_store import ModelStore

        settings = _settings()
        catalogue = kinds_of(settings)
        chosen = [catalogue[kind]] if kind is not None else catalogue.learned()
        changed = ModelStore(settings.home).use(name, chosen, reason="tandem models use")
    for changed_kind, model in changed.items():
        typer.echo(f"{changed_kind} uses {model}")


@models_app.command("history", epilog="Example: tandem models history")
def models_history() -> None:
    """List every change of what the kinds use."""
    with _plain_errors():
        from neural.model_store import ModelStore

        for c in ModelStore(_settings().home).history():
            typer.echo(f"{c.time}  {c.kind:<20} {c.before} -> {c.after}  ({c.reason})")


@bench_app.callback()
def bench() -> None:
    """Measure the agent on problems with known answers."""


@bench_app.command(
    "tasks", epilog="Example: tandem bench tasks --data benchdata --kind math --limit 50 --jobs 2"
)
def bench_tasks(
    data: Annotated[Path, typer.Option(help="Folder with *.jsonl records, at any depth.")],
    train: Annotated[
        Path | None,
        typer.Option(envvar="TANDEM_BENCHDATA", help="Folder with labelled training texts."),
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="A kind, or the beginning of names (repeatable).")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Records per file and module.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; else one a core.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the rows here.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the drawing and the runs.")] = 0,
    seconds: Annotated[float, typer.Option(min=0.01, help="Limit of one run.")] = 60.0,
    wrong: Annotated[bool, typer.Option("--wrong", help="Print wrong answers.")] = False,
    kinds: KindModules = None,
) -> None:
    """Let the agent answer records without a language model, and compare with their answers.

    Records are recognised by their field `task`. Left out and counted are the family `recorded`,
    texts of the splits train and val, connect4 (bench/strength.py), and records without `task`.
    Without --train, sets with labels are trained on texts found below --data.
    """
    with _plain_errors():
        from app.benchmark.command import Asked
        from app.benchmark.command import bench_tasks as run_bench
        from app.benchmark.running import HowToRun

        settings = _settings(kinds=tuple(kinds) if kinds else None)
        how = HowToRun(
            kinds=settings.kinds,
            only=tuple(kind or ()),
            seconds=seconds,
            seed=seed,
            jobs=jobs or os.cpu_count() or 1,
        )
        run_bench(Asked(data, train or data, limit, json_out, wrong, how), typer.echo)


@app.command(epilog="Example: tandem backup /tmp/tandem.tar.gz")
def backup(file: Annotated[Path, typer.Argument(help="Archive to write, .tar.gz")]) -> None:
    """Copy the home into one file; a running server may go on."""
    with _plain_errors():
        from graphs.store.backup import backup as write

        report = write(_settings().home, file)
    typer.echo(f"{file}: {report.files} files, {report.databases} databases, {report.bytes} bytes")


@app.command(epilog="Example: TANDEM_HOME=/srv/tandem tandem restore /tmp/tandem.tar.gz")
def restore(
    file: Annotated[Path, typer.Argument(help="Archive made by `tandem backup`")],
    force: Annotated[bool, typer.Option("--force", help="Replace a home that is there.")] = False,
) -> None:
    """Make the home what a backup holds."""
    with _plain_errors():
        from graphs.store.backup import restore as read

        home = _settings().home
        report = read(home, file, force=force)
    typer.echo(f"{home}: {report.files} files, {report.databases} databases, {report.bytes} bytes")


@app.command(epilog="Example: tandem forget support-4711")
def forget(
    thread: Annotated[str, typer.Argument(help="Thread id, as `tandem episodes` shows it.")],
) -> None:
    """Delete a conversation: its turns, episodes, traces, feedback, requests; backups stay."""
    if not thread.strip():
        _stop("the thread id is empty", BAD_INPUT)
    with _plain_errors():
        from app.forgetting import forget_everywhere

        told = forget_everywhere(_settings(), thread)
    typer.echo(told)


@app.command("opt-out", epilog="Example: tandem opt-out --thread support-4711")
def opt_out(
    thread: Annotated[str, typer.Option(help="Thread id, as `tandem episodes` shows it.")] = "",
    key: Annotated[str, typer.Option(help="API key, sha256:HEX of one, or - to read it.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Allow training on it again.")] = False,
) -> None:
    """Keep a conversation, or all that an API key asks, out of training; also what is recorded."""
    if bool(thread.strip()) == bool(key.strip()):
        _stop("name either --thread or --key", BAD_INPUT)
    with _plain_errors():
        from app.forgetting import keep_out_of_training

        secret = sys.stdin.readline().strip() if key == "-" else key
        keep_out_of_training(_settings(), thread, secret, out=not undo)
    typer.echo("may be learned from again" if undo else "is kept out of training from now on")


def main() -> None:
    """Run the command line."""
    app()


def _settings(**given: Any) -> Settings:
    from app.settings import load_settings

    return load_settings(**given)


def _ask_line(prompt: str) -> str | None:
    """Read a line; None at its end or on Ctrl-C."""
    try:
        return input(prompt)
    except (EOFError, KeyboardInterrupt):
        typer.echo("")
        return None


class _plain_errors:  # noqa: N801 - reads as the with statement's words
    """Turn what a user can mend into one line and exit code 2."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: object
    ) -> None:
        if error is None or isinstance(error, typer.Exit):
            return
        if isinstance(error, KeyboardInterrupt):
            _stop("stopped", STOPPED)
        from app.mendable import MENDABLE  # only now: it knows every floor

        if isinstance(error, MENDABLE):
            _stop(str(error.args[0]) if error.args else str(error), BAD_INPUT)
        if isinstance(error, OSError) and error.filename is not None:  # a path that was given
            _stop(f"{error.filename}: {error.strerror}", BAD_INPUT)


def _stop(message: str, code: int) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(code)


if __name__ == "__main__":
    main()
