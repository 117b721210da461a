"""EC2-Classic and ClassicLink in dumps: recognised, and refused with a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import netreach

_VPC = {"VpcId": "vpc-11111111", "CidrBlock": "172.31.0.0/16", "State": "available"}
_CLASSIC = {
    "InstanceId": "i-0aaaaaaa",
    "State": {"Code": 16, "Name": "running"},
    "PrivateIpAddress": "10.66.1.2",
    "PublicIpAddress": "54.1.2.3",
    "NetworkInterfaces": [],
}
_DUMPS = {
    "vpcs": {"Vpcs": [_VPC]},
    "instances": {"Reservations": [{"ReservationId": "r-1", "Instances": [_CLASSIC]}]},
    "classic-link": {"Vpcs": [{"VpcId": "vpc-11111111", "ClassicLinkEnabled": True}]},
    "classic-link-instances": {
        "Instances": [{"InstanceId": "i-0aaaaaaa", "VpcId": "vpc-11111111", "Groups": []}]
    },
}


@pytest.mark.parametrize(
    "kinds",
    [("vpcs", "instances"), ("vpcs", "instances", "classic-link", "classic-link-instances")],
    ids=["EC2-Classic", "ClassicLink"],
)
@pytest.mark.parametrize("turned", [False, True], ids=["source", "destination"])
def test_an_instance_without_a_subnet_is_unknown_and_says_why(
    tmp_path: Path, kinds: tuple[str, ...], *, turned: bool
) -> None:
    for kind in kinds:
        (tmp_path / f"{kind}.json").write_text(json.dumps(_DUMPS[kind]), encoding="utf-8")
    ends = ("i-0aaaaaaa", "172.31.0.5")
    answer = netreach.load(tmp_path).path(*(ends[::-1] if turned else ends), port=22)
    assert answer.verdict == "unknown"
    (gap,) = answer.missing
    assert gap.component.id == "i-0aaaaaaa"
    assert "EC2-Classic and ClassicLink" in gap.why
