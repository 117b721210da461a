"""Resources in AWS's form: an id, an ARN where the snapshot knows account and Region, a name."""

from __future__ import annotations

from typing import Final

from netreach.explain.components import component
from netreach.explain.records import Component
from netreach.model.records import Resource
from netreach.model.snapshot import Snapshot
from netreach.present._insights_shapes import AnalysisComponent

#: Type words that an ARN of EC2 spells in another way.
_EC2_WORDS: Final = {"nat-gateway": "natgateway", "elastic-ip": "elastic-ip"}
_EC2_KINDS: Final = frozenset(
    {
        "vpc",
        "subnet",
        "route-table",
        "network-acl",
        "security-group",
        "network-interface",
        "instance",
        "internet-gateway",
        "egress-only-internet-gateway",
        "nat-gateway",
        "prefix-list",
        "vpc-peering-connection",
        "transit-gateway",
        "transit-gateway-attachment",
        "transit-gateway-route-table",
        "vpn-gateway",
        "customer-gateway",
        "vpn-connection",
        "client-vpn-endpoint",
        "vpc-endpoint",
        "network-insights-analysis",
    }
)
#: Type word -> service, and what stands before the id. Direct Connect's gateways have no Region.
_OTHERS: Final = {
    "direct-connect-gateway": ("directconnect", "dx-gateway"),
    "virtual-interface": ("directconnect", "dxvif"),
}
_PARTITIONS: Final = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


class Resources:
    """Finds the resources of one snapshot, and says them in AWS's form."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Index nothing: the snapshot has everything by id."""
        self.snapshot = snapshot

    def record(self, identifier: str) -> Resource | None:
        """Return the record of an id."""
        found = self.snapshot.find(identifier) if identifier else None
        return found[1] if found else None

    def said(self, component: Component) -> AnalysisComponent:
        """Return a component of an answer in AWS's form."""
        arn = self.arn(str(component.type), component.id) or None
        return AnalysisComponent(component.id or None, arn, component.name or None)

    def of(self, identifier: str) -> AnalysisComponent | None:
        """Return the resource of an id in AWS's form; None for no id."""
        if not identifier:
            return None
        found = self.snapshot.find(identifier)
        if found is None:
            return AnalysisComponent(identifier)
        return self.said(component(found[0], identifier, found[1]))

    def arn(self, kind: str, identifier: str) -> str:
        """Return an ARN; "" where the snapshot does not say whose the resource is, or where."""
        if identifier.startswith("arn:"):
            return identifier
        account, region = self.home(self.record(identifier))
        service, word = _OTHERS.get(kind, ("ec2", _EC2_WORDS.get(kind, kind)))
        if kind == "direct-connect-gateway":
            region_written = ""
        elif not region or (kind not in _EC2_KINDS and kind not in _OTHERS):
            return ""
        else:
            region_written = region
        if not account:
            return ""
        return f"arn:{_partition(region)}:{service}:{region_written}:{account}:{word}/{identifier}"

    def home(self, record: Resource | None) -> tuple[str, str]:
        """Return account and Region: the record's own, else those of what it belongs to."""
        if record is None:
            return "", ""
        account, region = record.owner, record.region
        for field in ("vpc", "gateway"):
            holder = self.record(getattr(record, field, "")) if not account or not region else None
            if holder is not None:
                account, region = account or holder.owner, region or holder.region
        return account, region


def _partition(region: str) -> str:
    found = (name for start, name in _PARTITIONS.items() if region.startswith(start))
    return next(found, "aws")
