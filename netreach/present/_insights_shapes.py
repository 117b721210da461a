"""The records of EC2's `DescribeNetworkInsightsAnalyses`, spelt as AWS spells them.

Only what AWS's own shape has; what there is none of is left out, as the AWS CLI does.
"""

from __future__ import annotations

from msgspec import Struct

#: The fields of a shape whose record takes them by name.
Fields = dict[str, object]


class AnalysisComponent(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """One resource."""

    id: str | None = None
    arn: str | None = None
    name: str | None = None


class PortRange(Struct, frozen=True, omit_defaults=True, rename={"low": "From", "high": "To"}):
    """An inclusive range of ports; of ICMP, a type and its code."""

    low: int
    high: int


class PacketHeader(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """A set of packets."""

    destination_addresses: list[str] | None = None
    destination_port_ranges: list[PortRange] | None = None
    #: The number, as a string.
    protocol: str | None = None
    source_addresses: list[str] | None = None
    source_port_ranges: list[PortRange] | None = None


class AclRule(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """One rule of a network ACL."""

    cidr: str | None = None
    egress: bool | None = None
    port_range: PortRange | None = None
    protocol: str | None = None
    rule_action: str | None = None
    rule_number: int | None = None


class SecurityGroupRule(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """One rule of a security group; its peer is one of three."""

    cidr: str | None = None
    direction: str | None = None
    security_group_id: str | None = None
    port_range: PortRange | None = None
    prefix_list_id: str | None = None
    protocol: str | None = None


class RouteTableRoute(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """One route of a VPC's route table; its target is one of many."""

    destination_cidr: str | None = None
    destination_prefix_list_id: str | None = None
    egress_only_internet_gateway_id: str | None = None
    gateway_id: str | None = None
    instance_id: str | None = None
    nat_gateway_id: str | None = None
    network_interface_id: str | None = None
    origin: str | None = None
    transit_gateway_id: str | None = None
    vpc_peering_connection_id: str | None = None
    state: str | None = None
    carrier_gateway_id: str | None = None
    core_network_arn: str | None = None
    local_gateway_id: str | None = None


class TransitGatewayRouteTableRoute(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """One route of a transit gateway's route table."""

    destination_cidr: str | None = None
    state: str | None = None
    route_origin: str | None = None
    prefix_list_id: str | None = None
    attachment_id: str | None = None
    resource_id: str | None = None
    resource_type: str | None = None


class LoadBalancerListener(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """A classic load balancer's listener."""

    load_balancer_port: int | None = None
    instance_port: int | None = None


class LoadBalancerTarget(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """Who gets a load balancer's packets."""

    address: str | None = None
    availability_zone: str | None = None
    availability_zone_id: str | None = None
    instance: AnalysisComponent | None = None
    port: int | None = None


class FirewallStatelessRule(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """One rule of a firewall's stateless engine; a default action is a rule of priority -1."""

    rule_group_arn: str | None = None
    sources: list[str] | None = None
    destinations: list[str] | None = None
    source_ports: list[PortRange] | None = None
    destination_ports: list[PortRange] | None = None
    protocols: list[int] | None = None
    rule_action: str | None = None
    priority: int | None = None


class FirewallStatefulRule(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """One rule of a firewall's stateful engine; a default action has nothing but its action."""

    rule_group_arn: str | None = None
    sources: list[str] | None = None
    destinations: list[str] | None = None
    source_ports: list[PortRange] | None = None
    destination_ports: list[PortRange] | None = None
    protocol: str | None = None
    rule_action: str | None = None
    direction: str | None = None


class Explanation(Struct, frozen=True, omit_defaults=True, rename="pascal", kw_only=True):
    """Why there is no path, or none for some; each code has fields of its own."""

    acl: AnalysisComponent | None = None
    acl_rule: AclRule | None = None
    address: str | None = None
    attached_to: AnalysisComponent | None = None
    classic_load_balancer_listener: LoadBalancerListener | None = None
    component: AnalysisComponent | None = None
    customer_gateway: AnalysisComponent | None = None
    destination: AnalysisComponent | None = None
    destination_vpc: AnalysisComponent | None = None
    direction: str | None = None
    elastic_load_balancer_listener: AnalysisComponent | None = None
    explanation_code: str
    internet_gateway: AnalysisComponent | None = None
    load_balancer_arn: str | None = None
    load_balancer_listener_port: int | None = None
    load_balancer_target: LoadBalancerTarget | None = None
    load_balancer_target_groups: list[AnalysisComponent] | None = None
    load_balancer_target_port: int | None = None
    load_balancer_target_group: AnalysisComponent | None = None
    missing_component: str | None = None
    nat_gateway: AnalysisComponent | None = None
    network_interface: AnalysisComponent | None = None
    packet_field: str | None = None
    vpc_peering_connection: AnalysisComponent | None = None
    port: int | None = None
    port_ranges: list[PortRange] | None = None
    prefix_list: AnalysisComponent | None = None
    protocols: list[str] | None = None
    firewall_stateful_rule: FirewallStatefulRule | None = None
    firewall_stateless_rule: FirewallStatelessRule | None = None
    route_table_route: RouteTableRoute | None = None
    route_table: AnalysisComponent | None = None
    security_group: AnalysisComponent | None = None
    security_group_rule: SecurityGroupRule | None = None
    security_groups: list[AnalysisComponent] | None = None
    source_vpc: AnalysisComponent | None = None
    state: str | None = None
    subnet: AnalysisComponent | None = None
    vpc: AnalysisComponent | None = None
    vpc_endpoint: AnalysisComponent | None = None
    vpn_connection: AnalysisComponent | None = None
    vpn_gateway: AnalysisComponent | None = None
    transit_gateway: AnalysisComponent | None = None
    transit_gateway_route_table: AnalysisComponent | None = None
    transit_gateway_route_table_route: TransitGatewayRouteTableRoute | None = None
    transit_gateway_attachment: AnalysisComponent | None = None


class PathComponent(Struct, frozen=True, omit_defaults=True, rename="pascal", kw_only=True):
    """One component that packets cross."""

    sequence_number: int
    acl_rule: AclRule | None = None
    attached_to: AnalysisComponent | None = None
    component: AnalysisComponent
    destination_vpc: AnalysisComponent | None = None
    outbound_header: PacketHeader | None = None
    inbound_header: PacketHeader | None = None
    firewall_stateful_rule: FirewallStatefulRule | None = None
    firewall_stateless_rule: FirewallStatelessRule | None = None
    route_table_route: RouteTableRoute | None = None
    security_group_rule: SecurityGroupRule | None = None
    source_vpc: AnalysisComponent | None = None
    subnet: AnalysisComponent | None = None
    vpc: AnalysisComponent | None = None
    additional_details: tuple[()]
    transit_gateway: AnalysisComponent | None = None
    transit_gateway_route_table_route: TransitGatewayRouteTableRoute | None = None
    explanations: tuple[()]
    elastic_load_balancer_listener: AnalysisComponent | None = None
    service_name: str | None = None


class AlternatePathHint(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """A component that another path of the same answer leads over."""

    component_id: str
    component_arn: str | None = None


class Analysis(Struct, frozen=True, omit_defaults=True, rename="pascal", kw_only=True):
    """One `NetworkInsightsAnalysis`."""

    network_insights_analysis_id: str
    network_insights_analysis_arn: str | None = None
    network_insights_path_id: str
    filter_in_arns: list[str] | None = None
    start_date: str | None = None
    status: str
    status_message: str
    warning_message: str | None = None
    network_path_found: bool
    forward_path_components: list[PathComponent]
    return_path_components: list[PathComponent]
    explanations: list[Explanation]
    alternate_path_hints: list[AlternatePathHint]


class Analyses(Struct, frozen=True, rename="pascal"):
    """What `aws ec2 describe-network-insights-analyses` prints."""

    network_insights_analyses: list[Analysis]
