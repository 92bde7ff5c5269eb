"""Commands that fill a store, take back, look it over and draw it. The context's object is the store's `Place`."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from graph.diagnosis import diagnose
from graph.errors import InvalidInput
from graph.log import Mode
from graph.ontology import Ontology
from graph.place import Place
from graph.snapshot_leftovers import remove_idle
from graph.undoing import TakenBack, retract, undo, withdraw
from loaders.city import generate_city
from loaders.progress import shown
from loaders.registry import open_source
from loaders.runner import run
from loaders.tabular.bundle import require_kind
from loaders.tabular.template import template, write_template

commands = typer.Typer()
generate = typer.Typer(help="Make fictional data.", no_args_is_help=True)
commands.add_typer(generate, name="generate")

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]
RecordedAt = Annotated[str | None, typer.Option(help="Moment to record, with offset: 2026-01-01T00:00:00+08:00.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")]
Force = Annotated[bool, typer.Option("--force", help="Override the safeguards of full loads and undos.")]


@commands.command()
def load(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="A loader (plan, tabular …) or a mapping (.yaml).")] = None,
    path: Annotated[Path | None, typer.Argument(help="File or folder.")] = None,
    undo_load: Annotated[int | None, typer.Option("--undo", help="Undo the load of this number instead.")] = None,
    full: Annotated[bool, typer.Option("--full", help="What the source states no more, ends.")] = False,
    stated_on: Annotated[str | None, typer.Option(help="Day whose state the data give: 2026-01-01.")] = None,
    recorded_at: RecordedAt = None,
    dry_run: DryRun = False,
    force: Force = False,
    quarantine: Annotated[Path | None, typer.Option(help="Folder for rejected rows.")] = None,
    source_name: Annotated[str | None, typer.Option(help="Name of the dataset.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="The loader's own, such as kind=Enterprise.")] = None,
    json: AsJson = False,
) -> None:
    """Load a source; twice is once."""
    place, moment = _place(context), moment_of(recorded_at)
    if undo_load is not None:
        with place.opened() as knowledge:
            found = undo(knowledge, undo_load, actor=_actor(), force=force, recorded_at=moment, dry_run=dry_run)
        _say_taken_back(found, json)
        return
    if source is None or path is None:
        raise InvalidInput("name a source and a path: luoshu load tabular data/, luoshu load plan plan.txt")
    options = dict(_pair(one) for one in option or [])
    if source_name is not None:
        options["source"] = source_name
    with place.opened() as knowledge, shown() as progress:
        report = run(
            knowledge,
            open_source(source, path, knowledge.snapshot.ontology, options),
            mode=Mode.FULL if full else Mode.PARTIAL,
            actor=_actor(),
            dry_run=dry_run,
            recorded_at=moment,
            stated_on=day_of(stated_on),
            progress=progress,
            quarantine=quarantine or place.quarantine,
            force=force,
        )
    say(report.to_json(), report.summary(place.language), json)
    raise typer.Exit(0 if report.is_clean else 3)


@commands.command(name="withdraw")
def withdraw_source(
    context: typer.Context, source: str, recorded_at: RecordedAt = None, dry_run: DryRun = False, json: AsJson = False
) -> None:
    """Let nothing count any more that a source has stated."""
    with _place(context).opened() as knowledge:
        found = withdraw(knowledge, source, actor=_actor(), recorded_at=moment_of(recorded_at), dry_run=dry_run)
    _say_taken_back(found, json)


@commands.command(name="retract")
def retract_ids(
    context: typer.Context,
    ids: list[str],
    source: Annotated[str, typer.Option(help="The source whose statements these were.")],
    recorded_at: RecordedAt = None,
    dry_run: DryRun = False,
    json: AsJson = False,
) -> None:
    """Take back what a source states of these ids: it was a mistake."""
    with _place(context).opened() as knowledge:
        found = retract(knowledge, source, ids, actor=_actor(), recorded_at=moment_of(recorded_at), dry_run=dry_run)
    _say_taken_back(found, json)


@commands.command()
def compact(context: typer.Context, json: AsJson = False) -> None:
    """Merge the small blocks of the store, while others read; remove snapshots of versions that run no more."""
    place = _place(context)
    with place.open_log() as log:
        done = log.compact()
        removed = remove_idle(place.leftovers(log))
    found: dict[str, Any] = {
        "blocksBefore": done.blocks_before,
        "blocksAfter": done.blocks_after,
        "waiting": done.waiting,
        "snapshotsRemoved": [{"folder": str(left.path), "sizeBytes": left.size_bytes} for left in removed],
    }
    words = f"{done.blocks_before} blocks are {done.blocks_after} now; {done.waiting} old ones wait to go."
    for left in removed:
        words += f"\nRemoved the snapshots of another version: {left.path}, {left.size_bytes / 1e6:,.1f} MB."
    say(found, words, json)


@commands.command()
def draw(
    context: typer.Context,
    to: Annotated[str | None, typer.Option(help="Neo4j to draw in; left out: the store itself.")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Remove what is shown first.")] = False,
    json: AsJson = False,
) -> None:
    """Draw the graph in force in Neo4j, for Browser, Bloom and Cypher; only what changed."""
    place = _place(context)
    if to is None and not place.is_neo4j:
        raise InvalidInput("LUOSHU_STORE is no Neo4j; name one with --to bolt://host:7687")
    with place.opened() as knowledge, place.drawing(to) as drawing, shown() as progress:
        told = 0

        def tell(done: int, total: int) -> None:
            nonlocal told
            if not told:
                progress.stage("drawing", total)
            progress.advance(done - told)
            told = done

        report = drawing.draw(
            knowledge.view(), knowledge.log.log_id, log_is_elsewhere=to is not None, anew=anew, progress=tell
        )
    found = {"nodes": report.nodes, "references": report.references, "links": report.links, "rows": report.rows}
    say(found, f"Drew {report.nodes:,} nodes, {report.references:,} references, {report.links:,} links.", json)


@commands.command()
def doctor(context: typer.Context, json: AsJson = False) -> None:
    """Look a store over: what it holds, what is wrong, and what to do."""
    place = _place(context)
    with place.opened() as knowledge:
        state = None
        if place.is_neo4j:
            with place.drawing() as drawing:
                state = drawing.state()
        found = diagnose(knowledge, state, place.leftovers(knowledge.log))
    say({"store": place.store, **found.to_json()}, found.summary(place.store, place.language), json)
    raise typer.Exit(5 if found.findings else 0)


@commands.command(name="template")
def write_templates(
    kinds: list[str],
    out: Annotated[Path | None, typer.Option(help="Folder; left out: printed.")] = None,
) -> None:
    """Empty tables for these kinds, with a row of labels."""
    ontology = Ontology.current()
    for kind in [require_kind(name, ontology) for name in kinds]:
        if out is None:
            typer.echo(template(kind, ontology), nl=False)
        else:
            typer.echo(write_template(out, kind, ontology))


@generate.command(name="city")
def generate_a_city(
    out: Annotated[Path, typer.Option(help="Folder for the tables.")],
    scale: Annotated[float, typer.Option(help="1 is a thousand enterprises.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 20170721,
) -> None:
    """A fictional city, as tables in the templates' columns."""
    bundle = generate_city(out, scale=scale, seed=seed)
    typer.echo(f"{sum(bundle.rows.values()):,} rows in {len(bundle.rows)} tables: {bundle.folder}")


def day_of(text: str | None) -> date | None:
    """The day that an option states. Raises InvalidInput."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as exc:
        raise InvalidInput(f"{text!r} is no day; write 2026-01-01") from exc


def moment_of(text: str | None) -> datetime | None:
    """The moment, in UTC, that an option states. Raises InvalidInput."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InvalidInput(f"{text!r} is no moment; write 2026-01-01T00:00:00+08:00") from exc
    if moment.tzinfo is None:
        raise InvalidInput(f"{text!r} has no offset; write 2026-01-01T00:00:00+08:00")
    return moment.astimezone(UTC)


def say(found: Mapping[str, Any], words: str, as_json: bool) -> None:
    """Print an outcome, in JSON or in words."""
    typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() if as_json else words)


def _say_taken_back(found: TakenBack, as_json: bool) -> None:
    number = found.load.seq if found.load else None
    restated, retracted = sum(found.restated.values()), sum(found.retracted.values())
    body = {"load": number, "restated": dict(found.restated), "retracted": dict(found.retracted)}
    what = f"Load {number}" if number else "Dry run"
    say(body, f"{what}: {restated:,} statements stand again, {retracted:,} count no more.", as_json)


def _place(context: typer.Context) -> Place:
    place: Place = context.obj()
    return place


def _actor() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "luoshu"


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput(f"--option {text!r} is no pair; write kind=Enterprise")
    return name, value
