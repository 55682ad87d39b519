"""A request in the forms in which users would send it themselves: boto3, the AWS CLI, and plain HTTP."""

import shlex
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from cosell.rules.identifiers import REGION
from cosell.suggestion import exports
from cosell.wire.model import SERVICE, service_model
from cosell.wire.older import older_model
from cosell.wire.types import snake_case

SECRET: Final = "cosell"  # noqa: S105  # an open server verifies none; clients want to have one
_AWS: Final = f"https://{SERVICE}.{REGION}.api.aws"
_INDENT: Final = "    "
BEFORE_LAST: Final = "2026-06"
"""The model before the newest: clients may know no more."""


class Way(msgspec.Struct, frozen=True):
    """One way to send a request: a label, and the text to copy.

    `teaches` is the command that teaches a client the operation, if the client may be older.
    """

    label: str
    text: str
    teaches: str = ""


def same_request(operation: str, members: Mapping[str, Any], origin: str, account: str) -> list[Way]:
    """The ways to send `members` (the Catalog among them) to this server as `account`."""
    older = older_model(BEFORE_LAST)
    assert older is not None, "it is not the newest"
    teaches = "" if operation in older.operations else exports("--data-path")
    return [
        Way("boto3", boto3_call(operation, members, origin, account), teaches),
        Way("AWS CLI", cli_command(operation, members, origin, account), teaches),
        Way("Raw request", raw_request(operation, members, origin, account)),
    ]


def request_to_aws(operation: str, members: Mapping[str, Any], profile: str | None) -> list[Way]:
    """The ways to send `members` to AWS, as a profile of the user's AWS configuration, or the usual one, says."""
    session = f"Session(profile_name={profile!r})." if profile else ""
    named = [f"--profile {shlex.quote(profile)}"] if profile else []
    signed = f'--aws-sigv4 aws:amz:{REGION}:{SERVICE} --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
    about = "# signed with the credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN\n"
    of_session = '-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN"'
    return [
        Way("boto3", _boto3(operation, members, session, {"region_name": REGION})),
        Way("AWS CLI", _cli(operation, members, "", [f"--region {REGION}", *named])),
        Way("Raw request", about + _curl(operation, members, _AWS, [signed, of_session])),
    ]


def boto3_call(operation: str, members: Mapping[str, Any], origin: str, account: str) -> str:
    """A program that prints the answer."""
    options = {
        "region_name": REGION,
        "endpoint_url": origin,
        "aws_access_key_id": account,
        "aws_secret_access_key": SECRET,
    }
    return _boto3(operation, members, "", options)


def cli_command(operation: str, members: Mapping[str, Any], origin: str, account: str) -> str:
    """An AWS CLI command that fetches only one page."""
    credentials = f"AWS_ACCESS_KEY_ID={account} AWS_SECRET_ACCESS_KEY={SECRET} "
    return _cli(operation, members, credentials, [f"--endpoint-url {origin} --region {REGION}"])


def raw_request(operation: str, members: Mapping[str, Any], origin: str, account: str) -> str:
    """A command of curl. An open server takes the account from the key's place and verifies nothing."""
    authorization = f"Authorization: AWS4-HMAC-SHA256 Credential={account}/"
    return _curl(operation, members, origin, [f"-H {shlex.quote(authorization)}"])


def _boto3(operation: str, members: Mapping[str, Any], session: str, options: Mapping[str, str]) -> str:
    return (
        "import boto3\n\n"
        f"client = boto3.{session}client(\n{_INDENT}{SERVICE!r},\n{_arguments(options)})\n"
        f"answer = client.{snake_case(operation)}(\n{_arguments(members)})\n"
        "print(answer)\n"
    )


def _arguments(given: Mapping[str, Any]) -> str:
    return "".join(f"{_INDENT}{name}={value!r},\n" for name, value in given.items())


def _cli(operation: str, members: Mapping[str, Any], credentials: str, options: Iterable[str]) -> str:
    lines = [
        f"{credentials}aws {SERVICE} {_kebab(operation)}",
        *options,
        *(f"--{_kebab(name)} {shlex.quote(_argument(value))}" for name, value in members.items()),
    ]
    if {"MaxResults", "NextToken"} & service_model().shapes[
        service_model().operations[operation].input.shape
    ].members.keys():
        lines.append("--no-paginate")
    return f" \\\n{_INDENT}".join(lines) + "\n"


def _curl(operation: str, members: Mapping[str, Any], origin: str, options: Iterable[str]) -> str:
    headers = (
        "Content-Type: application/x-amz-json-1.0",
        f"X-Amz-Target: {service_model().metadata.target_prefix}.{operation}",
    )
    lines = [
        f"curl {origin}/",
        *(f"-H {shlex.quote(header)}" for header in headers),
        *options,
        f"-d {shlex.quote(_json(dict(members)))}",
    ]
    return f" \\\n{_INDENT}".join(lines) + "\n"


def _kebab(name: str) -> str:
    return snake_case(name).replace("_", "-")


def _argument(value: Any) -> str:
    return _json(value) if isinstance(value, list | dict) else str(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
