"""Which calls the wire shows: the filters of its form, which are in the address."""

from typing import Any, Final

import msgspec

from cosell.console.visit.visit import Query, Visit

REFUSED: Final = "refused"
STATUSES: Final = ("200", "400", "404", "408", "413", "415", "500", "501", "503")
"""Those that cosell answers with; a dropped connection has none."""
NO_ANSWER: Final = "none"


class Filters(msgspec.Struct, frozen=True):
    """What is asked for; empty: anything. `caller` is an account, `status` an HTTP status, `refused` or `none`."""

    operation: str = ""
    caller: str = ""
    status: str = ""
    text: str = ""

    @property
    def are_set(self) -> bool:
        """Whether any call is left out."""
        return bool(self.query)

    @property
    def query(self) -> Query:
        """The filters as members of an address."""
        return [(name, value) for name, value in msgspec.structs.asdict(self).items() if value]

    @property
    def question(self) -> dict[str, Any]:
        """The filters in the words of the admin API."""
        asked = {"operation": self.operation, "account": self.caller, "text": self.text}
        if self.status == REFUSED:
            asked["refused"] = "true"
        else:
            asked["status"] = "0" if self.status == NO_ANSWER else self.status
        return {name: value for name, value in asked.items() if value}


def filters_of(visit: Visit) -> Filters:
    """What the address asks for."""
    return Filters(**{name: visit.first(name).strip() for name in Filters.__struct_fields__})
