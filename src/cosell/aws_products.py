"""AWS's own products by their codes, which name them in AssociateOpportunity: `AmazonEC2Linux`, not "Amazon EC2 Linux".

Source: the list that AWS publishes with its samples for partners; `aws_products.json` says where, and under which
licence. AWS adds to it about once a fortnight.
"""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Final

import msgspec

FILE: Final = "aws_products.json"


class _List(msgspec.Struct, frozen=True):
    products: dict[str, str]


@functools.cache
def aws_products() -> Mapping[str, str]:
    """The name of each product by its code, read once for each process."""
    text = resources.files(__package__).joinpath(FILE).read_bytes()
    return msgspec.json.decode(text, type=_List).products
