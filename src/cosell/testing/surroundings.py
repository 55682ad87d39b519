"""Where a test's clients take their credentials and region from: never from the machine that the test runs on."""

import os
from typing import Any, Final, NamedTuple

from cosell.rules.identifiers import REGION

_REAL_CREDENTIALS: Final = ("AWS_CREDENTIAL_EXPIRATION", "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
"""What goes with the key and the secret of real credentials."""


class Surroundings(NamedTuple):
    """Variables of the environment, None for one that is not there, and boto3's default session."""

    variables: dict[str, str | None]
    default_session: Any

    def restore(self) -> None:
        """Restore everything."""
        import boto3

        boto3.DEFAULT_SESSION = self.default_session
        for name, value in self.variables.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def before(self, later: "Surroundings") -> "Surroundings":
        """What has to be restored in the place of these and of later ones."""
        return Surroundings(later.variables | self.variables, self.default_session)


def act_as(account: str) -> Surroundings:
    """Give the environment credentials of an account that nobody but cosell takes, and a region; what was before.

    The region is set only if neither the environment nor the configuration names one. boto3's default session is
    replaced by a new one: what it found outside stays outside, and what it finds now stays inside.
    """
    import boto3
    import botocore.session

    given = {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "cosell"}
    if botocore.session.Session(include_builtin_handlers=False).get_config_variable("region") is None:
        given["AWS_DEFAULT_REGION"] = REGION
    before = Surroundings({name: os.environ.get(name) for name in (*given, *_REAL_CREDENTIALS)}, boto3.DEFAULT_SESSION)
    for name in _REAL_CREDENTIALS:
        os.environ.pop(name, None)
    os.environ.update(given)
    boto3.DEFAULT_SESSION = None
    return before
