"""Which model of the service cosell serves, and how the model of this machine's clients differs."""

from collections.abc import Iterator

import botocore
import botocore.session
import msgspec

from cosell.operations import OPERATIONS
from cosell.wire.model import SERVICE, ServiceModel, model_source, service_model
from cosell.wire.model_changes import model_changes


def client_model() -> ServiceModel:
    """The model of clients here: the installed botocore's, unless AWS_DATA_PATH or an AWS profile names another one."""
    loader = botocore.session.Session().get_component("data_loader")
    return msgspec.convert(loader.load_service_model(SERVICE, "service-2"), ServiceModel)


def served() -> str:
    """The model that is served, and how much of it is implemented."""
    source = model_source()
    implemented = f"{len(OPERATIONS)} of {len(service_model().operations)} operations are implemented"
    return f"service model {source.month} (botocore {source.version}): {implemented}"


def models() -> Iterator[str]:
    """Lines about the model that is served, and every way in which the clients' own model differs from it."""
    yield served()
    changes = model_changes(client_model(), service_model())
    if changes:
        yield f"botocore {botocore.__version__} is installed. What is served differs from what clients know:"
        yield from (f"  {change}" for change in changes)
    else:
        yield f"botocore {botocore.__version__} is installed, and clients know the same model."
