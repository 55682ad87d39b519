"""Keeps the history of opportunities as long as the operator says: older changes are removed while the server runs.

Every worker looks, by the engine's clock; what one has removed, the others no longer find.
"""

import asyncio
from typing import Final

from cosell.context import Now
from cosell.outage import Outage
from cosell.serve.log import log_event, log_outage
from cosell.store.interface import Store
from cosell.wire.timestamps import Timestamp

LOOK_S: Final = 2.0
"""How often the engine's clock is checked for whether it is time to remove something."""
EVERY_MS: Final = 60_000


async def trim_history(store: Store, clock: Now, keep_ms: int) -> None:
    """Keep removing what is older than `keep_ms`, a few changes at a time, so that other writers are not held up."""
    loop = asyncio.get_running_loop()
    outage = Outage(log_outage, "removal of old changes")
    looked_ms = 0
    while True:
        try:
            now_ms = await loop.run_in_executor(None, clock)
            if abs(now_ms - looked_ms) >= EVERY_MS:
                removed = 0
                while count := await loop.run_in_executor(None, store.trim_history, now_ms - keep_ms):
                    removed += count
                if removed:
                    before = str(Timestamp.from_ms(now_ms - keep_ms))
                    log_event("old changes were removed from the history", changes=removed, before=before)
                looked_ms = now_ms
        except Exception as error:  # noqa: BLE001  # the next look tries again
            outage.met(error)
        else:
            outage.over()
        await asyncio.sleep(LOOK_S)
