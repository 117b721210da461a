"""The errors that netreach raises. They import nothing of ours.

::

    NetreachError              anything that is the caller's to mend
    ├── InputError             a snapshot, file or option that can't be read: file, place, what, how
    │   └── UsageError         arguments that contradict each other or the contract
    ├── SelectorError          a selector that matches nothing or too much
    └── MissingExtraError      an optional dependency that is not installed
"""

from __future__ import annotations

from functools import partial


class NetreachError(Exception):
    """Anything that the caller can mend; printed as one line, exit status 2."""


class InputError(NetreachError):
    """Input that can't be read: its file, the place in it, what is wrong and how to mend it."""

    def __init__(self, *, file: str = "", place: str = "", what: str, mend: str = "") -> None:
        """Keep the four parts, each free of line breaks when printed."""
        self.file, self.place, self.what, self.mend = file, place, what, mend
        super().__init__(": ".join(part for part in (file, place, what, mend) if part))

    def __reduce__(self) -> tuple[partial[InputError], tuple[()]]:
        """Travel between processes with all four parts."""
        parts = {"file": self.file, "place": self.place, "what": self.what, "mend": self.mend}
        return partial(type(self), **parts), ()


class UsageError(InputError):
    """Arguments that contradict each other, or that the contract does not allow."""


class SelectorError(NetreachError):
    """A selector that matches nothing, or several things where one is asked for."""


class MissingExtraError(NetreachError):
    """An optional dependency or program is not installed; the message says how to get it."""
