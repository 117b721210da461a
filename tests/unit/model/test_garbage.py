"""The garbage collector rests while much is built, and is left as it was."""

from __future__ import annotations

import gc

import pytest

from netreach.model.garbage import no_garbage_collection


def test_the_collector_rests_and_works_again() -> None:
    with no_garbage_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_works_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), no_garbage_collection():
        raise ValueError("broken")
    assert gc.isenabled()


def test_who_had_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with no_garbage_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
