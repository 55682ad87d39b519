"""The reference of cosell's Python API, from its signatures and docstrings."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, Final

import cosell
from cosell.aws_side.by_hand import AwsSide
from cosell.testing import in_process
from cosell.testing import server as servers
from cosell.testing.events import Events
from cosell.testing.opportunities import Opportunities
from cosell.testing.requests import Request, Requests

FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "cosell.connect": cosell.connect,
    "cosell.intercept": cosell.intercept,
    "cosell.serve": servers.serve,
    "cosell.example_opportunity": cosell.example_opportunity,
    "cosell.engine_of": cosell.engine_of,
    "cosell.events": in_process.events,
    "cosell.play_aws": cosell.play_aws,
}
CLASSES: Final[dict[str, type]] = {
    "cosell.LocalEngine": cosell.LocalEngine,
    "engine.opportunities": Opportunities,
    "engine.review": AwsSide,
    "engine.clock": cosell.Clock,
    "engine.faults": cosell.Faults,
    "engine.events": Events,
    "engine.requests": Requests,
    "engine.requests[…]": Request,
    "cosell.serve()": servers.Server,
}
NOT_FOR_TESTS: Final = {
    cosell.LocalEngine: {"answer", "aws_side", "catch_up"},
    cosell.Clock: {"course", "follow"},
    cosell.Faults: {"are_there", "meet", "put"},
    Events: {"tell"},
    Requests: {"keep"},
}
"""Public methods that are for other rooms."""


def functions() -> str:
    """The functions of the package."""
    return "\n\n".join(f"### {name}\n\n{_called(name, function)}" for name, function in FUNCTIONS.items())


def classes() -> str:
    """An engine, its parts, and a server, with what can be asked of each."""
    return "\n\n".join(f"### {name}\n\n{_class(name, of)}" for name, of in CLASSES.items())


def _class(name: str, of: type) -> str:
    opened = [_called(name, of)] if name.startswith("cosell.Local") else [_text(of)]
    rows = [f"* `{attribute}`{text}" for attribute, text in _attributes(of)]
    methods = [f"* `{_signature(name, method)}`: {_text(method, '  ')}" for name, method in _methods(of)]
    return "\n\n".join([*opened, "\n".join([*rows, *methods])]).rstrip()


def _called(name: str, function: Callable[..., Any]) -> str:
    call = _signature(name, function)
    broken = textwrap.wrap(call, 110, subsequent_indent="    ", break_long_words=False)
    return "```text\n" + "\n".join(broken) + f"\n```\n\n{_text(function)}"


def _signature(name: str, function: Callable[..., Any]) -> str:
    parameters, told_star = [], False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not told_star:
            parameters.append("*")
            told_star = True
        bare = parameter.replace(annotation=parameter.empty)
        default = parameter.default
        parameters.append(f"{parameter.name}={default.__qualname__}" if inspect.isroutine(default) else str(bare))
    return f"{name}({', '.join(parameters)})"


def _methods(of: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, member in vars(of).items():
        if not name.startswith("_") and inspect.isfunction(member) and name not in NOT_FOR_TESTS.get(of, ()):
            yield name, member


def _attributes(of: type) -> Iterator[tuple[str, str]]:
    """Attributes with the docstrings that stand below them, and properties."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(of))).body
    assert isinstance(tree, ast.ClassDef)
    for node, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            text = _docstring(following)
            yield node.target.id, f": {_joined(text, '  ')}" if text else ""
    for name, member in vars(of).items():
        if isinstance(member, property) and not name.startswith("_") and name not in NOT_FOR_TESTS.get(of, ()):
            yield name, f": {_text(member, '  ')}"


def _docstring(node: ast.stmt | None) -> str:
    """What a bare text says; empty for any other statement."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""


def _text(of: Any, indent: str = "") -> str:
    return _joined(inspect.getdoc(of) or "", indent)


def _joined(text: str, indent: str) -> str:
    """The paragraphs of a docstring, each in one line."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return f"\n\n{indent}".join(paragraphs)


PYTHON_API_PARTS: Final[dict[str, Callable[[], str]]] = {"python-functions": functions, "python-classes": classes}
