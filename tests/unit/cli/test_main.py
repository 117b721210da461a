"""The program's first lines."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from netreach.__main__ import main


class Interrupted(ModuleType):
    """A module whose import somebody breaks off."""

    def __getattr__(self, name: str) -> object:
        """Break off."""
        raise KeyboardInterrupt(name)


def test_ctrl_c_while_modules_are_read_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "netreach.cli.app", Interrupted("netreach.cli.app"))
    with pytest.raises(SystemExit) as left:
        main()
    assert (left.value.code, capsys.readouterr()) == (130, ("", ""))
