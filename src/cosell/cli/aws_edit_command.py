"""`cosell aws-edit`: edit an opportunity as AWS does."""

from typing import IO, Any

import click

from cosell.cli.json_file import json_object
from cosell.cli.options import setting


@click.command("aws-edit")
@click.argument("identifier", metavar="ID")
@click.option("--aws-stage", help="The stage in AWS's own view, such as Engaged.")
@click.option("--aws-next-steps", help="The next steps in AWS's own view; they join AWS's history.")
@click.option(
    "--team-member",
    "team",
    metavar="TITLE:FIRST:LAST:EMAIL",
    multiple=True,
    help="One of AWS's people, such as PDM:Ada:Example:ada@example.com. May be repeated; replaces the team.",
)
@click.option("--engagement-score", help="The engagement score among AWS's insights: High, Medium or Low.")
@click.option("--next-best-actions", help="The next best actions among AWS's insights.")
@click.option("--stage", help="The stage in the partner's record.")
@click.option("--closed-lost-reason", help="Why the sale was lost, with the stage Closed Lost.")
@click.option("--next-steps", help="The next steps in the partner's record.")
@click.option("--target-close-date", metavar="DAY", help="The target close date in the partner's record.")
@click.option(
    "--file",
    "file",
    type=click.File("rb"),
    help="More members as JSON, with `view` and `life_cycle` as POST /_cosell/aws-edit takes them; - reads stdin.",
)
@setting("url")
@setting("account")
@setting("catalog")
def aws_edit_command(
    identifier: str,
    aws_stage: str | None,
    aws_next_steps: str | None,
    team: tuple[str, ...],
    engagement_score: str | None,
    next_best_actions: str | None,
    stage: str | None,
    closed_lost_reason: str | None,
    next_steps: str | None,
    target_close_date: str | None,
    file: IO[bytes] | None,
    url: str,
    account: str,
    catalog: str,
) -> None:
    """Edit an opportunity as AWS does: its own view of it, or the little that it reaches in the partner's record.

    Options win over the file.
    """
    from cosell.cli.admin import tell

    given = json_object(file) if file is not None else {}
    view = given.pop("view", {})
    life_cycle = given.pop("life_cycle", {})
    if given or not isinstance(view, dict) or not isinstance(life_cycle, dict):
        raise click.UsageError("the file may have the objects view and life_cycle, and nothing else")
    _put(view, "LifeCycle", Stage=aws_stage, NextSteps=aws_next_steps)
    _put(view, "Insights", EngagementScore=engagement_score, NextBestActions=next_best_actions)
    if team:
        view["OpportunityTeam"] = [_member(text) for text in team]
    named = {
        "Stage": stage,
        "ClosedLostReason": closed_lost_reason,
        "NextSteps": next_steps,
        "TargetCloseDate": target_close_date,
    }
    life_cycle |= {name: value for name, value in named.items() if value is not None}
    if not view and not life_cycle:
        raise click.UsageError("say what to change")
    done = tell(
        url,
        "aws-edit",
        {
            "view.LifeCycle.Stage": ("--aws-stage", aws_stage),
            "view.LifeCycle.NextSteps": ("--aws-next-steps", aws_next_steps),
            "view.Insights.EngagementScore": ("--engagement-score", engagement_score),
            "view.Insights.NextBestActions": ("--next-best-actions", next_best_actions),
            "lifeCycle.Stage": ("--stage", stage),
            "lifeCycle.ClosedLostReason": ("--closed-lost-reason", closed_lost_reason),
            "lifeCycle.NextSteps": ("--next-steps", next_steps),
            "lifeCycle.TargetCloseDate": ("--target-close-date", target_close_date),
        },
        id=identifier,
        view=view or None,
        life_cycle=life_cycle or None,
        account=account,
        catalog=catalog,
    )
    click.echo(f"{done['id']} {done['status']} {done['last_modified_date']}")


def _put(view: dict[str, Any], structure: str, **members: str | None) -> None:
    given = {name: value for name, value in members.items() if value is not None}
    if given:
        view[structure] = {**(view.get(structure) or {}), **given}


def _member(text: str) -> dict[str, str]:
    parts = text.split(":")
    if len(parts) != 4:
        raise click.UsageError(
            f"--team-member {text!r} is not TITLE:FIRST:LAST:EMAIL; give one such as PDM:Ada:Example:ada@example.com"
        )
    return dict(zip(("BusinessTitle", "FirstName", "LastName", "Email"), parts, strict=True))
