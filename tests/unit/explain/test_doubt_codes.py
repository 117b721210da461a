from __future__ import annotations

import pytest

from netreach.explain.gaps import doubt_code


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("its descriptions differ in CidrBlock (a.json and b.json)", "CONFLICTING_RECORDS"),
        ("eni-1 and eni-2 hold 10.0.0.5", "CONFLICTING_RECORDS"),
        ("eni-1 and eni-2 hold 2001:db8::5", "CONFLICTING_RECORDS"),
        (
            "eni-1 shows the public address None where eipalloc-1 says 3.0.0.1",
            "CONFLICTING_RECORDS",
        ),
        ("subnet-1 has several route tables: rtb-1 and rtb-2", "CONFLICTING_RECORDS"),
        ("subnet-1 has several network ACLs: acl-1 and acl-2", "CONFLICTING_RECORDS"),
        ("vpc-1 has several main route tables: rtb-1 and rtb-2", "CONFLICTING_RECORDS"),
        ("10.0.9.4 is outside its subnet subnet-1 (10.0.1.0/24)", "ADDRESS_OUTSIDE_SUBNET"),
        (
            "10.0.9.4, 2001:db8::4 is outside its subnet subnet-1 (no CIDR)",
            "ADDRESS_OUTSIDE_SUBNET",
        ),
        ("its subnet differ-1 is not in the snapshot", "UNKNOWN_RESOURCE"),
        ("its record is incomplete", "UNKNOWN_RESOURCE"),
    ],
)
def test_a_reason_to_doubt_has_its_code(why: str, code: str) -> None:
    assert doubt_code(why) == code
