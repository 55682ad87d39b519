"""What is wrong with a text of the language, and where."""

from cosell.errors import UserError
from cosell.rules.search.where.tokens import Token


class Mistake(UserError):
    """A text that asks nothing, or something impossible. The mistake is in `text[start:end]`."""

    def __init__(self, token: Token, message: str, next_step: str) -> None:
        super().__init__(message, next_step)
        self.text = token.source
        self.start = token.start
        self.end = token.end
