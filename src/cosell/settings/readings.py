"""How the settings have the service read what AWS leaves open."""

from cosell.context import Readings
from cosell.settings.every_setting import Settings
from cosell.time_texts import span_ms


def readings_of(settings: Settings) -> Readings:
    """How to read what AWS leaves open."""
    return Readings(
        action_required_stays=settings.action_required_stays,
        closed_lost_reopens=settings.closed_lost_reopens,
        task_delay_ms=span_ms(settings.task_delay),
        appearance_delay_ms=span_ms(settings.appearance_delay),
        any_value=settings.any_value,
        any_review_status=settings.any_review_status,
        drafts=settings.drafts,
        sandbox_quirks=settings.sandbox_quirks,
        empty_messages=settings.empty_messages,
        escaped_texts=settings.escaped_texts,
        no_sandbox_solution=settings.no_sandbox_solution,
        without_search=tuple(settings.without_search),
    )
