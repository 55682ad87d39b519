"""The little language for filter trees of SearchOpportunities: `Stage = Qualified and EstimatedMrr >= 1000`.

`parse` reads a text as a tree, `write` writes a tree as a text, and `fields` says what can be asked. The language is
cosell's own; docs/reference/search-opportunities.md describes it, and docs/decisions/0034 says why it is parsed by
hand.
"""

from cosell.rules.search.where.mistake import Mistake
from cosell.rules.search.where.operators import fields
from cosell.rules.search.where.reading import parse
from cosell.rules.search.where.writing import write

__all__ = ["Mistake", "fields", "parse", "write"]
