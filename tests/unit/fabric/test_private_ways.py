"""Private addresses from elsewhere come in only where something leads there."""

from __future__ import annotations

import pytest

from tests.unit.fabric.estates_by_hand import Form, estate, verdict

ASKED = "172.20.0.9 web-1 tcp 443"
SITE: Form = {"customer_gateways": {"office": {}}}


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        pytest.param({}, "unreachable", id="nothing"),
        pytest.param(
            {"unmodelled": {"wan": {"kind": "core-network"}}}, "unknown", id="not-modelled"
        ),
        pytest.param(SITE, "unknown", id="customer-gateway"),
        pytest.param(
            {"peerings": {"x": {"requester": "shop", "accepter": "missing:vpc-9"}}},
            "unknown",
            id="peering",
        ),
        pytest.param(
            {
                "peerings": {
                    "x": {"requester": "shop", "accepter": "missing:vpc-9", "state": "rejected"}
                }
            },
            "unreachable",
            id="peering-that-never-was",
        ),
    ],
)
def test_a_private_address_of_elsewhere_may_come_in_where_a_way_is_in_force(
    rest: Form, expected: str
) -> None:
    assert verdict(estate(rest=rest), ASKED) == expected
