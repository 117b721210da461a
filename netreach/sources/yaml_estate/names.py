"""Names of our YAML: which id each resource has, and which one a reference means."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from netreach.sources.yaml_estate.arns import (
    balancer_arn,
    firewall_arn,
    managed_arn,
    target_group_arn,
)
from netreach.sources.yaml_estate.base_forms import Named
from netreach.sources.yaml_estate.forms import Estate, InstanceForm, VpcForm
from netreach.sources.yaml_estate.phrases import PhraseError, Reference, shown
from netreach.sources.yaml_estate.service_forms import FirewallPolicyForm, Nodes

#: How the ids of each kind begin.
ID_PREFIX: Final = {
    "vpc": "vpc-",
    "subnet": "subnet-",
    "route-table": "rtb-",
    "network-acl": "acl-",
    "security-group": "sg-",
    "network-interface": "eni-",
    "instance": "i-",
    "internet-gateway": "igw-",
    "egress-only-internet-gateway": "eigw-",
    "nat-gateway": "nat-",
    "prefix-list": "pl-",
    "elastic-ip": "eipalloc-",
    "vpc-peering-connection": "pcx-",
    "transit-gateway": "tgw-",
    "transit-gateway-attachment": "tgw-attach-",
    "transit-gateway-route-table": "tgw-rtb-",
    "vpn-gateway": "vgw-",
    "customer-gateway": "cgw-",
    "vpn-connection": "vpn-",
    "virtual-interface": "dxvif-",
    "vpc-endpoint": "vpce-",
    "vpc-endpoint-service": "vpce-svc-",
    "vpc-block-public-access-exclusion": "vpcbpa-exclude-",
    "client-vpn-endpoint": "cvpn-endpoint-",
    "resolver-rule": "rslvr-rr-",
    "dns-profile": "rp-",
    "traffic-mirror-session": "tms-",
}
#: How the ids made of keys begin where AWS's own may be anything.
_DERIVED_PREFIX: Final = {"direct-connect-gateway": "dxgw-"}
#: Which key of a VPC holds which kind of resource.
_SECTIONS: Final = {
    "subnets": "subnet",
    "route_tables": "route-table",
    "nat_gateways": "nat-gateway",
    "acls": "network-acl",
    "groups": "security-group",
    "instances": "instance",
    "interfaces": "network-interface",
    "endpoints": "vpc-endpoint",
    "client_vpn_endpoints": "client-vpn-endpoint",
}
#: Which key of the estate holds which kind of resource outside of VPCs.
_WHOLE_SECTIONS: Final = {
    "prefix_lists": "prefix-list",
    "elastic_ips": "elastic-ip",
    "peerings": "vpc-peering-connection",
    "transit_gateways": "transit-gateway",
    "vpn_gateways": "vpn-gateway",
    "customer_gateways": "customer-gateway",
    "vpn_connections": "vpn-connection",
    "direct_connect_gateways": "direct-connect-gateway",
    "virtual_interfaces": "virtual-interface",
    "endpoint_services": "vpc-endpoint-service",
    "public_access_exclusions": "vpc-block-public-access-exclusion",
    "hosted_zones": "hosted-zone",
    "resolver_rules": "resolver-rule",
    "dns_profiles": "dns-profile",
    "mirror_sessions": "traffic-mirror-session",
}
#: Key of the transit route table that AWS makes where none is written.
DEFAULT_TABLE: Final = "default"


def derived_id(kind: str, key: str) -> str:
    """Return the id that a key stands for: ``web`` is ``sg-web``, and ``sg-web`` is itself."""
    prefix = ID_PREFIX.get(kind) or _DERIVED_PREFIX.get(kind, "")
    return key if key.startswith(prefix) else prefix + key


def tags_of(form: Named, key: str) -> dict[str, str]:
    """Return the tags with the `Name`, which is the key unless the form says otherwise."""
    name = key if form.name is None else form.name
    return {"Name": name, **form.tags} if name else dict(form.tags)


class Names:
    """Every resource of one estate by id, and by kind, scope and key.

    A scope is the key of a VPC, or nothing for what stands outside of VPCs.
    """

    def __init__(self) -> None:
        """Start without resources."""
        self._places: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._ids: dict[tuple[str, str], dict[str, str]] = {}
        #: Ids that are left out on purpose.
        self.missing: set[str] = set()

    def add(self, kind: str, scope: str, key: str, place: str, chosen: str | None = None) -> str:
        """Register a resource and return its id.

        Raises:
            PhraseError: its key or id is taken, or its id is one of another kind.
        """
        found = chosen or derived_id(kind, key)
        prefix = ID_PREFIX.get(kind, "")
        if not found.startswith(prefix):
            what = f"the id {shown(found)} is not that of a {kind}"
            raise PhraseError(what, f"let it begin with {prefix}", f"{place}.id")
        own = self._ids.setdefault((kind, scope), {})
        rival = own.get(key, found)
        if rival in self._places:
            what = f"its name or id is also that of {self._places[rival]} ({rival})"
            raise PhraseError(what, "give one of them another name, or an `id:`", place)
        self._places[found], self._kinds[found], own[key] = place, kind, found
        return found

    def own(self, kind: str, scope: str, key: str) -> str | None:
        """Return the id of a key of this scope, or None."""
        return self._ids.get((kind, scope), {}).get(key)

    def knows(self, resource_id: str) -> bool:
        """Tell whether the estate has a resource of this id, or leaves it out on purpose."""
        return resource_id in self._kinds or resource_id in self.missing

    def resolve(
        self,
        kind: str,
        scope: str,
        reference: Reference,
        place: str,
        *,
        anywhere: bool = False,
    ) -> str:
        """Return the id that a reference means: a key or id of its scope, or any id.

        Raises:
            PhraseError: it means nothing, and does not say that it is missing on purpose.
        """
        if reference.is_missing:
            return self._missing(reference.name, place)
        own = self._ids.get((kind, scope), {})
        if reference.name in own:
            return own[reference.name]
        ids = [i for i, k in self._kinds.items() if k == kind] if anywhere else [*own.values()]
        if reference.name in ids:
            return reference.name
        raise PhraseError(
            f"there is no {kind} {shown(reference.name)} here",
            _nearest(kind, reference.name, [*own, *ids]),
            place,
        )

    def find(self, kind: str, reference: Reference, place: str) -> str:
        """Return the id that a reference means in whichever VPC it stands.

        Raises:
            PhraseError: it means nothing, or several resources bear the name.
        """
        if reference.is_missing:
            return self._missing(reference.name, place)
        found = {
            ids[reference.name]
            for (other, _), ids in self._ids.items()
            if other == kind and reference.name in ids
        }
        if len(found) > 1:
            what = f"there are several: {', '.join(sorted(found))}"
            raise PhraseError(what, "write the id of the one that is meant", place)
        if found:
            return found.pop()
        return self.resolve(kind, "", reference, place, anywhere=True)

    def _missing(self, resource_id: str, place: str) -> str:
        if resource_id in self._kinds:
            raise PhraseError(f"{resource_id} is not missing", "remove `missing:`", place)
        self.missing.add(resource_id)
        return resource_id


def _nearest(kind: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]}? If it is left out on purpose, write `missing:ID`"
    return f"add it, or write `missing:{derived_id(kind, name)}` if it is left out on purpose"


def name_everything(estate: Estate) -> Names:
    """Register every resource that an estate writes down or implies, Elastic IPs apart.

    Raises:
        PhraseError: two of them have one id, or an id is not one of its kind.
    """
    names = Names()
    for key, vpc in estate.vpcs.items():
        _name_vpc(names, key, vpc)
        _name_services(names, estate, key, vpc)
    for section, kind in _WHOLE_SECTIONS.items():
        forms: dict[str, Named] = getattr(estate, section)
        for key, form in forms.items():
            names.add(kind, "", key, f"{section}.{key}", form.id)
    for key, policy in estate.firewall_policies.items():
        _name_policy(names, estate, key, policy)
    _name_hubs(names, estate)
    for key, unmodelled in estate.unmodelled.items():
        names.add(unmodelled.kind, "", key, f"unmodelled.{key}", unmodelled.id)
    return names


def _name_hubs(names: Names, estate: Estate) -> None:
    """Register what belongs to transit gateways; the far ends of peerings come last."""
    for key, hub in estate.transit_gateways.items():
        place = f"transit_gateways.{key}"
        for name, form in hub.attachments.items():
            there = f"{place}.attachments.{name}"
            names.add("transit-gateway-attachment", key, name, there, form.id)
        for name, table in hub.tables.items():
            there = f"{place}.tables.{name}"
            names.add("transit-gateway-route-table", key, name, there, table.id)
        if not hub.tables:
            implied = f"tgw-rtb-{key}-{DEFAULT_TABLE}"
            names.add("transit-gateway-route-table", key, DEFAULT_TABLE, place, implied)
    for key, hub in estate.transit_gateways.items():
        for name, form in hub.attachments.items():
            far = hub_of(estate, names, form.peer) if form.peer else ""
            if far:
                near = names.own("transit-gateway-attachment", key, name)
                end = f"{near}@{names.own('transit-gateway', '', far)}"
                there = f"transit_gateways.{key}.attachments.{name}"
                names.add("transit-gateway-attachment", far, name, there, end)


def hub_of(estate: Estate, names: Names, reference: Reference) -> str:
    """Return the key of the transit gateway that a reference means, or nothing."""
    if reference.is_missing:
        return ""
    for key in estate.transit_gateways:
        if reference.name in (key, names.own("transit-gateway", "", key)):
            return key
    return ""


def _name_vpc(names: Names, key: str, vpc: VpcForm) -> None:
    place = f"vpcs.{key}"
    names.add("vpc", key, key, place, vpc.id)
    for section, kind in _SECTIONS.items():
        forms: dict[str, Named] = getattr(vpc, section)
        for name, form in forms.items():
            names.add(kind, key, name, f"{place}.{section}.{name}", form.id)
    for name, instance in vpc.instances.items():
        _name_interfaces(names, key, name, instance)
    for name, nat_gateway in vpc.nat_gateways.items():
        if nat_gateway.address is not None:
            names.add("network-interface", key, name, f"{place}.nat_gateways.{name}")
    _name_gateways(names, key, vpc)
    _name_defaults(names, key, vpc)


def _name_services(names: Names, estate: Estate, key: str, vpc: VpcForm) -> None:
    """Register what AWS knows by ARNs, and the interfaces that it makes for services."""
    account, region = vpc.account or estate.account or "", vpc.region or estate.region or ""
    place = f"vpcs.{key}"
    for name, balancer in vpc.load_balancers.items():
        there = f"{place}.load_balancers.{name}"
        arn = balancer_arn(balancer.kind, name, balancer.account or account, region)
        names.add("load-balancer", key, name, there, balancer.id or arn)
        _name_nodes(names, key, name, there, balancer.subnets)
    for name, group in vpc.target_groups.items():
        arn = target_group_arn(name, group.account or account, region)
        names.add("target-group", key, name, f"{place}.target_groups.{name}", group.id or arn)
    for name, firewall in vpc.firewalls.items():
        there = f"{place}.firewalls.{name}"
        arn = firewall_arn("firewall", name, firewall.account or account, region)
        names.add("network-firewall", key, name, there, firewall.id or arn)
        _name_nodes(names, key, name, there, firewall.subnets)
        for subnet in firewall.subnets:
            names.add("vpc-endpoint", key, f"{name}-{subnet}", f"{there}.subnets.{subnet}")
    for name, endpoint in vpc.endpoints.items():
        _name_nodes(names, key, name, f"{place}.endpoints.{name}", endpoint.subnets)
    for name, client_vpn in vpc.client_vpn_endpoints.items():
        there = f"{place}.client_vpn_endpoints.{name}"
        _name_nodes(names, key, name, there, client_vpn.subnets)
    for name, service in vpc.services.items():
        there = f"{place}.services.{name}"
        arn = managed_arn(service.kind, name, service.account or account, region)
        names.add("managed-service", key, name, there, service.id or arn)
        _name_nodes(names, key, name, there, service.subnets)


def _name_nodes(names: Names, vpc: str, name: str, place: str, nodes: Nodes) -> None:
    for subnet in nodes:
        names.add("network-interface", vpc, f"{name}-{subnet}", f"{place}.subnets.{subnet}")


def _name_policy(names: Names, estate: Estate, key: str, form: FirewallPolicyForm) -> None:
    """Register a policy and the groups that its rules make up."""
    account, region = form.account or estate.account or "", form.region or estate.region or ""
    place = f"firewall_policies.{key}"
    arn = firewall_arn("firewall-policy", key, account, region)
    names.add("firewall-policy", "", key, place, form.id or arn)
    for kind, rules in (("stateless", form.stateless), ("stateful", form.stateful)):
        if rules:
            group = firewall_arn(f"{kind}-rulegroup", key, account, region)
            names.add("firewall-rule-group", "", f"{key}-{kind}", f"{place}.{kind}", group)


def _name_gateways(names: Names, key: str, vpc: VpcForm) -> None:
    """Register the gateways of which a VPC has one; their key is the VPC's."""
    for kind, field, gateway in (
        ("internet-gateway", "internet_gateway", vpc.internet_gateway),
        ("egress-only-internet-gateway", "egress_only_gateway", vpc.egress_only_gateway),
    ):
        if gateway:
            chosen = None if isinstance(gateway, bool) else gateway.id
            names.add(kind, key, key, f"vpcs.{key}.{field}", chosen)


def _name_defaults(names: Names, key: str, vpc: VpcForm) -> None:
    """Register the main table and the default ACL that AWS makes, unless they are written."""
    if not any(table.main for table in vpc.route_tables.values()):
        names.add("route-table", key, "main", f"vpcs.{key}", f"rtb-{key}-main")
    if not any(acl.default for acl in vpc.acls.values()):
        names.add("network-acl", key, "default", f"vpcs.{key}", f"acl-{key}-default")


def _name_interfaces(names: Names, vpc: str, name: str, instance: InstanceForm) -> None:
    place = f"vpcs.{vpc}.instances.{name}"
    if instance.has_own_wire:
        names.add("network-interface", vpc, name, place)
    for key, form in instance.interfaces.items():
        names.add("network-interface", vpc, f"{name}-{key}", f"{place}.interfaces.{key}", form.id)
