"""Every page of the console, in one table: its address, its title, and its handler.

A page with `act` takes forms too; only they change anything. `in_menu` pages are in the menu, in this order.
"""

from collections.abc import Callable
from typing import Final

import msgspec
from starlette.responses import Response

from cosell.console.aws_desk.page import act_at_desk, act_at_desk_opportunity, desk, desk_opportunity
from cosell.console.events.page import act_on_events, events
from cosell.console.faults.page import act_on_faults, faults
from cosell.console.home.mirror_health import mirror_health
from cosell.console.home.page import home, seed
from cosell.console.opportunity.page import opportunity
from cosell.console.pipeline.page import picture_csv, picture_svg, pipeline
from cosell.console.pipeline.stages import stages
from cosell.console.search.page import SEARCH, found_csv, found_xlsx, search, suggested
from cosell.console.table.export import opportunities_csv, opportunities_xlsx
from cosell.console.table.page import opportunities
from cosell.console.visit.surroundings import Surroundings
from cosell.console.visit.visit import Visit
from cosell.console.wire.page import act_on_wire_call, wire, wire_archive, wire_call, wire_call_archive


class Page(msgspec.Struct, frozen=True):
    """One page.

    One that `is_quick` needs no more than a call of the API before its first byte. As the API itself it does so on the
    event loop where the database reads at once, since a thread would cost more; whatever takes longer is made in one.
    """

    path: str
    title: str
    show: Callable[[Visit], Response]
    act: Callable[[Visit], Response] | None = None
    in_menu: bool = False
    is_quick: bool = False

    @property
    def methods(self) -> list[str]:
        """The methods that the page answers."""
        return ["GET", "POST"] if self.act else ["GET"]


PAGES: Final = (
    Page("/console/", "Home", home, act=seed, in_menu=True),
    Page("/console/opportunities", "Opportunities", opportunities, in_menu=True, is_quick=True),
    Page("/console/opportunities.csv", "Opportunities as CSV", opportunities_csv),
    Page("/console/opportunities.xlsx", "Opportunities for Excel", opportunities_xlsx),
    Page("/console/opportunities/{identifier}", "Opportunity", opportunity),
    Page(SEARCH, "Search", search),
    Page(f"{SEARCH}.csv", "What was found as CSV", found_csv),
    Page(f"{SEARCH}.xlsx", "What was found for Excel", found_xlsx),
    Page(f"{SEARCH}/suggestions", "Suggestions", suggested),
    Page("/console/pipeline", "Pipeline", pipeline, in_menu=True),
    Page("/console/pipeline/stages", "Stages", stages),
    Page("/console/pipeline/{picture}.svg", "Picture", picture_svg),
    Page("/console/pipeline/{picture}.csv", "Figures", picture_csv),
    Page("/console/desk", "AWS's desk", desk, act=act_at_desk, in_menu=True),
    Page("/console/desk/{identifier}", "On AWS's desk", desk_opportunity, act=act_at_desk_opportunity),
    Page("/console/wire", "Wire", wire, in_menu=True),
    Page("/console/wire.har", "Calls as an HTTP Archive", wire_archive),
    Page("/console/wire/{call}.har", "Call as an HTTP Archive", wire_call_archive),
    Page("/console/wire/{call}", "Call", wire_call, act=act_on_wire_call),
    Page("/console/faults", "Faults", faults, act=act_on_faults, in_menu=True),
    Page("/console/events", "Events", events, act=act_on_events, in_menu=True),
)
PAGES_OF_A_MIRROR: Final = (
    Page("/console/", "Sync", mirror_health, in_menu=True),
    *(page for page in PAGES if page.path.startswith(("/console/opportunities", SEARCH, "/console/pipeline"))),
)
"""Those that only read what a mirror has."""


def pages_of(surroundings: Surroundings) -> tuple[Page, ...]:
    """The pages of a console."""
    return PAGES if surroundings.health is None else PAGES_OF_A_MIRROR
