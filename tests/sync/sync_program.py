"""A program whose children run `cosell` until they are done or killed.

For each line on stdin, a JSON list of seconds and arguments, it forks a child that runs the arguments as a command
line, kills it after so many seconds (null: lets it live), and prints its exit code. Forking saves the seconds that
starting Python and boto3 anew would take; the children share nothing else.
"""

import json
import os
import signal
import sys
import time

import boto3  # noqa: F401  # slow to load

from cosell.cli import sync_command, sync_runs  # noqa: F401
from cosell.cli.main import run

_OUT = os.dup(sys.stdout.fileno())
_NOWHERE = os.open(os.devnull, os.O_WRONLY)

if __name__ == "__main__":
    for line in sys.stdin:
        kill_after_s, arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            os.dup2(_NOWHERE, sys.stdout.fileno())
            code = run(arguments)
            sys.stderr.flush()
            os._exit(code)
        if kill_after_s is not None:
            time.sleep(kill_after_s)  # the moment of death, drawn at random
            os.kill(child, signal.SIGKILL)  # does nothing to one that has ended
        _, status = os.waitpid(child, 0)
        os.write(_OUT, f"{os.waitstatus_to_exitcode(status)}\n".encode())
