"""Writes the parts of the documentation that the program itself knows better: between the marks of a page,

    <!-- written by tools/write_reference.py: NAME -->
    …
    <!-- end -->

stands what `PARTS[NAME]` gives. Run it after a change of a command, a setting, an error or an operation:
`uv run python tools/write_reference.py`. A test fails while a page is out of date.
"""

import inspect
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import click
import msgspec
from life_cycle_tables import LIFE_CYCLE_PARTS
from life_cycle_tables import table as _table
from python_api import PYTHON_API_PARTS

from cosell import errors
from cosell.cli.main import COMMANDS, cosell
from cosell.flow import CLIENT_TOKEN_LIFETIME_MS, STEPS
from cosell.operations import OPERATIONS
from cosell.rules.list import page_token
from cosell.rules.search.fields import FIELDS as FIELDS_OF_SEARCH
from cosell.rules.search.violations import TAKES
from cosell.rules.search.where.operators import OPERATORS
from cosell.serve.admin.routes import ROUTES
from cosell.serve.app import BODY_TIMEOUT_S
from cosell.serve.connections import MOST_CONNECTIONS, UNREAD_MS
from cosell.serve.server import HEADER_LIMIT_BYTES, HEADER_TIMEOUT_MS
from cosell.serve.stopping import STOP_TIMEOUT_S
from cosell.settings import DEFAULTS, FIELDS
from cosell.store.patience import LOCK_TIMEOUT_S
from cosell.sync.targets import duckdb, postgres, sqlite
from cosell.sync.targets.tables import TABLES
from cosell.sync.targets.views import VIEWS
from cosell.wire.constraints import text_constraint
from cosell.wire.decode import DEEPEST
from cosell.wire.model import Operation, Shape, paginators, service_model
from cosell.wire.protocol import LONGEST_BODY
from cosell.wire.violations import MOST_VIOLATIONS

ROOT = Path(__file__).parent.parent
MARKED = re.compile(r"(<!-- written by tools/write_reference\.py: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def commands() -> str:
    """Each command with its help text, as the terminal shows it; behind a group, the commands in it."""
    context = click.Context(cosell, info_name="cosell", **cosell.context_settings)
    parts = []
    for name, does in COMMANDS.items():
        command = cosell.get_command(context, name)
        assert command is not None
        parts.append(f"## cosell {name}\n\n{does}\n\n{_help(command, name, context)}")
        if isinstance(command, click.Group):
            inner = click.Context(command, info_name=name, parent=context)
            parts += [
                f"### cosell {name} {part}\n\n{_help(command.commands[part], part, inner)}" for part in command.commands
            ]
    return "\n\n".join(parts)


def _help(command: click.Command, name: str, parent: click.Context) -> str:
    inner = click.Context(command, info_name=name, parent=parent, terminal_width=100)
    text = "\n".join(line.rstrip() for line in command.get_help(inner).splitlines())
    return f"```text\n{text}\n```"


def command_list() -> str:
    """Each command in a line."""
    return _table(("command", "does"), [(f"`cosell {name}`", does) for name, does in COMMANDS.items()])


def settings() -> str:
    """Each setting in its three places."""
    rows = []
    for name, field in FIELDS.items():
        type_, constraint = get_args(field.type)
        given = getattr(DEFAULTS, name)
        default = str(given).lower() if type_ is bool else str(given)
        rows.append(
            (
                f"`--{name.replace('_', '-')}`",
                f"`COSELL_{name.upper()}`",
                f"`{name}`",
                type_.__name__,
                f"`{default}`" if given not in ("", []) else "none",
                constraint.description,
            )
        )
    return _table(("option", "variable", "key in cosell.toml", "type", "default", "meaning"), rows)


def exceptions() -> str:
    """The errors of the service, then those of the protocol."""
    declared = {
        name: sum(
            name in (error.shape for error in operation.errors) for operation in service_model().operations.values()
        )
        for name in service_model().shapes
    }
    rows = []
    for base, classes in (("the service", errors.ServiceError), ("the protocol", errors.ProtocolError)):
        for error in classes.__subclasses__():
            if error is errors.ProtocolError:
                continue
            assert error.__doc__ is not None
            count = declared.get(error.__name__, 0)
            rows.append(
                (
                    f"`{error.__name__}`",
                    str(error.status),
                    f"{base}; {count} operations declare it" if count else base,
                    error.__doc__.splitlines()[0],
                )
            )
    return _table(("name", "HTTP status", "an error of", "meaning"), rows)


def operations() -> str:
    """Every operation of the model: what it is by the model, and what cosell does when it is called."""
    everywhere = set.intersection(*(_errors(operation) for operation in service_model().operations.values()))
    rows = []
    for name, operation in sorted(service_model().operations.items()):
        page = paginators().get(name)
        own_errors = sorted(_errors(operation) - everywhere)
        rows.append(
            (
                f"`{name}`",
                "reads" if operation.readonly else "changes",
                f"`{page.result_key}`" if page else "",
                ", ".join(f"`{error}`" for error in own_errors),
                _answers(name),
            )
        )
    told_once = ", ".join(f"`{error}`" for error in sorted(everywhere))
    heads = ("operation", "kind", "pages of", "declares", "what cosell does")
    return f"{_table(heads, rows)}\n\nEach declares these as well: {told_once}."


def _errors(operation: Operation) -> set[str]:
    return {error.shape for error in operation.errors}


def _answers(name: str) -> str:
    """What an operation does, as its module says it, or that it is not implemented."""
    if name not in OPERATIONS:
        return "answers `NotImplementedException`"
    told = inspect.getdoc(inspect.getmodule(OPERATIONS[name])) or ""
    operation, _, does = told.partition("\n\n")[0].replace("\n", " ").partition(": ")
    assert operation == name, f"the module of {name} does not begin with its name"
    return does.partition(". ")[0].rstrip(".").replace("|", "\\|")


def implemented() -> str:
    """One sentence: how far cosell has come."""
    names = ", ".join(f"`{name}`" for name in sorted(OPERATIONS))
    return (
        f"cosell knows all {len(service_model().operations)} operations of the service model "
        f"and implements {len(OPERATIONS)} of them now: {names}."
    )


def list_parameters() -> str:
    """The parameters of ListOpportunities with the limits that the model sets."""
    shapes = service_model().shapes
    request = shapes["ListOpportunitiesRequest"]
    rows = []
    for name, member in request.members.items():
        shape = shapes[member.shape]
        needed = "yes" if name in request.required else "no"
        rows.append((f"`{name}`", needed, _limits(member.shape, shape)))
        for inner_name, inner in shape.members.items():
            inner_needed = "yes, inside" if inner_name in shape.required else "no"
            rows.append((f"`{name}.{inner_name}`", inner_needed, _limits(inner.shape, shapes[inner.shape])))
    return _table(("parameter", "required", "type and limits"), rows)


def search_fields() -> str:
    """The fields of SearchOpportunities."""
    rows = [(f"`{name}`", field.kind, "yes" if field.sortable else "no") for name, field in FIELDS_OF_SEARCH.items()]
    return _table(("field", "type", "can be sorted by"), rows)


def search_operators() -> str:
    """The operators of conditions in words."""
    following = {"one": "a value", "list": "a list, `(a, b)`", "each": "a list, `(a, b)`"}
    rows = []
    for written, operator in OPERATORS.items():
        kinds = [kind for kind, taken in TAKES.items() if operator.member in taken]
        becomes = f"`{operator.member}`"
        if operator.is_negated:
            becomes = f"{becomes} in a `NotFilter`"
        if operator.form == "each":
            becomes = f"an `OrAllFilters` of {becomes}"
        rows.append((f"`{written}`", following[operator.form], ", ".join(kinds), becomes))
    return _table(("operator", "before", "with fields of type", "becomes"), rows)


def _limits(name: str, shape: Shape) -> str:
    match shape.type:
        case "structure":
            return "structure"
        case "timestamp":
            return "date-time, such as `2026-05-04T09:15:22Z`"
        case "integer":
            return f"integer, {shape.min} to {shape.max}"
        case "list":
            assert shape.member is not None
            inner = _limits(shape.member.shape, service_model().shapes[shape.member.shape])
            return f"list of {shape.min or 0} to {shape.max}, each: {inner}"
    constraint = text_constraint(name, shape)
    if constraint.values:
        return " or ".join([", ".join(f"`{value}`" for value in constraint.values[:-1]), f"`{constraint.values[-1]}`"])
    if constraint.is_date:
        return "day, `YYYY-MM-DD`"
    if shape.pattern:
        return f"string of the form `{shape.pattern}`".replace("|", "\\|")
    return "string"


def limits() -> str:
    """What a request may not exceed."""
    page_size = service_model().shapes["PageSize"].max
    rows = [
        ("body", f"{LONGEST_BODY // 1024} KiB"),
        ("nesting of a body", f"{DEEPEST} levels"),
        ("headers", f"{HEADER_LIMIT_BYTES // 1024} KiB"),
        ("connections of a worker", f"{MOST_CONNECTIONS:,}, or what the system's limit of open files leaves"),
        ("time for the headers, from the start of a connection", f"{HEADER_TIMEOUT_MS // 1000} seconds"),
        ("time between an answer and the next headers", f"{HEADER_TIMEOUT_MS // 1000} seconds"),
        ("time for the body", f"{BODY_TIMEOUT_S} seconds"),
        ("wait for other writers, from when a request has arrived", f"{LOCK_TIMEOUT_S} seconds"),
        ("time to finish, once the server is told to stop", f"{STOP_TIMEOUT_S} seconds"),
        ("time in which a client reads nothing (Linux)", f"{UNREAD_MS // 1000} seconds"),
        ("entries of an ErrorList", f"{MOST_VIOLATIONS:,}"),
        ("one page", f"{page_size} opportunities"),
        ("life of a page token", f"{page_token.LIFETIME_MS // 3_600_000} hours"),
        ("memory for a ClientToken", f"{CLIENT_TOKEN_LIFETIME_MS // 3_600_000} hours"),
    ]
    return _table(("limit", "value"), rows)


def mirror_tables() -> str:
    """The tables of a mirror, each with its columns."""
    parts = []
    for table in TABLES:
        rows = [(f"`{column.name}`", column.kind, column.meaning) for column in table.columns]
        parts.append(f"## {table.name}\n\n{table.meaning}\n\n{_table(('column', 'kind', 'what it has'), rows)}")
    return "\n\n".join(parts)


def mirror_types() -> str:
    """How each database calls a kind of column."""
    dialects = (sqlite.DIALECT, postgres.DIALECT, duckdb.DIALECT)
    rows = [(kind, *(f"`{dialect.types[kind]}`" for dialect in dialects)) for kind in sqlite.DIALECT.types]
    return _table(("kind", "SQLite", "PostgreSQL", "DuckDB"), rows)


def mirror_views() -> str:
    """The views of a mirror, each with its columns."""
    rows = []
    for view in VIEWS:
        columns = [f"`{name}`: {meaning}" if meaning else f"`{name}`" for name, meaning in view.columns.items()]
        rows.append((f"`{view.name}`", view.answers, "<br>".join(columns)))
    return _table(("view", "answers", "columns"), rows)


def steps() -> str:
    """The steps of the flow, in order."""
    lines = []
    for number, step in enumerate(STEPS, start=1):
        assert step.__doc__ is not None
        lines.append(f"{number}. **{step.__name__}**: {step.__doc__.splitlines()[0]}")
    return "\n".join(lines)


def admin_routes() -> str:
    """Each door of the admin API: what it does, and what may stand in its question."""
    parts = []
    for route in ROUTES:
        paragraphs = [f"## {route.method} {route.path}", inspect.cleandoc(route.perform.__doc__ or "")]
        rows = [
            (f"`{field.encode_name}`", _type(field.type), _default(field), _description(field.type))
            for field in msgspec.structs.fields(route.question)
        ]
        if rows:
            kind = "member of the body" if route.method == "POST" else "parameter of the query"
            paragraphs.append(_table((kind, "type", "default", "meaning"), rows))
        parts.append("\n\n".join(paragraphs))
    return "\n\n".join(parts)


def _alternatives(type_: Any) -> list[Any]:
    """The types of an annotation without None and without what is said about them."""
    if get_origin(type_) is Annotated:
        return _alternatives(get_args(type_)[0])
    if get_origin(type_) in (Union, UnionType):
        return [inner for part in get_args(type_) for inner in _alternatives(part)]
    return [] if type_ is type(None) else [type_]


def _type(type_: Any) -> str:
    names = []
    for alternative in _alternatives(type_):
        if get_origin(alternative) is Literal:
            names += [f"`{value}`" for value in get_args(alternative)]
        elif get_origin(alternative) in (list, tuple):
            names.append(f"list of {_type(get_args(alternative)[0])}")
        elif isinstance(alternative, type) and issubclass(alternative, msgspec.Struct):
            names.append("object")
        else:
            names.append({str: "string", int: "integer", float: "number", bool: "boolean"}.get(alternative, "object"))
    return ", ".join(dict.fromkeys(names))


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default is msgspec.NODEFAULT:
        return "required" if field.default_factory is msgspec.NODEFAULT else ""
    return "" if field.default is None else f"`{msgspec.json.encode(field.default).decode()}`"


def _description(type_: Any) -> str:
    if get_origin(type_) in (Union, UnionType):
        return next(filter(None, map(_description, get_args(type_))), "")
    if get_origin(type_) is not Annotated:
        return ""
    said = [meta.description for meta in get_args(type_)[1:] if isinstance(meta, msgspec.Meta) and meta.description]
    return said[-1] if said else _description(get_args(type_)[0])


def deployed(language: str, path: str) -> str:
    """An example of deploy/."""
    return f"```{language}\n{(ROOT / 'deploy' / path).read_text(encoding='utf-8')}```"


PARTS: Final[dict[str, Callable[[], str]]] = {
    "commands": commands,
    "command-list": command_list,
    "settings": settings,
    "exceptions": exceptions,
    "operations": operations,
    "implemented": implemented,
    "list-parameters": list_parameters,
    "search-fields": search_fields,
    "search-operators": search_operators,
    "limits": limits,
    "mirror-tables": mirror_tables,
    "mirror-types": mirror_types,
    "mirror-views": mirror_views,
    "steps": steps,
    "admin-routes": admin_routes,
    "nginx": partial(deployed, "nginx", "nginx/cosell.conf"),
    "systemd": partial(deployed, "ini", "systemd/cosell.service"),
    "systemd-backup": partial(deployed, "ini", "systemd/cosell-backup.service"),
    "systemd-timer": partial(deployed, "ini", "systemd/cosell-backup.timer"),
    "logrotate": partial(deployed, "text", "logrotate/cosell"),
    "systemd-sync": partial(deployed, "ini", "systemd/cosell-sync.service"),
    "caddy": partial(deployed, "text", "caddy/Caddyfile"),
    **LIFE_CYCLE_PARTS,
    **PYTHON_API_PARTS,
}


def pages() -> list[Path]:
    """The pages that have marks."""
    every = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in every if MARKED.search(page.read_text(encoding="utf-8"))]


def written(page: Path) -> str:
    """The page's text with every marked part brought up to date."""
    return MARKED.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for page in pages():
        page.write_text(written(page), encoding="utf-8")
        sys.stdout.write(f"wrote {page.relative_to(ROOT)}\n")
