"""Shapes of the describe output -> records: places, gateways, addresses; a function each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from netreach.model.records import (
    Attachment,
    EgressOnlyInternetGateway,
    ElasticIp,
    Instance,
    InternetGateway,
    NatAddress,
    NatGateway,
    PrefixList,
    Subnet,
    Vpc,
)
from netreach.packets.prefixes import Address, Family, Prefix
from netreach.sources import shapes
from netreach.sources.values import Prefixes, address


class Common(NamedTuple):
    """What every record has, as arguments for its constructor."""

    id: str
    tags: dict[str, str]
    owner: str
    region: str
    doubt: str


#: How DHCP options and hosts name the resolver that AWS gives to every VPC [HY-8].
_AMAZON_DNS: Final = frozenset({"AmazonProvidedDNS", "169.254.169.253", "fd00:ec2::253"})

#: DHCP options by id.
DhcpOptions = Mapping[str, shapes.DhcpOptions]


def vpc(shape: shapes.Vpc, common: Common, prefixes: Prefixes, options: DhcpOptions) -> Vpc:
    """Read a VPC; its primary block comes first, blocks that are not associated don't count."""
    blocks = [*_in_force(shape.cidr_block_association_set, "CidrBlockAssociationSet")]
    sixes = [*_in_force(shape.ipv6_cidr_block_association_set, "Ipv6CidrBlockAssociationSet")]
    if shape.cidr_block:
        blocks.insert(0, (shape.cidr_block, "CidrBlock"))
    read = [prefixes.read(text, field) for text, field in (*blocks, *sixes)]
    return Vpc(
        **common._asdict(),
        prefixes=tuple(dict.fromkeys(read)),
        private_ipv6=tuple(
            prefixes.read(part.ipv6_cidr_block, "Ipv6CidrBlock")
            for part in shape.ipv6_cidr_block_association_set or ()
            if part.ipv6_cidr_block and part.ipv6_address_attribute == "private"
        ),
        is_default=bool(shape.is_default),
        dns_support=_value(shape.enable_dns_support),
        dns_hostnames=_value(shape.enable_dns_hostnames),
        dns_servers=_dns_servers(options.get(shape.dhcp_options_id or ""), read[:1]),
    )


def _dns_servers(given: shapes.DhcpOptions | None, blocks: list[Prefix]) -> tuple[str, ...]:
    """Return the servers of names, not Amazon's, that a VPC's hosts are told to ask.

    Amazon's is at the primary block's base plus two as well.
    """
    own = (str(Address(4, block.first + 2)) for block in blocks if block.family == 4)
    known = {*_AMAZON_DNS, *own}
    return tuple(
        each.value
        for part in (given.dhcp_configurations if given else None) or ()
        for each in (part.values if part.key == "domain-name-servers" else None) or ()
        if each.value and each.value not in known
    )


def is_described(shape: shapes.Vpc) -> bool:
    """Tell a VPC's description from an attribute of it, or from another call's list of ids."""
    return bool(
        shape.cidr_block
        or shape.cidr_block_association_set
        or shape.ipv6_cidr_block_association_set
    )


def subnet(shape: shapes.Subnet, common: Common, prefixes: Prefixes) -> Subnet:
    """Read a subnet."""
    blocks = [*_in_force(shape.ipv6_cidr_block_association_set, "Ipv6CidrBlockAssociationSet")]
    if shape.cidr_block:
        blocks.insert(0, (shape.cidr_block, "CidrBlock"))
    return Subnet(
        **common._asdict(),
        vpc=shape.vpc_id,
        prefixes=tuple(prefixes.read(text, field) for text, field in blocks),
        zone=shape.availability_zone or "",
        zone_id=shape.availability_zone_id or "",
        maps_public_addresses=bool(shape.map_public_ip_on_launch),
        available_addresses=shape.available_ip_address_count,
    )


def internet_gateway(shape: shapes.InternetGateway, common: Common) -> InternetGateway:
    """Read an internet gateway."""
    return InternetGateway(**common._asdict(), attachments=gateway_ties(shape.attachments))


def egress_only_gateway(
    shape: shapes.EgressOnlyInternetGateway, common: Common
) -> EgressOnlyInternetGateway:
    """Read an egress-only internet gateway."""
    ties = gateway_ties(shape.attachments)
    return EgressOnlyInternetGateway(**common._asdict(), attachments=ties)


def nat_gateway(shape: shapes.NatGateway, common: Common) -> NatGateway:
    """Read a NAT gateway; one without a connectivity type is public, as before 2021."""
    proxy = next(filter(_is_attached, shape.attached_appliances or ()), None)
    if proxy is not None:
        reason = f"a proxy filters what it sends, which is not modelled: {proxy.appliance_arn}"
        common = common._replace(doubt=common.doubt or reason)
    return NatGateway(
        **common._asdict(),
        vpc=shape.vpc_id or "",
        subnet=shape.subnet_id or "",
        state=shape.state or "available",
        is_public=shape.connectivity_type != "private",
        is_regional=shape.availability_mode == "regional",
        route_table=shape.route_table_id or "",
        is_automatic=shape.auto_provision_zones != "disabled",
        addresses=tuple(
            NatAddress(
                private=_optional(part.private_ip, f"NatGatewayAddresses[{row}].PrivateIp"),
                public=_optional(part.public_ip, f"NatGatewayAddresses[{row}].PublicIp"),
                interface=part.network_interface_id or "",
                status=part.status or "succeeded",
                zone=part.availability_zone or "",
                zone_id=part.availability_zone_id or "",
            )
            for row, part in enumerate(shape.nat_gateway_addresses or ())
        ),
    )


def _is_attached(appliance: shapes.AttachedAppliance) -> bool:
    return appliance.attachment_state not in ("detached", "attach-failed")


_FAMILIES: Final[dict[str, Family]] = {"IPv4": 4, "IPv6": 6}


def prefix_list(shape: shapes.PrefixList, common: Common, prefixes: Prefixes) -> PrefixList:
    """Read a prefix list, with its entries if any call told them."""
    texts = None
    if shape.entries is not None:
        texts = [(entry.cidr, f"Entries[{n}].Cidr") for n, entry in enumerate(shape.entries)]
    elif shape.cidrs is not None:
        texts = [(cidr, f"Cidrs[{n}]") for n, cidr in enumerate(shape.cidrs)]
    return PrefixList(
        **common._asdict(),
        list_name=shape.prefix_list_name or "",
        family=_FAMILIES.get(shape.address_family or ""),
        entries=None if texts is None else _distinct(prefixes, texts),
    )


def elastic_ip(shape: shapes.ElasticIp, common: Common) -> ElasticIp:
    """Read an Elastic IP."""
    return ElasticIp(
        **common._asdict(),
        public=_optional(shape.public_ip, "PublicIp"),
        private=_optional(shape.private_ip_address, "PrivateIpAddress"),
        interface=shape.network_interface_id or "",
        instance=shape.instance_id or "",
    )


def instance(
    shape: shapes.Instance, common: Common, interfaces: Mapping[str, tuple[str, ...]]
) -> Instance:
    """Read an instance; a terminated one has neither VPC nor subnet."""
    options = shape.metadata_options or shapes.MetadataOptions()
    return Instance(
        **common._asdict(),
        vpc=shape.vpc_id or "",
        subnet=shape.subnet_id or "",
        state=(shape.state and shape.state.name) or "running",
        interfaces=interfaces.get(common.id, ()),
        metadata_enabled=_is_enabled(options.http_endpoint),
        metadata_ipv6=_is_enabled(options.http_protocol_ipv6),
        secondary_addresses=tuple(
            address(each.private_ip_address, "SecondaryInterfaces")
            for one in shape.secondary_interfaces or ()
            for each in one.private_ip_addresses or ()
            if each.private_ip_address
        ),
    )


def _in_force(
    associations: list[shapes.CidrAssociation] | None, field: str
) -> Iterable[tuple[str, str]]:
    """Yield the CIDRs that are associated and where they stand; no state means associated."""
    for row, part in enumerate(associations or ()):
        is_six = part.ipv6_cidr_block is not None
        text = part.ipv6_cidr_block if is_six else part.cidr_block
        state = part.ipv6_cidr_block_state if is_six else part.cidr_block_state
        if text and (state is None or state.state in (None, "associated")):
            yield text, f"{field}[{row}].{'Ipv6CidrBlock' if is_six else 'CidrBlock'}"


def gateway_ties(attachments: list[shapes.GatewayAttachment] | None) -> tuple[Attachment, ...]:
    """Read a gateway's ties; AWS says `available` of some gateways and `attached` of others."""
    return tuple(
        Attachment(
            vpc=tie.vpc_id,
            state="available" if tie.state in (None, "", "attached") else tie.state,
        )
        for tie in attachments or ()
        if tie.vpc_id
    )


def _distinct(prefixes: Prefixes, texts: list[tuple[str, str]]) -> tuple[Prefix, ...]:
    return tuple(dict.fromkeys(prefixes.read(text, field) for text, field in texts))


def _optional(text: str | None, field: str) -> Address | None:
    return address(text, field) if text else None


def _is_enabled(word: str | None) -> bool | None:
    return word == "enabled" if word else None


def _value(attribute: shapes.Attribute | None) -> bool | None:
    return None if attribute is None else attribute.value
