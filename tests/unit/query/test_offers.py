"""What an account offers by PrivateLink, as an end: where each VPC finds it [EP-5]."""

from __future__ import annotations

from pathlib import Path

import pytest

from netreach import load
from netreach.errors import SelectorError
from netreach.network import Network

OFFER = "vpce-svc-billing-offer"


@pytest.fixture(scope="module")
def network() -> Network:
    return load(Path(__file__).parents[3] / "fixtures/privatelink")


def test_ep_5_an_offer_is_reached_at_the_endpoints_of_the_asking_vpc(network: Network) -> None:
    by_offer, by_door = (network.path("shop-1", one, port=443) for one in (OFFER, "billing-door"))
    assert by_offer.verdict == by_door.verdict == "reachable"
    assert by_offer.parts == by_door.parts
    assert network.path("batch-1", OFFER, port=443).verdict == "unreachable"


def test_ep_5_an_offer_begins_nothing(network: Network) -> None:
    answer = network.path(OFFER, "shop-1", port=443)
    assert answer.verdict == "unreachable"
    assert [str(one.code) for one in answer.explanations] == ["SOURCE_CANNOT_INITIATE"]


@pytest.mark.parametrize("source", ["api-1", "internet"])
def test_ep_5_where_no_endpoint_leads_to_an_offer_it_is_no_end(
    network: Network, source: str
) -> None:
    with pytest.raises(SelectorError, match="leads to vpce-svc-billing-offer: no endpoint there"):
        network.path(source, OFFER, port=443)
