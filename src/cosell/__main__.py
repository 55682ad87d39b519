"""`python -m cosell`: the program, if its folder is not on the path."""

from cosell.cli.main import main

if __name__ == "__main__":
    main()
