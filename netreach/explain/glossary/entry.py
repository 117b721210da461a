"""What the glossary says of one code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from netreach.explain.codes import NETREACH_CODES, Code


class Origin(StrEnum):
    """Who named a code."""

    AWS = "AWS"
    NETREACH = "netreach"


class Group(StrEnum):
    """Where a reader looks for a code; members are in the order of the list of codes."""

    INTERFACE = "interfaces and instances"
    SECURITY_GROUP = "security groups"
    NETWORK_ACL = "network ACLs"
    ROUTE = "VPC routing"
    INTERNET_GATEWAY = "internet gateways"
    NAT_GATEWAY = "NAT gateways"
    GENERAL = "any component"
    OWN_BLOCKER = "netreach's own: what stops a packet"
    OWN_UNKNOWN = "netreach's own: what leaves an answer open"
    PEERING = "between VPCs"
    TRANSIT_GATEWAY = "transit gateways"
    VPN = "VPN gateways"
    ENDPOINT = "VPC endpoints"
    LOAD_BALANCER = "load balancers"
    FIREWALL = "firewalls"
    DETAIL = "additional details"
    FILTER = "search filters"


class Effect(StrEnum):
    """What a code does to the flow that it is said of."""

    BLOCKS = "blocks"
    UNDECIDED = "undecided"
    NOTE = "note"


class Modelled(StrEnum):
    """Whether netreach gives a code."""

    TODAY = "today"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One code in words: what happened, why, and what to do about it."""

    code: Code
    group: Group
    #: One line without a full stop, at most 70 characters.
    title: str
    meaning: str
    why: str
    fix: str
    #: A message as an answer would word it.
    example: str
    related: tuple[Code, ...]
    effect: Effect = Effect.BLOCKS
    modelled: Modelled = Modelled.TODAY
    #: What gives the code, today or later; nothing for a code that netreach never gives.
    element: str = ""
    #: Commands that look into the matter or mend it; capitals and `-ID` stand for your own values.
    commands: tuple[str, ...] = ()
    #: In which situations netreach gives the code; no situation has two codes.
    situations: tuple[str, ...] = ()
    #: The facts about AWS behind it, by their number in the tests and the coverage table.
    facts: tuple[str, ...] = ()

    @property
    def origin(self) -> Origin:
        """Who named the code."""
        return Origin.NETREACH if self.code in NETREACH_CODES else Origin.AWS
