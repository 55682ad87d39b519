"""Clients for commands that call the service as any other program would, and its errors as lines for people."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from cosell.cli.refusals import NOTHING_TYPED, Typed, lines_of
from cosell.errors import UserError
from cosell.rules.identifiers import REGION
from cosell.wire.model import DATA, SERVICE, service_model

if TYPE_CHECKING:
    from boto3.session import Session
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

NETWORK: Final = "check the network"
NOT_THE_USERS_FAULT: Final = frozenset(
    {"ThrottlingException", "InternalServerException", "ServiceUnavailableException"}
)


class Failed(Exception):
    """A call was refused, or not answered: lines that say why, and the exit code."""

    def __init__(self, exit_code: int, *lines: str) -> None:
        super().__init__(*lines)
        self.exit_code = exit_code
        self.lines = lines


@contextmanager
def client_in_process(db: str, account: str) -> "Iterator[PartnerCentralSellingAPIClient]":
    """A client that reads an existing database. Raises UserError if there is none, or it does not answer."""
    from cosell.cli.database import database
    from cosell.store.access import Access
    from cosell.testing.in_process import client_of

    with database(db, Access.READ) as engine:
        yield client_of(engine, account=account, session=session_of(), config=config_of())


def client_of_server(url: str, account: str) -> "PartnerCentralSellingAPIClient":
    """A client of a running cosell, whatever the environment says about endpoints, profiles and proxies."""
    return _client(
        session_of(),
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=account,
        aws_secret_access_key="cosell",  # noqa: S106  # a server without keys looks at the account alone
        config=config_of(proxies={}),
    )


def client_of_aws(
    profile: str | None, region: str | None = None, endpoint_url: str | None = None, **config: Any
) -> "PartnerCentralSellingAPIClient":
    """A client from the user's own AWS configuration, apart from what is given."""
    return client_in(session_of(profile), region, endpoint_url, **config)


def client_in(
    session: "Session", region: str | None, endpoint_url: str | None, **config: Any
) -> "PartnerCentralSellingAPIClient":
    """A client in one of the user's sessions."""
    region = region or session.region_name or REGION
    return _client(session, region_name=region, endpoint_url=endpoint_url, config=config_of(**config))


def session_of(profile: str | None = None, role: str | None = None) -> "Session":
    """The user's AWS configuration; with the credentials of a role, an ARN, which are renewed before they expire.

    A botocore that is older than cosell's model of the service is given that. Raises BotoCoreError if there is no
    such profile, and UserError where no credentials could take the role.
    """
    import boto3
    import botocore.session
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    session = botocore.session.Session(profile=profile)
    _bring_up_to_date(session)
    if role is not None:
        if session.get_credentials() is None:
            raise UserError(f"there are no credentials to take the role {role} with", "make some with: aws configure")
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=session.create_client,
            source_credentials=session.get_credentials(),
            role_arn=role,
            extra_args={"RoleSessionName": "cosell"},
        )
        session._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined]  # noqa: SLF001  # no public way
            fetcher.fetch_credentials, "assume-role"
        )
    return boto3.session.Session(botocore_session=session)


def _bring_up_to_date(session: Any) -> None:
    """Put cosell's model of the service before an older one that does not know the newest of our own operations."""
    from botocore.loaders import Loader

    loader = session.get_component("data_loader")
    known = loader.load_service_model(SERVICE, "service-2")["operations"]
    if not service_model().operations.keys() <= known.keys():
        paths = [str(DATA), *loader.search_paths]
        session.register_component("data_loader", Loader(paths, include_default_search_paths=False))


@contextmanager
def errors_as_lines(unreachable: str = NETWORK, typed: Typed = NOTHING_TYPED) -> Iterator[None]:
    """Raises Failed: 2 for what the service or boto3 refuses, 1 for no answer, with `unreachable` as next step.

    `typed` is the request, so that a refusal names the options of the command.
    """
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError
    from botocore.exceptions import ConnectionError as ConnectionFailed

    from cosell.boto_errors import in_words

    try:
        yield
    except ClientError as error:
        code = 1 if error.response["Error"]["Code"] in NOT_THE_USERS_FAULT else 2
        raise Failed(code, *lines_of(error, typed)) from None
    except (ConnectionFailed, HTTPClientError) as error:
        raise Failed(1, f"{in_words(error)}; {unreachable}") from None
    except NoCredentialsError as error:
        raise Failed(2, f"{in_words(error)}; make some with: aws configure, or name a profile with --profile") from None
    except RecursionError:
        raise Failed(2, "the answer is nested too deeply; see whether a cosell or AWS is there") from None
    except (BotoCoreError, ValueError) as error:  # a ValueError is an endpoint that is not a URL
        raise Failed(2, f"{in_words(error)}; check your AWS configuration") from None


def _client(session: Any, **options: Any) -> "PartnerCentralSellingAPIClient":
    client: PartnerCentralSellingAPIClient = session.client(SERVICE, **options)
    return client


def config_of(**options: Any) -> Any:
    """How clients of cosell's commands are set up."""
    from botocore.config import Config

    # The service itself says what is wrong with a request, and says all of it.
    return Config(parameter_validation=False, connect_timeout=5, **options)
