"""A mirror that cannot be read for a while: what was shown last is shown with the reason, and it is tried again."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import cosell
from cosell.cli.console_command import MirrorSource
from cosell.context import Scope
from cosell.errors import UserError
from cosell.serve import mirror_site, mirror_store
from cosell.serve.mirror_site import MirrorSite
from cosell.sync import mirror
from cosell.sync.targets.reading import Reading
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT
from tests.console.test_mirror import shown_by

HOLD = """
import sys
from cosell.sync.targets.open import open_target
with open_target(sys.argv[1]) as target, target.lock("a sync"):
    print("held", flush=True)
    sys.stdin.read()
"""
TROUBLE = "The mirror cannot be read: "
LIST = "/console/opportunities"
FIRST = "/console/"


class Ailing(MirrorSource):
    """A mirror that fails as `errors` say: when it is asked whose it is, read, or asked for its health."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.errors: dict[str, Exception] = {}
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def _fail(self, what: str) -> None:
        assert self.may_go_on.wait(60)
        if what in self.errors:
            raise self.errors[what]

    def scope(self) -> Scope:
        self._fail("scope")
        return super().scope()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        self._fail("reading")
        with super().reading() as reading:
            yield reading

    def health(self) -> dict[str, Any]:
        self._fail("health")
        return super().health()


class Story:
    """A service with a mirror, and a console over it in this process."""

    def __init__(self, folder: Path) -> None:
        self.client: Any = completing(cosell.connect(account=ACCOUNT))
        self.url = str(folder / "mirror.db")
        self.identifiers: list[str] = []
        self.create("first")
        self.create("second")
        self.source = Ailing(self.url)
        self.site = MirrorSite(self.source, "127.0.0.1")

    def create(self, token: str) -> None:
        """A new opportunity, also in the mirror."""
        self.identifiers.insert(0, self.client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"])
        mirror(self.client, self.url)

    def text(self, path: str) -> str:
        """The words of a page."""
        return " ".join(shown_by(self.site, path).text.split())

    def until_well(self) -> None:
        """Look until all of the mirror is shown, and nothing is said of trouble."""
        while shown_by(self.site, LIST).identifiers != self.identifiers or TROUBLE in self.text(LIST):
            pass
        assert TROUBLE not in self.text(FIRST)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path)
    yield story
    story.source.may_go_on.set()
    story.site.close()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (UserError("the mirror's database does not answer"), "the mirror's database does not answer"),
        (RuntimeError("a customer's name"), "cosell fails (RuntimeError), and its log says where"),
    ],
)
@pytest.mark.parametrize("what", ["scope", "reading", "health"])
def test_what_was_shown_last_is_shown_with_the_reason(story: Story, what: str, error: Exception, reason: str) -> None:
    story.until_well()
    story.source.errors[what] = error
    before = list(story.identifiers)
    story.create("third")
    told = f"{TROUBLE}{reason}. This is how it was at 20"
    if what == "health":
        assert told in story.text(FIRST)
        assert "Opportunities 2" in story.text(FIRST)
    else:
        while told not in story.text(LIST):
            pass
        assert [one for one in shown_by(story.site, LIST).identifiers if one in before] == before
        assert what == "reading" or f"{TROUBLE}{reason}." in story.text(FIRST)
    story.source.errors.clear()
    story.until_well()


@pytest.mark.parametrize("what", ["scope", "reading", "health"])
def test_a_mirror_that_could_never_be_read_says_so(story: Story, what: str) -> None:
    story.source.errors[what] = UserError("the mirror's database does not answer")
    for path in {"scope": (FIRST, LIST), "reading": (LIST,), "health": (FIRST,)}[what]:
        assert f"{TROUBLE}the mirror's database does not answer." in story.text(path)
        assert not shown_by(story.site, path).identifiers
    story.source.errors.clear()
    story.until_well()


def test_a_mirror_that_says_nothing_at_all_is_not_waited_for(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.until_well()
    monkeypatch.setattr(mirror_site, "PATIENCE_S", 0.01)
    story.source.may_go_on.clear()
    while f"{TROUBLE}it has not answered for 0 s." not in story.text(LIST):
        pass
    assert shown_by(story.site, LIST).identifiers == story.identifiers
    assert "Opportunities 2" in story.text(FIRST)
    story.source.may_go_on.set()
    story.until_well()


def test_figures_are_shown_as_they_were(story: Story) -> None:
    assert "Heron2" in story.text("/console/pipeline")
    story.source.errors["reading"] = UserError("the mirror's database does not answer")
    story.create("third")
    text = story.text("/console/pipeline")
    assert "Heron2" in text
    assert "The rest of this page could not be made." not in text
    story.source.errors.clear()
    assert "Heron3" in story.text("/console/pipeline")


def test_figures_that_were_never_counted_are_not_made_up(story: Story) -> None:
    story.source.errors["reading"] = UserError("the mirror's database does not answer")
    assert "The database does not answer." in story.text("/console/pipeline")


def test_only_what_was_asked_last_is_remembered(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror_store, "REMEMBERED", 1)
    story.until_well()
    story.text(f"{LIST}/{story.identifiers[0]}")
    story.text(LIST)
    story.source.errors["scope"] = UserError("the mirror's database does not answer")
    assert shown_by(story.site, LIST).identifiers == story.identifiers
    assert "There is no opportunity" not in story.text(f"{LIST}/{story.identifiers[0]}")
    assert "ServiceUnavailableException" in story.text(f"{LIST}/{story.identifiers[0]}")


def test_a_duckdb_mirror_that_a_sync_holds_says_so(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path}/mirror.duckdb"
    client: Any = completing(cosell.connect(account=ACCOUNT))
    identifier = client.create_opportunity(Catalog="Sandbox", ClientToken="first")["Id"]
    mirror(client, url)
    site = MirrorSite(MirrorSource(url), "127.0.0.1")
    assert shown_by(site, LIST).identifiers == [identifier]
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    page = shown_by(site, LIST)
    assert f"{TROUBLE}the mirror is held by" in " ".join(page.text.split())
    assert page.identifiers == [identifier]
    holder.communicate("", timeout=60)
    site.close()
