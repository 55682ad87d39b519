"""A request in the words of those who would send it themselves: boto3, the AWS CLI, and plain HTTP."""

import shlex
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from cosell.rules.identifiers import REGION
from cosell.wire.model import SERVICE, service_model
from cosell.wire.types import snake_case

SECRET: Final = "cosell"  # noqa: S105  # an open server verifies none; clients want to have one
_INDENT: Final = "    "


class Way(msgspec.Struct, frozen=True):
    """One way to send a request: a label, and the text to copy."""

    label: str
    text: str


def same_request(operation: str, members: Mapping[str, Any], origin: str, account: str) -> list[Way]:
    """The ways to send `members` (the Catalog among them) to this server as `account`."""
    return [
        Way("boto3", boto3_call(operation, members, origin, account)),
        Way("AWS CLI", cli_command(operation, members, origin, account)),
        Way("Raw request", raw_request(operation, members, origin, account)),
    ]


def boto3_call(operation: str, members: Mapping[str, Any], origin: str, account: str) -> str:
    """A program that prints the answer."""
    arguments = "".join(f"{_INDENT}{name}={value!r},\n" for name, value in members.items())
    return (
        "import boto3\n\n"
        "client = boto3.client(\n"
        f"{_INDENT}{SERVICE!r},\n"
        f"{_INDENT}region_name={REGION!r},\n"
        f"{_INDENT}endpoint_url={origin!r},\n"
        f"{_INDENT}aws_access_key_id={account!r},\n"
        f"{_INDENT}aws_secret_access_key={SECRET!r},\n"
        ")\n"
        f"answer = client.{snake_case(operation)}(\n{arguments})\n"
        "print(answer)\n"
    )


def cli_command(operation: str, members: Mapping[str, Any], origin: str, account: str) -> str:
    """A command of the AWS CLI, which is kept from asking for more than one page."""
    lines = [
        f"AWS_ACCESS_KEY_ID={account} AWS_SECRET_ACCESS_KEY={SECRET} aws {SERVICE} {_kebab(operation)}",
        f"--endpoint-url {origin} --region {REGION}",
        *(f"--{_kebab(name)} {shlex.quote(_argument(value))}" for name, value in members.items()),
    ]
    if {"MaxResults", "NextToken"} & service_model().shapes[
        service_model().operations[operation].input.shape
    ].members.keys():
        lines.append("--no-paginate")
    return f" \\\n{_INDENT}".join(lines) + "\n"


def raw_request(operation: str, members: Mapping[str, Any], origin: str, account: str) -> str:
    """A command of curl. An open server takes the account from the key's place and verifies nothing."""
    headers = (
        "Content-Type: application/x-amz-json-1.0",
        f"X-Amz-Target: {service_model().metadata.target_prefix}.{operation}",
        f"Authorization: AWS4-HMAC-SHA256 Credential={account}/",
    )
    lines = [
        f"curl {origin}/",
        *(f"-H {shlex.quote(header)}" for header in headers),
        f"-d {shlex.quote(_json(dict(members)))}",
    ]
    return f" \\\n{_INDENT}".join(lines) + "\n"


def _kebab(name: str) -> str:
    return snake_case(name).replace("_", "-")


def _argument(value: Any) -> str:
    return _json(value) if isinstance(value, list | dict) else str(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
