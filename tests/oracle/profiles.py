"""Route 53 Profiles: what they lend to VPCs beside what those have themselves.

Written from docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html: the most specific name
wins, and of one name what is directly associated with the VPC. How several profiles of a VPC go
together, and how the endpoints that one brings are answered for, it does not say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.oracle.spelling import Estate

#: How ids begin of what a profile may hold that answers no name.
SILENT: Final = ("rslvr-frg", "rqlc")
OVER: Final = ("DELETING", "DELETED", "FAILED")


@dataclass(frozen=True)
class Profile:
    id: str
    vpcs: frozenset[str] | None  # None: nobody says
    lends: frozenset[str] | None  # ids of zones, rules, endpoints; None: nobody says

    def is_lost(self, known: frozenset[str]) -> bool:
        """Say whether it lends something of which there is no more than the id."""
        told = (one for one in self.lends or () if not one.startswith(SILENT))
        return any(one not in known for one in told)


def profiles(estate: Estate) -> Iterator[Profile]:
    """Read the profiles of an estate."""
    contents = {
        told["Profile"]: told["ProfileResourceAssociations"]
        for told in estate.get("ProfileContents", ())
    }
    ties = estate.get("ProfileAssociations")
    for one in estate.get("ProfileSummaries", ()):
        name = one["Id"]
        vpcs = [tie["ResourceId"] for tie in ties or () if tie["ProfileId"] == name and _is_on(tie)]
        items = [item["ResourceArn"] for item in contents.get(name, ()) if _is_on(item)]
        yield Profile(
            name,
            None if ties is None else frozenset(vpcs),
            frozenset(arn.split("/")[-1] for arn in items) if name in contents else None,
        )


def _is_on(record: dict[str, str]) -> bool:
    return record["Status"] not in OVER
