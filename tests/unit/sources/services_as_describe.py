"""Endpoints, balancers, firewalls ... of a snapshot, written out as AWS would describe them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from netreach.model.connections import DirectConnectGateway, VirtualInterface
from netreach.model.records import Resource
from netreach.model.services import (
    BalancerKind,
    FirewallPolicy,
    FirewallRuleGroup,
    HealthFloor,
    Listener,
    LoadBalancer,
    NetworkFirewall,
    StatefulRule,
    StatelessRule,
    TargetGroup,
)
from netreach.model.snapshot import Snapshot
from tests.unit.sources.connections_as_describe import described

Json = dict[str, Any]


def services_as_describe(snapshot: Snapshot) -> Json:
    """Return a key for each call."""
    return {**_endpoints(snapshot), **_balancers(snapshot), **_direct_connect(snapshot)}


def answers(snapshot: Snapshot) -> Iterator[Json]:
    """Yield what calls answer that are made for each resource."""
    yield from (_firewall(one) for one in snapshot.firewalls.values())
    yield from (_policy(one) for one in snapshot.firewall_policies.values())
    yield from (_rule_group(one) for one in snapshot.firewall_rule_groups.values())
    for block in snapshot.public_access_blocks.values():
        yield {
            "VpcBlockPublicAccessOptions": {
                "AwsAccountId": block.owner,
                "AwsRegion": block.region,
                "InternetGatewayBlockMode": block.mode,
            }
        }
    for gateway in snapshot.direct_connect_gateways.values():
        if gateway.associations is not None:
            yield _associations(gateway)


def _endpoints(snapshot: Snapshot) -> Json:
    return {
        "VpcEndpoints": [
            described(
                e,
                "VpcEndpointId",
                VpcEndpointType=e.kind.value,
                VpcId=e.vpc,
                ServiceName=e.service or None,
                State=e.state,
                RouteTableIds=list(e.route_tables),
                SubnetIds=list(e.subnets),
                Groups=[{"GroupId": group} for group in e.groups],
                NetworkInterfaceIds=list(e.interfaces),
                PrivateDnsEnabled=e.has_private_dns,
                IpAddressType=e.takes_ipv6
                if e.takes_ipv6 is None
                else ("ipv4", "dualstack")[e.takes_ipv6],
                DnsEntries=[{"DnsName": name} for name in e.dns_names],
            )
            for e in snapshot.endpoints.values()
        ],
        "ServiceConfigurations": [
            described(
                s,
                "ServiceId",
                ServiceName=s.service,
                ServiceType=[{"ServiceType": s.kind.value}],
                ServiceState=s.state,
                AvailabilityZones=list(s.zones),
                NetworkLoadBalancerArns=list(s.balancers),
                PrivateDnsName=s.private_dns_name or None,
            )
            for s in snapshot.endpoint_services.values()
        ],
        "VpcBlockPublicAccessExclusions": [
            described(
                x,
                "ExclusionId",
                ResourceArn=f"arn:aws:ec2:{x.region}:{x.owner}:vpc/{x.resource}",
                InternetGatewayExclusionMode=x.mode,
                State=x.state,
            )
            for x in snapshot.public_access_exclusions.values()
        ],
    }


# -- balancers


def _balancers(snapshot: Snapshot) -> Json:
    every = snapshot.load_balancers.values()
    modern = [one for one in every if one.kind is not BalancerKind.CLASSIC]
    groups = snapshot.target_groups.values()
    return {
        "LoadBalancers": [_balancer(one) for one in modern],
        "LoadBalancerListeners": [
            {"LoadBalancerArn": one.id, "Listeners": [_listener(each) for each in one.listeners]}
            for one in modern
            if one.listeners is not None
        ],
        "LoadBalancerDescriptions": [_classic(one) for one in every if one not in modern],
        "TargetGroups": [_target_group(one) for one in groups],
        "LoadBalancerAttributes": [
            {"LoadBalancerArn": one.id, "Attributes": _crossing(one.is_cross_zone)}
            for one in modern
        ],
        "TargetGroupAttributes": [
            {"TargetGroupArn": one.id, "Attributes": _group_attributes(one)} for one in groups
        ],
        "TargetGroupTargetHealth": [_health(one) for one in groups if one.targets is not None],
    }


def _balancer(balancer: LoadBalancer) -> Json:
    return described(
        balancer,
        "LoadBalancerArn",
        LoadBalancerName=balancer.balancer_name,
        Type=balancer.kind.value,
        Scheme="internet-facing" if balancer.is_internet_facing else "internal",
        VpcId=balancer.vpc,
        State={"Code": balancer.state},
        DNSName=balancer.dns_name,
        AvailabilityZones=[
            {"ZoneName": zone.zone, "ZoneId": zone.zone_id or None, "SubnetId": zone.subnet}
            for zone in balancer.zones
        ],
        SecurityGroups=list(balancer.groups),
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic=(
            "on" if balancer.filters_private_link else "off"
        ),
    )


def _listener(listener: Listener) -> Json:
    actions: list[Json] = [{"Type": "redirect"}]
    if listener.target_groups:
        forward = [{"TargetGroupArn": group, "Weight": 1} for group in listener.target_groups]
        actions = [{"Type": "forward", "ForwardConfig": {"TargetGroups": forward}}]
    found: Json = {"ListenerArn": listener.id, "DefaultActions": actions}
    if listener.port is not None:
        found |= {"Protocol": listener.protocol, "Port": listener.port}
    return found


def _classic(balancer: LoadBalancer) -> Json:
    return described(
        balancer,
        "LoadBalancerName",
        VPCId=balancer.vpc,
        DNSName=balancer.dns_name,
        Scheme="internet-facing" if balancer.is_internet_facing else "internal",
        Subnets=[zone.subnet for zone in balancer.zones],
        SecurityGroups=list(balancer.groups),
        ListenerDescriptions=[
            {
                "Listener": {
                    "Protocol": one.protocol,
                    "LoadBalancerPort": one.port,
                    "InstancePort": one.instance_port,
                }
            }
            for one in balancer.listeners or ()
        ],
        Instances=[{"InstanceId": instance} for instance in balancer.instances],
    )


def _target_group(group: TargetGroup) -> Json:
    return described(
        group,
        "TargetGroupArn",
        TargetGroupName=group.group_name,
        TargetType=group.target_kind,
        Protocol=group.protocol,
        Port=group.port,
        VpcId=group.vpc,
        LoadBalancerArns=list(group.balancers),
        HealthCheckProtocol=group.health_protocol or None,
        HealthCheckPort="traffic-port" if group.health_port is None else str(group.health_port),
    )


def _crossing(crosses: bool | None) -> list[Json]:
    return _attribute("load_balancing.cross_zone.enabled", crosses)


def _group_attributes(group: TargetGroup) -> list[Json]:
    return [
        *_crossing(group.is_cross_zone),
        *_attribute("preserve_client_ip.enabled", group.preserves_client),
        *_floor("unhealthy_state_routing", group.routing_floor),
        *_floor("dns_failover", group.dns_floor),
    ]


def _floor(action: str, floor: HealthFloor | None) -> list[Json]:
    place = f"target_group_health.{action}.minimum_healthy_targets."
    values = (("count", floor.count), ("percentage", floor.percent)) if floor else ()
    return [
        {"Key": place + what, "Value": "off" if value is None else str(value)}
        for what, value in values
    ]


def _attribute(key: str, value: bool | None) -> list[Json]:
    return [] if value is None else [{"Key": key, "Value": str(value).lower()}]


def _health(group: TargetGroup) -> Json:
    return {
        "TargetGroupArn": group.id,
        "TargetHealthDescriptions": [
            {
                "Target": {"Id": one.id, "Port": one.port, "AvailabilityZone": one.zone or None},
                "TargetHealth": {"State": one.health},
            }
            for one in group.targets or ()
        ],
    }


# -- Network Firewall


def _firewall(firewall: NetworkFirewall) -> Json:
    states = {
        one.zone: {
            "Attachment": {
                "SubnetId": one.subnet,
                "EndpointId": one.endpoint,
                "Status": one.state,
            }
        }
        for one in firewall.endpoints
    }
    return {
        "Firewall": described(
            firewall,
            "FirewallArn",
            FirewallName=firewall.firewall_name,
            FirewallPolicyArn=firewall.policy,
            VpcId=firewall.vpc,
        ),
        "FirewallStatus": {"SyncStates": states},
    }


def _policy(policy: FirewallPolicy) -> Json:
    return {
        "FirewallPolicyResponse": described(
            policy, "FirewallPolicyArn", FirewallPolicyName=policy.policy_name
        ),
        "FirewallPolicy": {
            "StatelessDefaultActions": [policy.stateless_default],
            "StatelessRuleGroupReferences": [
                {"ResourceArn": one.group, "Priority": one.priority}
                for one in policy.stateless_groups
            ],
            "StatefulRuleGroupReferences": [
                {"ResourceArn": one.group, "Priority": one.priority}
                for one in policy.stateful_groups
            ],
            "StatefulDefaultActions": list(policy.stateful_defaults),
            "StatefulEngineOptions": {
                "RuleOrder": _order(strict=policy.is_strict),
                "StreamExceptionPolicy": policy.stream_exception,
            },
            "PolicyVariables": {
                "RuleVariables": {"HOME_NET": {"Definition": list(policy.home_net)}}
            },
        },
    }


def _order(*, strict: bool) -> str:
    return "STRICT_ORDER" if strict else "DEFAULT_ACTION_ORDER"


def _rule_group(group: FirewallRuleGroup) -> Json:
    rules: Json = {"StatefulRules": [_stateful(one) for one in group.stateful]}
    if not group.is_stateful:
        stateless = [_stateless(one) for one in group.stateless]
        rules = {"StatelessRulesAndCustomActions": {"StatelessRules": stateless}}
    return {
        "RuleGroupResponse": described(
            group,
            "RuleGroupArn",
            RuleGroupName=group.group_name,
            Type="STATEFUL" if group.is_stateful else "STATELESS",
        ),
        "RuleGroup": {
            "RulesSource": rules,
            "StatefulRuleOptions": {"RuleOrder": _order(strict=group.is_strict)},
        },
    }


def _stateless(rule: StatelessRule) -> Json:
    return {
        "Priority": rule.priority,
        "RuleDefinition": {
            "Actions": [rule.action],
            "MatchAttributes": {
                "Sources": [{"AddressDefinition": str(one)} for one in rule.sources],
                "Destinations": [{"AddressDefinition": str(one)} for one in rule.destinations],
                "SourcePorts": list(_ranges(rule.source_ports)),
                "DestinationPorts": list(_ranges(rule.destination_ports)),
                "Protocols": list(rule.protocols),
            },
        },
    }


def _ranges(ports: Iterable[tuple[int, int]]) -> Iterator[Json]:
    for low, high in ports:
        yield {"FromPort": low, "ToPort": high}


def _stateful(rule: StatefulRule) -> Json:
    return {
        "Action": rule.action,
        "Header": {
            "Protocol": rule.protocol,
            "Source": rule.source,
            "SourcePort": rule.source_port,
            "Direction": "ANY" if rule.is_any_direction else "FORWARD",
            "Destination": rule.destination,
            "DestinationPort": rule.destination_port,
        },
        "RuleOptions": [{"Keyword": f"sid:{rule.sid}"}],
    }


# -- Direct Connect, which spells in another way


def _direct_connect(snapshot: Snapshot) -> Json:
    return {
        "directConnectGateways": [
            _camel(
                g,
                "directConnectGatewayId",
                directConnectGatewayState=g.state,
                amazonSideAsn=g.asn,
            )
            for g in snapshot.direct_connect_gateways.values()
        ],
        "virtualInterfaces": [
            _camel(
                v,
                "virtualInterfaceId",
                virtualInterfaceType=v.kind,
                virtualInterfaceState=v.state,
                directConnectGatewayId=v.direct_connect_gateway or None,
                virtualGatewayId=v.vpn_gateway or None,
                region=v.region,
                bgpPeers=_bgp_peers(v),
            )
            for v in snapshot.virtual_interfaces.values()
        ],
    }


def _associations(gateway: DirectConnectGateway) -> Json:
    return {
        "directConnectGatewayId": gateway.id,
        "directConnectGatewayAssociations": [
            {
                "directConnectGatewayId": gateway.id,
                "associationState": one.state,
                "associatedGateway": {"id": one.gateway},
                "allowedPrefixesToDirectConnectGateway": [{"cidr": str(p)} for p in one.allowed],
            }
            for one in gateway.associations or ()
        ],
    }


def _camel(record: Resource, key: str, **fields: object) -> Json:
    tags = [{"key": name, "value": value} for name, value in record.tags.items()]
    return {key: record.id, "ownerAccount": record.owner, "tags": tags, **fields}


def _bgp_peers(circuit: VirtualInterface) -> list[Json]:
    told = {} if circuit.is_up is None else {"bgpStatus": "up" if circuit.is_up else "down"}
    families = [{"addressFamily": f"ipv{family}"} for family in circuit.families]
    return [told | family for family in families or ([{}] if told else [])]
