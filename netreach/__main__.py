"""`python -m netreach`: the same as the program."""

from netreach.cli.app import main

if __name__ == "__main__":
    main()
