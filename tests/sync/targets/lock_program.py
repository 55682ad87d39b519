"""Holds a mirror until it is killed or its standard input ends. Arguments: the mirror's URL, and the holder."""

import sys

from cosell.sync.targets.open import open_target

if __name__ == "__main__":
    with open_target(sys.argv[1]) as mirror, mirror.lock(sys.argv[2]):
        sys.stdout.write("held\n")
        sys.stdout.flush()
        sys.stdin.read()
