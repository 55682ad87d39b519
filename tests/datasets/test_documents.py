"""Where a value stands in a file, also where it is not there at all."""

import pytest

from cosell.datasets.documents import Document, documents

TEXT = """{
  "Id": "O1",
  "Project": {
    "DeliveryModels": [
      "Resell",
      "Other"
    ],
    "Title": "first",
    "Title": "second"
  }
}
"""


@pytest.fixture
def document() -> Document:
    (only,) = documents([b"\n", *TEXT.encode().splitlines(keepends=True)])
    assert isinstance(only, Document)
    return only


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 2),
        ("Id", 3),
        ("Project", 4),
        ("Project.DeliveryModels[1]", 7),
        ("Project.Title", 10),
        ("Project.DeliveryModels[2]", 5),
        ("Project.CustomerUseCase", 4),
        ("Id.Further", 3),
        ("Catalog.Further", 2),
    ],
)
def test_the_line_of_a_member_or_of_what_is_nearest(document: Document, path: str, line: int) -> None:
    assert document.line_of(path) == line
