"""The service and its command line: settings, and what is started with them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
import typer
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.errors import ConfigurationError, InvalidInput, LuoshuError
from graph.knowledge import MAX_VIEWS, Knowledge
from graph.ontology import Ontology
from graph.ontology_document import ontology_document
from graph.place import Place
from graph.search import SearchIndex
from loaders.command_line import commands, day_of, moment_of
from loaders.progress import shown
from loaders.sample import load_sample
from queries.financing.techniques.document import technique_document
from schema.application import Options
from schema.context import Clock, Scope, Service
from schema.examples import as_curl, example_questions
from schema.execution import Request
from schema.execution import run as answer
from schema.exports.exporting import again as ask_again
from schema.exports.exporting import export
from schema.exports.manifest import Manifest, manifest_path
from schema.schema import Schema, build_schema
from schema.serving import configure_logs
from schema.serving import serve as serve_on
from schema.streams import StreamOptions

EXIT_CODES = (
    "Exit codes: 0 done. 1 failed, nothing changed. 2 wrong usage. 3 done, but rows were rejected or an ending was refused. "
    "4 try again later: the store cannot be reached, or another load is at work. 5 the doctor found something."
)


class Settings(BaseSettings):
    """What the environment says, under the prefix LUOSHU_; read once, at start."""

    model_config = SettingsConfigDict(env_prefix="LUOSHU_", frozen=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0: any that is free")
    store: str = Field(
        default="sqlite:///.luoshu/luoshu.db",
        description="sqlite:///path, neo4j://host:7687/database or bolt://host:7687",
    )
    neo4j_user: str | None = Field(default=None, description="User of Neo4j; none: no authentication")
    neo4j_password: SecretStr | None = Field(default=None, description="Password of Neo4j")
    neo4j_database: str | None = Field(default=None, description="Database of Neo4j, where LUOSHU_STORE names none")
    data_dir: Path = Field(default=Path(".luoshu"), description="Folder for snapshots, rejected rows and the sample")
    timezone: str = Field(default="Asia/Shanghai", description="Says which day it is")
    language: Literal["auto", "zh", "en"] = Field(default="auto", description="Of messages; auto: that of the shell")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least that is logged")
    log_format: Literal["auto", "json", "text"] = Field(
        default="auto", description="auto: text on a terminal, else JSON"
    )
    max_views: int = Field(default=MAX_VIEWS, ge=1, description="Views that are kept ready")
    request_timeout_seconds: float = Field(default=10.0, gt=0, le=600, description="How long a request may run")
    request_threads: int = Field(default=8, ge=1, le=256, description="How many requests run at once")
    max_subscriptions: int = Field(
        default=1_000, ge=1, le=100_000, description="How many operations may be streamed at once"
    )
    allowed_origins: str = Field(
        default="",
        description="Origins of other pages that may open streams, such as https://desk.example.cn; by commas",
    )
    shutdown_seconds: int = Field(
        default=10, ge=1, le=600, description="How long running requests may take when the service stops"
    )

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
            raise ValueError("is no time zone; write one such as Asia/Shanghai") from exc
        return value

    @field_validator("store")
    @classmethod
    def _store_without_credentials(cls, value: str) -> str:
        if "@" in value.partition("://")[2].partition("/")[0]:
            raise ValueError("carries a user or password; give them as LUOSHU_NEO4J_USER and LUOSHU_NEO4J_PASSWORD")
        return value

    @classmethod
    def read(cls) -> Settings:
        """The settings of this environment. Raises ConfigurationError, naming every variable that is wrong."""
        try:
            return cls()
        except ValidationError as exc:
            raise ConfigurationError("; ".join(_wrong(error) for error in exc.errors())) from None

    @property
    def place(self) -> Place:
        """Where the store is."""
        spoken = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
        return Place(
            store=self.store,
            data_dir=self.data_dir,
            neo4j_user=self.neo4j_user,
            neo4j_password=self.neo4j_password.get_secret_value() if self.neo4j_password else None,
            neo4j_database=self.neo4j_database,
            timezone=self.timezone,
            max_views=self.max_views,
            language=("zh" if spoken.startswith("zh") else "en") if self.language == "auto" else self.language,
        )


def _wrong(error: object) -> str:
    assert isinstance(error, dict)
    name, value = str(error["loc"][0]), str(error["input"])[:60]
    shown = "" if name == "neo4j_password" or "@" in value else f" is {value!r}"
    return f"LUOSHU_{name.upper()}{shown}: {str(error['msg']).removeprefix('Value error, ')}"


app = typer.Typer(
    name="luoshu",
    help="洛书 · A knowledge graph of industry and finance.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(commands)


def main() -> None:
    """Run the command line. Failures are told in plain words; the exit codes are in the help."""
    try:
        app()
    except LuoshuError as exc:
        _fail(exc.code, exc.message, 4 if exc.retryable else 1)
    except OSError as exc:
        _fail("FILE", f"{exc.filename or 'a file'}: {exc.strerror or exc}", 1)


def _fail(code: str, message: str, status: int) -> None:
    if "--json" in sys.argv:
        typer.echo(orjson.dumps({"error": {"code": code, "message": message}}).decode())
    typer.echo(f"{code}: {message}", err=True)
    sys.exit(status)


@app.callback()
def settings(context: typer.Context) -> None:
    """洛书 · A knowledge graph of industry and finance."""
    context.obj = lambda: Settings.read().place


@app.command()
def serve() -> None:
    """Serve the store on LUOSHU_HOST:LUOSHU_PORT."""
    settings = Settings.read()
    _serve(settings, settings.place.open, with_examples=False)


@app.command()
def run() -> None:
    """Load the fictional city and its plan where the store holds nothing else, then serve; says where, and what one could ask."""
    settings = Settings.read()
    knowledge = settings.place.open()
    for report in load_sample(knowledge, settings.data_dir / "sample", settings.place.quarantine):
        typer.echo(report.summary(settings.place.language), err=True)
    _serve(settings, lambda: knowledge, with_examples=True)


def _serve(settings: Settings, open_knowledge: Callable[[], Knowledge], *, with_examples: bool) -> None:
    configure_logs(settings.log_level, settings.log_format)

    def greet(address: str, opened: Knowledge) -> None:
        typer.echo(f"GraphiQL and GraphQL: {address}\nData: {settings.store} and {settings.data_dir}/", err=True)
        if with_examples:
            typer.echo("Questions to paste:", err=True)
            for document in example_questions(opened.view()):
                typer.echo(as_curl(address, document), err=True)

    serve_on(
        settings.host,
        settings.port,
        open_knowledge,
        Options(
            request_seconds=settings.request_timeout_seconds,
            threads=settings.request_threads,
            streams=StreamOptions(
                most=settings.max_subscriptions,
                origins=frozenset(settings.allowed_origins.replace(" ", "").split(",")) - {""},
            ),
        ),
        greet,
        shutdown_seconds=settings.shutdown_seconds,
    )


Document = Annotated[typer.FileText, typer.Argument(help="GraphQL document; - reads standard input.")]
Variables = Annotated[str, typer.Option(help="JSON object.")]
Operation = Annotated[str | None, typer.Option(help="Which of the document's operations.")]
AsOf = Annotated[str | None, typer.Option(help="Day: 2026-01-01.")]
KnownAt = Annotated[str | None, typer.Option(help="Moment, with offset.")]
Plot = Annotated[Path | None, typer.Option(help="Draw the answer to this file: .svg or .png.")]


@contextmanager
def _asking(settings: Settings, as_of: date | None, known_at: datetime | None) -> Iterator[tuple[Schema, Scope]]:
    """The schema and a scope of the store's view of that moment."""
    with settings.place.opened() as knowledge:
        search = SearchIndex(knowledge.snapshot.ontology)
        search.update(knowledge.snapshot)
        view = knowledge.view(as_of, known_at)
        scope = Scope(Service(knowledge, search), view, Clock.of(settings.request_timeout_seconds))
        yield build_schema(view.ontology), scope


def _request(file: typer.FileText, variables: str, operation: str | None) -> Request:
    try:
        values = orjson.loads(variables)
    except orjson.JSONDecodeError as exc:
        raise InvalidInput(f"--variables is no JSON: {exc}") from exc
    if not isinstance(values, dict):
        raise InvalidInput('--variables is no JSON object; write {"id": "…"}')
    return Request(file.read(), values, operation)


@app.command()
def ask(
    file: Document,
    variables: Variables = "{}",
    operation: Operation = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    plot: Plot = None,
) -> None:
    """Ask the store without a server; prints the answer in JSON, exit code 1 where it holds errors. --plot draws it too."""
    request = _request(file, variables, operation)
    with _asking(Settings.read(), day_of(as_of), moment_of(known_at)) as (schema, scope):
        found = answer(schema, scope, request)
        if plot is not None and "errors" not in found.body:
            # What draws takes a second to load, which nothing else should wait for.
            from schema.pictures.asking import picture

            plot.write_bytes(picture(schema, scope, request, plot))
    typer.echo(orjson.dumps(found.body, option=orjson.OPT_INDENT_2).decode())
    raise typer.Exit(1 if "errors" in found.body else 0)


@app.command(name="export")
def export_rows(
    out: Annotated[
        Path, typer.Argument(help="File to write: .csv, .xlsx or .parquet; its manifest is written beside it.")
    ],
    file: Annotated[
        typer.FileText | None, typer.Option("--ask", help="GraphQL document; - reads standard input.")
    ] = None,
    again: Annotated[
        Path | None, typer.Option(help="A manifest: ask the same of the same moment, and check the hash.")
    ] = None,
    rows: Annotated[
        str | None, typer.Option(help="Which list of the answer, such as financingPaths.paths.nodes.")
    ] = None,
    variables: Variables = "{}",
    operation: Operation = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest.")] = False,
) -> None:
    """Write a question's rows, all pages of them, to a file, with a manifest by which they can be asked again."""
    settings = Settings.read()
    if (file is None) == (again is None):
        raise InvalidInput("say what to export: --ask FILE.graphql, or --again FILE.manifest.json")
    earlier = None if again is None else Manifest.read(again)
    day, moment = (day_of(as_of), moment_of(known_at)) if earlier is None else (earlier.as_of, earlier.known_at)
    with _asking(settings, day, moment) as (schema, scope), shown() as progress:
        progress.stage("行 rows", None)
        if earlier is None:
            assert file is not None
            request = _request(file, variables, operation)
            made = export(
                schema, scope, request, out, rows=rows, seconds=settings.request_timeout_seconds, told=progress.advance
            )
        else:
            made = ask_again(schema, scope, earlier, out, seconds=settings.request_timeout_seconds)
    out.write_bytes(made.content)
    manifest_path(out).write_bytes(made.manifest.as_bytes())
    if as_json:
        typer.echo(made.manifest.as_bytes().decode(), nl=False)
    cut = "" if made.manifest.complete else " The answer is not complete: see `rest` and `complete` in the manifest."
    typer.echo(f"{out}: {made.manifest.count:,} rows, {made.manifest.rows_sha256}.{cut}", err=True)


@app.command()
def export_schema() -> None:
    """Print the API's schema (SDL)."""
    typer.echo(build_schema(Ontology.current()).as_str())


@app.command()
def export_ontology() -> None:
    """Print the ontology: kinds, fields, relations, codes, financing techniques (Markdown)."""
    typer.echo(ontology_document(Ontology.current()) + technique_document(), nl=False)


if __name__ == "__main__":
    main()
