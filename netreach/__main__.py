"""`python -m netreach`, and the program itself: Ctrl-C is quiet from the first import on."""

from __future__ import annotations

import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the program and leave with its exit status."""
    try:
        from netreach.cli.app import main as run  # noqa: PLC0415 - importing takes a while too

        run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
