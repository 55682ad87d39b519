"""A mirror that cannot be read for a while: its last copy is shown with the reason, and it is tried again."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cosell
from cosell.cli.console_command import MirrorSource
from cosell.errors import UserError
from cosell.serve import mirror_site
from cosell.serve.mirror_copy import MirrorState
from cosell.serve.mirror_site import MirrorSite
from cosell.sync import mirror
from cosell.sync.targets.kept_answers import KeptAnswers
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT
from tests.console.test_mirror import shown_by

TROUBLE = "The mirror cannot be read: "
LIST = "/console/opportunities"
FIRST = "/console/"


class Ailing(MirrorSource):
    """A mirror of two opportunities that fails as `error` says: when it is looked at, read, or asked for its health."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.errors: dict[str, Exception] = {}
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def _fail(self, what: str) -> None:
        assert self.may_go_on.wait(60)
        if what in self.errors:
            raise self.errors[what]

    def state(self) -> MirrorState:
        self._fail("state")
        return super().state()

    def answers(self, since_ms: int) -> Iterator[KeptAnswers]:
        for answers in super().answers(since_ms):
            yield answers
            self._fail("answers")

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
@pytest.mark.parametrize("what", ["state", "answers", "health"])
def test_the_last_copy_is_shown_with_the_reason(story: Story, what: str, error: Exception, reason: str) -> None:
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
        assert f"{TROUBLE}{reason}." in story.text(FIRST)
    story.source.errors.clear()
    story.until_well()


@pytest.mark.parametrize("what", ["state", "answers", "health"])
def test_a_mirror_that_could_never_be_read_says_so(story: Story, what: str) -> None:
    story.source.errors[what] = UserError("the mirror's database does not answer")
    for path in (FIRST, LIST) if what != "health" else (FIRST,):
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
