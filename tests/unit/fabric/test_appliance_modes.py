"""On every way there is exactly one branch for each thing that an appliance may do [decision 6]."""

from __future__ import annotations

import numpy as np
import pytest

from netreach.fabric.appliance import _alike
from netreach.fabric.vocabulary import MODE_BITS, MODES, Assumed

F, T = Assumed.FORWARDS, Assumed.TRANSLATES
FA, TA = Assumed.FORWARDS_ACROSS, Assumed.TRANSLATES_ACROSS


@pytest.mark.parametrize(
    ("private", "across", "branches"),
    [
        pytest.param(True, True, {F: F, T: T, FA: FA, TA: TA}, id="all-differ"),
        pytest.param(True, False, {F: F | FA, T: T | TA}, id="no-other-side"),
        pytest.param(False, True, {F: F | T, FA: FA | TA}, id="a-public-source"),
        pytest.param(False, False, {F: MODE_BITS}, id="neither"),
    ],
)
def test_one_branch_bears_the_bits_of_all_modes_that_come_to_the_same(
    *, private: bool, across: bool, branches: dict[Assumed, int]
) -> None:
    found = {
        mode: int(_alike(mode, np.array([private]), np.array([across]))[0])
        for mode in MODES
        if mode in branches
    }
    assert found == {mode: int(bits) for mode, bits in branches.items()}
    assert sum(found.values()) == MODE_BITS  # each mode once
