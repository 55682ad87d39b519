"""Deals of a CRM."""

import pytest
from connector.deals import Deal


@pytest.fixture
def deal() -> Deal:
    """A deal that AWS takes."""
    return Deal(
        number="CRM-4711",
        company="Acme",
        website="https://acme.example.com",
        title="Move the cameras",
        problem="The cameras record to disks that are full after a day.",
        monthly_spend="4200",
        closes="2099-01-31",
    )
