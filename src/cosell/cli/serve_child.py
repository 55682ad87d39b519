"""`python -m cosell.cli.serve_child`: a server that ends with the process that started it, as `cosell.serve()` does.

Its settings come as a line of JSON on stdin: no variable and no file adds one, and no process list shows a secret.
Stdin stays open for as long as the server is needed.
"""

import sys

import msgspec

from cosell.cli.serve_command import serve_command
from cosell.errors import UserError
from cosell.serve.stopping import stop_with_parent


def _main() -> int:
    given = msgspec.json.decode(sys.stdin.buffer.readline())
    stop_with_parent()
    assert serve_command.callback is not None
    try:
        return int(serve_command.callback(**given))
    except UserError as mistake:
        print(mistake, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(_main())
