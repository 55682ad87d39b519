"""A realistic pipeline of any size, one opportunity after the other.

Each opportunity is complete and consistent: its stage with its review, its activities and its dates, its problem with
its use case, its use case with its customer's industry. Everything is drawn from one seed, and moments count back from
a given one, so that the same arguments give the same records, byte for byte.
"""

import random
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from cosell.context import Scope
from cosell.datasets import vocabulary as words
from cosell.datasets.chance import Weighted, one_of
from cosell.datasets.customers import Customer, Customers
from cosell.datasets.deal import Deal
from cosell.datasets.partner import Partner
from cosell.datasets.timeline import MS_PER_DAY, Moments
from cosell.datasets.use_cases import USE_CASES, UseCase
from cosell.datasets.vocabulary import ModelValue
from cosell.rules.identifiers import opportunity_arn, opportunity_id
from cosell.rules.opportunity.stage import OPEN_STAGES
from cosell.wire.timestamps import Date, Timestamp
from cosell.wire.types import (
    ExpectedContractDuration,
    ExpectedCustomerSpend,
    GetOpportunityResponse,
    LifeCycle,
    MonetaryValue,
    NextStepsHistory,
    Project,
    SoftwareRevenue,
)

_PROBLEMS: Final = (
    "Today {pain}. {impact} The goal is to {goal}.",
    "{name} wants to {goal}. Today {pain}. {impact}",
    "At {name} {pain}. {impact} {name} has asked us to {goal}.",
)
_TITLES: Final = ("{title} for {name}", "{name}: {title}", "{name} - {title}", "{title} ({name})")
_LAST_DAY: Final = 2_932_896
"""9999-12-31, counted from 1970-01-01."""
_CRM_YEAR_MS: Final = 31_556_952_000


def opportunities(
    scope: Scope, moments: Iterable[Moments], *, count: int, seed: int, now_ms: int, first_number: int
) -> Iterator[GetOpportunityResponse]:
    """`count` opportunities as GetOpportunity answers them, numbered from `first_number` on, one for each of `moments`.

    Holds no more than the active customers in memory.
    """
    pipeline = _Pipeline(scope, count, seed, now_ms)
    for number, moment in enumerate(moments, first_number):
        yield pipeline.opportunity(opportunity_id(number), number, moment)


class _Pipeline:
    def __init__(self, scope: Scope, count: int, seed: int, now_ms: int) -> None:
        self._chance = random.Random(f"pipeline {seed}")  # noqa: S311  # invented data
        self._scope = scope
        self._catalog: ModelValue = scope.catalog
        self._now_day = now_ms // MS_PER_DAY
        self._customers = Customers(count, seed, self._chance)
        self._partner = Partner(seed, self._chance)
        self._use_cases = {
            industry: Weighted(
                # What only some industries do is what those do most.
                (use_case, use_case.weight * (3 if use_case.industries else 1))
                for use_case in USE_CASES
                if not use_case.industries or industry in use_case.industries
            )
            for industry in words.INDUSTRIES
        }
        self._needs = Weighted(words.PRIMARY_NEEDS)
        delivery_models: list[tuple[list[ModelValue], int]] = [
            (list(models), weight) for models, weight in words.DELIVERY_MODELS
        ]
        self._delivery_models = Weighted(delivery_models)

    def opportunity(self, identifier: str, number: int, moments: Moments) -> GetOpportunityResponse:
        """One opportunity, whole."""
        chance = self._chance
        customer = self._customers.next()
        use_case = self._use_cases[customer.industry].draw(chance)
        deal = Deal.draw(chance, moments, self._now_day)
        submitted = deal.review_status != "Pending Submission"
        detailed = submitted or chance.random() < 0.5
        kind = chance.random()
        renewed = customer.launched if kind < 0.15 and submitted else None
        record = GetOpportunityResponse(
            catalog=self._catalog,
            id=identifier,
            arn=opportunity_arn(self._scope.account, self._scope.catalog, identifier),
            created_date=Timestamp.from_ms(moments.created_ms),
            last_modified_date=Timestamp.from_ms(moments.modified_ms),
            primary_needs_from_aws=self._some_needs() if detailed else None,
            national_security="No",
            partner_opportunity_identifier=(
                f"CRM-{1970 + moments.created_ms // _CRM_YEAR_MS}-{number:07d}" if chance.random() < 0.85 else None
            ),
            customer=customer.record if detailed else customer.small_record,
            project=self._project(customer, use_case, deal, renewed, detailed=detailed),
            opportunity_type="Flat Renewal" if renewed else "Expansion" if kind > 0.8 else "Net New Business",
            marketing=self._partner.marketing(chance, use_case.marketing, moments.created_ms),
            software_revenue=self._software_revenue(customer, deal) if deal.stage == "Launched" else None,
            related_entity_identifiers=self._partner.related(chance, deal.stage, submitted=submitted),
            life_cycle=self._life_cycle(deal, moments),
            opportunity_team=one_of(chance, self._partner.teams),
        )
        if deal.stage == "Launched":
            customer.launched = identifier
        return record

    def _some_needs(self) -> list[ModelValue]:
        chance = self._chance
        first = self._needs.draw(chance)
        second = self._needs.draw(chance)
        return [first] if second == first or chance.random() < 0.5 else [first, second]

    def _project(
        self, customer: Customer, use_case: UseCase, deal: Deal, renewed: str | None, *, detailed: bool
    ) -> Project:
        chance = self._chance
        name = customer.name
        problem = one_of(chance, _PROBLEMS).format(
            name=name,
            pain=one_of(chance, use_case.pains),
            goal=one_of(chance, use_case.goals),
            impact=one_of(chance, words.IMPACTS),
        )
        title = one_of(chance, _TITLES).format(name=name, title=one_of(chance, use_case.titles))
        contract = chance.random() < 0.15
        competitor = deal.competitor
        return Project(
            title=f"{title} - renewal" if renewed else title,
            customer_business_problem=problem[0].upper() + problem[1:],
            customer_use_case=use_case.name,
            delivery_models=self._delivery_models.draw(chance) if detailed else None,
            expected_customer_spend=self._spend(customer.currency, deal, contract=contract),
            expected_contract_duration=(
                ExpectedContractDuration(term="Months", value=one_of(chance, ("12", "24", "36"))) if contract else None
            ),
            related_opportunity_identifier=renewed,
            sales_activities=deal.sales_activities if detailed else None,
            competitor_name=competitor,
            other_competitor_names=one_of(chance, words.OTHER_COMPETITORS) if competitor == "*Other" else None,
            other_solution_description=one_of(chance, words.SOLUTION_DESCRIPTIONS) if chance.random() < 0.2 else None,
            apn_programs=[one_of(chance, words.APN_PROGRAMS)] if self._is_funded(deal.stage) else None,
            additional_comments=one_of(chance, words.ADDITIONAL_COMMENTS) if chance.random() < 0.12 else None,
        )

    def _is_funded(self, stage: str) -> bool:
        """Whether a programme takes part: never before the deal is qualified, then in one of eight."""
        return stage not in ("Prospect", "Qualified") and self._chance.random() < 0.125

    def _spend(self, currency: str, deal: Deal, *, contract: bool) -> list[ExpectedCustomerSpend]:
        chance = self._chance
        amount = _rounded(chance.lognormvariate(9.1, 1.1))
        # An estimate comes with the design, so not before the technical validation.
        url = None
        if deal.stage not in ("Prospect", "Qualified") and chance.random() < 0.15:
            url = f"https://calculator.aws/#/estimate?id={chance.getrandbits(160):040x}"
        aws = ExpectedCustomerSpend(
            amount=amount, currency_code=currency, frequency="Monthly", target_company="AWS", estimation_url=url
        )
        if not contract:
            return [aws]
        own = _rounded(int(amount) * (0.2 + chance.random()))
        return [
            aws,
            ExpectedCustomerSpend(amount=own, currency_code=currency, frequency="Monthly", target_company="Self"),
        ]

    def _software_revenue(self, customer: Customer, deal: Deal) -> SoftwareRevenue | None:
        chance = self._chance
        if chance.random() > 0.4:
            return None
        amount = _rounded(12 * chance.lognormvariate(9.1, 1.1))
        return SoftwareRevenue(
            delivery_model=one_of(chance, ("Contract", "Subscription", "Subscription", "Pay-as-you-go")),
            value=MonetaryValue(amount=amount, currency_code=customer.currency),
            effective_date=day_text(deal.target_close_day),
            expiration_date=day_text(deal.target_close_day + 365),
        )

    def _life_cycle(self, deal: Deal, moments: Moments) -> LifeCycle:
        chance = self._chance
        history, next_steps = None, None
        if chance.random() < 0.8:
            worked_on = moments.modified_ms - moments.created_ms > MS_PER_DAY
            history = self._history(deal.stage, moments) if worked_on and chance.random() < 0.6 else None
            next_steps = history[-1].value if history else one_of(chance, words.NEXT_STEPS[deal.stage])
        return LifeCycle(
            stage=deal.stage,
            closed_lost_reason=deal.closed_lost_reason,
            next_steps=next_steps,
            target_close_date=day_text(deal.target_close_day),
            review_status=deal.review_status,
            review_comments=deal.review_comments,
            review_status_reason=deal.review_status_reason,
            next_steps_history=history,
        )

    def _history(self, stage: str, moments: Moments) -> list[NextStepsHistory]:
        """What the next steps were, oldest first: those of earlier stages come before those of the present one."""
        chance = self._chance
        stages = OPEN_STAGES
        passed = stages[: stages.index(stage)] if stage in stages else stages[int(chance.random() * 5) :]
        path = [*passed[-int(1 + chance.random() * 3) :], stage]
        step_ms = (moments.modified_ms - moments.created_ms) // len(path)
        return [
            NextStepsHistory(
                value=one_of(chance, words.NEXT_STEPS[stage]),
                time=Timestamp.from_ms(moments.created_ms + step_ms * number // 1000 * 1000),
            )
            for number, stage in enumerate(path, 1)
        ]


def _rounded(amount: float) -> str:
    """An amount as people guess it: two leading digits, and never below 100."""
    whole = max(100, int(amount))
    step = 10 ** (len(str(whole)) - 2)
    return str(whole // step * step)


@lru_cache(maxsize=4096)
def day_text(day: int) -> Date:
    """The day of the calendar with this number, counted from 1970-01-01; its last one for those that are beyond."""
    return Date(str(Timestamp.from_ms(min(day, _LAST_DAY) * MS_PER_DAY))[:10])
