"""`cosell.intercept`: within it every client of the service, whoever created it, is answered in this process."""

import functools
import inspect
import time
import unittest
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Final, TypeVar

from cosell.auth.open_access import DEFAULT_ACCOUNT, check_account, is_account, key_of
from cosell.errors import UserError
from cosell.testing import blocks
from cosell.testing.answering import Answerer, Sleep
from cosell.testing.engine import LocalEngine
from cosell.testing.options import OWN, SETTINGS, ClockSetting, FaultsSetting, ReviewSetting, check_names
from cosell.wire.model import SERVICE

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_BEFORE_SEND: Final = f"before-send.{SERVICE}."
_TO_BE_SIGNED: Final = f"request-created.{SERVICE}."
_ROLE_TAKEN: Final = "after-call.sts."


class intercept(AbstractContextManager[LocalEngine]):  # noqa: N801  # a verb, as it is used
    """Within it every partnercentral-selling client of the process is answered here, from the database at `url`.

    It is a context manager, which returns the engine, and decorates functions, including asynchronous ones, and test
    classes: then each call or test has an engine of its own. Blocks can be nested: the innermost one answers.

    A client acts for the account that is its access key, if that is twelve digits; with the keys of a role that was
    assumed within the block, for the role's account; otherwise for `account`. The other options are those of
    `cosell.connect`. Raises UserError if an option is not valid, and on entry if the database cannot be
    opened.
    """

    def __init__(
        self,
        url: str = ":memory:",
        *,
        account: str = DEFAULT_ACCOUNT,
        catalog: str = "Sandbox",
        clock: ClockSetting = None,
        review: ReviewSetting = "manual",
        faults: FaultsSetting = None,
        sleep: Sleep = time.sleep,
        **settings: Any,
    ) -> None:
        if callable(url):
            raise UserError("intercept has no parentheses", "write @cosell.intercept()")
        check_account(account)
        check_names(settings, {*OWN, *SETTINGS})
        self._account = account
        self._open: Callable[[], LocalEngine] = lambda: LocalEngine(
            url, account=account, catalog=catalog, clock=clock, review=review, faults=faults, sleep=sleep, **settings
        )
        self._entered: list[AbstractContextManager[LocalEngine]] = []

    def __enter__(self) -> LocalEngine:
        block = self._block()
        engine = block.__enter__()
        self._entered.append(block)
        return engine

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._entered.pop().__exit__(kind, error, traceback)

    def __call__(self, decorated: Decorated) -> Decorated:
        """The same function or class, within a block of its own at each call, or for each of its tests."""
        if inspect.isclass(decorated):
            return self._with_tests_inside(decorated)  # type: ignore[return-value]
        if inspect.isgeneratorfunction(decorated) or inspect.isasyncgenfunction(decorated):
            raise UserError("a generator cannot be decorated", "write `with cosell.intercept():` inside it")
        if inspect.iscoroutinefunction(decorated):

            @functools.wraps(decorated)
            async def called(*arguments: Any, **named: Any) -> Any:
                with self._block():
                    return await decorated(*arguments, **named)
        else:

            @functools.wraps(decorated)
            def called(*arguments: Any, **named: Any) -> Any:
                with self._block():
                    return decorated(*arguments, **named)

        return called  # type: ignore[return-value]

    def _with_tests_inside(self, tests: type) -> type:
        """A TestCase runs each test with everything that is set up for it; other classes only their test methods."""
        for name in dir(tests):
            is_inside = name == "run" if issubclass(tests, unittest.TestCase) else name.startswith("test")
            method = inspect.getattr_static(tests, name)
            if is_inside and inspect.isfunction(method):
                setattr(tests, name, self(method))
        return tests

    @contextmanager
    def _block(self) -> Iterator[LocalEngine]:
        engine = self._open()
        try:
            block = _Block(engine)
            blocks.enter(block, self._account)
            try:
                yield engine
            finally:
                blocks.leave(block)
        finally:
            engine.close()


class _Block:
    def __init__(self, engine: LocalEngine) -> None:
        self._account = engine.account
        self._accounts_of_roles: dict[str, str] = {}
        """By access key."""
        self._answerer = Answerer(engine.answer, engine.sleep, self._account_of)

    def emit(self, onward: Callable[[], Any], event_name: str, arguments: dict[str, Any]) -> Any:
        if event_name.startswith(_BEFORE_SEND):
            told = onward()
            return self._sent_later(told, arguments) if inspect.isawaitable(told) else self._sent(told, arguments)
        if event_name.startswith(_TO_BE_SIGNED):
            return _signed_at_best(onward)
        if event_name.startswith(_ROLE_TAKEN):
            self._note_role(arguments["parsed"])
        return onward()

    def _sent(self, told: list[Any], arguments: dict[str, Any]) -> list[Any]:
        return told if _is_connected(told) else [(self._answerer, self._answerer(**arguments))]

    async def _sent_later(self, told: Awaitable[list[Any]], arguments: dict[str, Any]) -> list[Any]:
        await told
        return [(self._answerer, await self._answerer.answer_later(**arguments))]

    def _note_role(self, answer: dict[str, Any]) -> None:
        who = answer.get("AssumedRoleUser") or answer.get("FederatedUser")
        if who is not None:
            self._accounts_of_roles[answer["Credentials"]["AccessKeyId"]] = who["Arn"].split(":")[4]

    def _account_of(self, headers: dict[bytes, bytes]) -> str:
        key = key_of(headers)
        return key if is_account(key) else self._accounts_of_roles.get(key, self._account)


def _is_connected(told: list[Any]) -> bool:
    """Whether a client of `cosell.connect` has its answer from its own engine already."""
    return any(isinstance(handler, Answerer) for handler, _ in told)


def _signed_at_best(onward: Callable[[], Any]) -> Any:
    """Tell the handlers of a request that they sign. A client without credentials sends it as it is."""
    from botocore.exceptions import NoCredentialsError

    try:
        told = onward()
    except NoCredentialsError:
        return []
    return _signed_at_best_later(told) if inspect.isawaitable(told) else told


async def _signed_at_best_later(told: Awaitable[Any]) -> Any:
    from botocore.exceptions import NoCredentialsError

    try:
        return await told
    except NoCredentialsError:
        return []
