"""Who only calls the API does not pay for the console."""

import subprocess
import sys


def test_a_server_loads_the_console_at_the_first_page_only() -> None:
    program = (
        "import sys, cosell.serve.server\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('starlette', 'jinja2')"
        " or name.startswith('cosell.console')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
