"""The variables that point an unmodified AWS client, and cosell's own commands, at a running cosell."""

from cosell.rules.identifiers import REGION


def client_environment(url: str, account: str) -> dict[str, str]:
    """The variables that make AWS clients and cosell's commands talk to `url` as `account`."""
    return {
        "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "cosell",
        "COSELL_URL": url,
        "COSELL_ACCOUNT": account,
    }
