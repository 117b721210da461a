"""Random load balancers: nodes, listeners, target groups and targets, with some dirt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tests.property.plan import Draft, Estate, Record, SubnetPlan, VpcPlan

ARN: Final = "arn:aws:elasticloadbalancing:eu-central-1:111122223333"
NUMBER: Final = "0123456789abcdef"
WORDS: Final = {"network": "net", "application": "app"}
TYPES: Final = {"network": "network_load_balancer"}
NETWORK_PROTOCOLS: Final = ("TCP", "TCP", "TCP", "TLS", "UDP", "TCP_UDP", "QUIC")
WEB_PROTOCOLS: Final = ("HTTP", "HTTP", "HTTPS")
CLASSIC_PROTOCOLS: Final = ("TCP", "HTTP", "SSL")
PORTS: Final = (80, 443, 8080)
TARGET_PORTS: Final = (8080, 443, 22, 5432, 80)
HEALTH: Final = ("healthy", "healthy", "healthy", "unhealthy", "initial", "draining", "unused", "")
STATES: Final = ("provisioning", "failed", "active_impaired")
YES_NO: Final = {True: "true", False: "false"}


@dataclass
class Front:
    """A balancer on its way."""

    name: str
    kind: str
    vpc: VpcPlan
    homes: list[SubnetPlan]
    group: str | None  # its security group
    is_facing: bool
    addresses: list[str] = field(default_factory=list)  # of its nodes
    ports: list[int] = field(default_factory=list)  # of its listeners

    @property
    def arn(self) -> str:
        """Return its ARN; a classic one has none."""
        return f"{ARN}:loadbalancer/{WORDS[self.kind]}/{self.name}/{NUMBER}"


def draw_balancers(draft: Draft) -> None:
    """Draw a balancer in about every second VPC, sometimes a second one behind or beside it."""
    for vpc in draft.vpcs:
        count = draft.dice.pick((0, 1, 0, 2)) if _homes(vpc) else 0
        fronts: list[Front] = []
        for number in range(count):
            kind = _kind(draft, fronts, is_last=number + 1 == count)
            front = _front(draft, vpc, f"lb{vpc.id[4:]}{number}", kind)
            _nodes(draft, front)
            if front.kind == "classic":
                _classic(draft, front)
            else:
                _modern(draft, front, fronts)
            fronts.append(front)


def _homes(vpc: VpcPlan) -> list[SubnetPlan]:
    return [subnet for subnet in vpc.subnets if subnet.block is not None and subnet.next_host < 28]


def _kind(draft: Draft, earlier: list[Front], *, is_last: bool) -> str:
    """Draw a kind; of two the second is often a network one before an application one."""
    if not is_last and draft.dice.chance(60):
        return "application"
    if [front for front in earlier if front.kind == "application"] and draft.dice.chance(75):
        return "network"
    return draft.dice.pick(("network", "application", "network", "classic"))


def _front(draft: Draft, vpc: VpcPlan, name: str, kind: str) -> Front:
    dice = draft.dice
    public = [subnet for subnet in _homes(vpc) if subnet.role == "public"]
    is_facing = vpc.gateway is not None and dice.chance(50)
    options = public if is_facing and public and dice.chance(80) else _homes(vpc)
    by_zone = {subnet.zone: subnet for subnet in dice.some(options, len(options), len(options))}
    homes = [by_zone[zone] for zone in sorted(by_zone)]
    if len(homes) > 1 and dice.chance(35):  # leave a zone out
        homes = dice.some(homes, 1, 1)
    grouped = kind != "network" or dice.chance(60)
    group = _group(draft, vpc, name) if grouped else None
    return Front(name, kind, vpc, homes, group, is_facing)


def _group(draft: Draft, vpc: VpcPlan, name: str) -> str:
    """Return the balancer's group: one of the VPC's, or one that lets nearly everything through."""
    dice = draft.dice
    if dice.chance(25):
        return dice.pick(vpc.groups)
    everything = _rule("-1", None, {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]})
    everything["Ipv6Ranges"] = [{"CidrIpv6": "::/0"}]
    some = [_rule("tcp", port, {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}) for port in PORTS[:2]]
    draft.estate["SecurityGroups"].append(
        {
            "GroupId": f"sg-{name}",
            "GroupName": f"sg-{name}",
            "Description": name,
            "VpcId": vpc.id,
            "IpPermissions": some if dice.chance(20) else [everything],
            "IpPermissionsEgress": [everything],
        }
    )
    return f"sg-{name}"


def _rule(protocol: str, port: int | None, peers: Record) -> Record:
    rule: Record = {"IpProtocol": protocol, "IpRanges": [], "Ipv6Ranges": []}
    rule |= {"PrefixListIds": [], "UserIdGroupPairs": []} | peers
    if port is not None:
        rule |= {"FromPort": port, "ToPort": port}
    return rule


def _nodes(draft: Draft, front: Front) -> None:
    """Draw an interface in each of its subnets."""
    is_dual = draft.dice.chance(30)
    for home in front.homes:
        if home.block is None:
            continue
        private: Record = {"Primary": True, "PrivateIpAddress": str(home.block[home.next_host])}
        if front.is_facing:
            private["Association"] = {"PublicIp": draft.new_public(), "IpOwnerId": "amazon"}
        six = [str(home.six[home.next_host])] if home.six and is_dual else []
        home.next_host += 1
        front.addresses += [private["PrivateIpAddress"], *six]
        draft.estate["NetworkInterfaces"].append(
            {
                "NetworkInterfaceId": f"eni-{front.name}-{home.id[7:]}",
                "VpcId": front.vpc.id,
                "SubnetId": home.id,
                "AvailabilityZone": f"eu-central-1{home.zone}",
                "InterfaceType": TYPES.get(front.kind, "interface"),
                "Description": f"ELB {_path(front)}",
                "SourceDestCheck": front.kind != "network",
                "RequesterManaged": True,
                "Status": "in-use",
                "PrivateIpAddress": private["PrivateIpAddress"],
                "PrivateIpAddresses": [private],
                "Ipv6Addresses": [{"Ipv6Address": address} for address in six],
                "Groups": _bearing(draft, front),
                "Attachment": {"Status": "attached", "DeviceIndex": 1},
            }
            | ({"Association": private["Association"]} if front.is_facing else {})
        )


def _path(front: Front) -> str:
    if front.kind == "classic":
        return front.name
    return f"{WORDS[front.kind]}/{front.name}/{NUMBER}"


def _bearing(draft: Draft, front: Front) -> list[Record]:
    """Return a node's groups; now and then the record of a network balancer's lacks them."""
    is_whole = front.kind != "network" or not draft.dice.chance(4)
    has_groups = front.group is not None and is_whole
    return [{"GroupId": front.group, "GroupName": front.group}] if has_groups else []


# -- application and network balancers


def _modern(draft: Draft, front: Front, earlier: list[Front]) -> None:
    dice, estate = draft.dice, draft.estate
    state = dice.pick(STATES) if dice.chance(6) else "active"
    if not dice.chance(3):
        estate["LoadBalancers"].append(
            {
                "LoadBalancerArn": front.arn,
                "LoadBalancerName": front.name,
                "DNSName": f"{front.name}.elb.eu-central-1.amazonaws.com",
                "Type": front.kind,
                "Scheme": "internet-facing" if front.is_facing else "internal",
                "VpcId": front.vpc.id,
                "State": {"Code": state},
                "AvailabilityZones": [
                    {"ZoneName": f"eu-central-1{home.zone}", "SubnetId": home.id}
                    for home in front.homes
                ],
                "SecurityGroups": [front.group] if front.group else [],
            }
        )
    said = dice.pick((None, True, False))
    if said is not None:
        estate["LoadBalancerAttributes"].append(
            {"LoadBalancerArn": front.arn, "Attributes": [_cross_zone(YES_NO[said])]}
        )
    front.ports = dice.some(PORTS, 1, 2)
    listeners = [_listener(draft, front, earlier, port) for port in front.ports]
    if not dice.chance(3):
        estate["LoadBalancerListeners"].append(
            {"LoadBalancerArn": front.arn, "Listeners": listeners}
        )


def _cross_zone(value: str) -> Record:
    return {"Key": "load_balancing.cross_zone.enabled", "Value": value}


def _listener(draft: Draft, front: Front, earlier: list[Front], port: int) -> Record:
    dice = draft.dice
    protocol = dice.pick(NETWORK_PROTOCOLS if front.kind == "network" else WEB_PROTOCOLS)
    record: Record = {
        "ListenerArn": f"{front.arn.replace('loadbalancer', 'listener')}/{port:016x}",
        "LoadBalancerArn": front.arn,
        "Protocol": protocol,
        "Port": port,
    }
    count = 0 if dice.chance(5) else 2 if front.kind == "application" and dice.chance(20) else 1
    groups = [
        _target_group(draft, front, earlier, protocol, f"tg-{front.name}-{port}-{number}")
        for number in range(count)
    ]
    if not groups:
        action: Record = {"Type": "fixed-response"}
    elif len(groups) == 1 and dice.chance(50):
        action = {"Type": "forward", "TargetGroupArn": groups[0]}
    else:
        weights = [{"TargetGroupArn": one, "Weight": dice.pick((1, 1, 0))} for one in groups]
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": weights}}
    record["DefaultActions"] = [action]
    return record


def _target_group(
    draft: Draft, front: Front, earlier: list[Front], protocol: str, name: str
) -> str:
    """Draw a target group, unless it is lost, and return its ARN."""
    dice, estate = draft.dice, draft.estate
    arn = f"{ARN}:targetgroup/{name}/{NUMBER}"
    behind = [one for one in earlier if one.kind == "application"]
    may_chain = front.kind == "network" and protocol == "TCP" and bool(behind)
    kinds = ["instance", "instance", "ip", *["alb"] * 9 * may_chain]
    kind = "lambda" if front.kind == "application" and dice.chance(6) else dice.pick(kinds)
    port = dice.pick([*behind[0].ports * 4, *PORTS] if kind == "alb" else TARGET_PORTS)
    record: Record = {
        "TargetGroupArn": arn,
        "TargetGroupName": name,
        "TargetType": kind,
        "VpcId": front.vpc.id,
        "Protocol": protocol if kind != "alb" else "TCP",
        "Port": port,
    }
    family = dice.pick((None, "ipv4", "ipv6"))
    if kind == "instance" and family is not None:
        record["IpAddressType"] = family
    if kind == "lambda":
        record = {key: value for key, value in record.items() if key not in ("Protocol", "Port")}
    if dice.chance(3):
        return arn
    estate["TargetGroups"].append(record)
    _attributes(draft, arn)
    targets = _targets(draft, front, kind, behind)
    if not dice.chance(3):
        estate["TargetGroupTargetHealth"].append(
            {"TargetGroupArn": arn, "TargetHealthDescriptions": targets}
        )
    for target in targets:
        _open(draft, front, target["Target"].get("Port", port), target["Target"]["Id"])
    return arn


def _attributes(draft: Draft, arn: str) -> None:
    dice, found = draft.dice, []
    keeps = dice.pick((None, True, False))
    if keeps is not None:
        found.append({"Key": "preserve_client_ip.enabled", "Value": YES_NO[keeps]})
    crosses = dice.pick((None, "true", "use_load_balancer_configuration", "false"))
    if crosses is not None:
        found.append(_cross_zone(crosses))
    if found:
        draft.estate["TargetGroupAttributes"].append({"TargetGroupArn": arn, "Attributes": found})


def _targets(draft: Draft, front: Front, kind: str, behind: list[Front]) -> list[Record]:
    """Draw some targets, each once, healthy or not."""
    dice = draft.dice
    if kind == "alb":
        options = [{"Id": one.arn} for one in behind[:1]]
    elif kind == "lambda":
        options = [{"Id": "arn:aws:lambda:eu-central-1:111122223333:function:hello"}]
    elif kind == "ip":
        options = _addresses(draft, front)
    else:
        options = [{"Id": one} for one in instances_of(draft.estate, front.vpc.id)]
        if dice.chance(4):
            options.append({"Id": "i-0gone"})
    records = []
    for target in dice.some(options, 0 if dice.chance(5) else 1, 3):
        own: Record = dict(target)
        if kind in ("ip", "instance") and dice.chance(15):
            own["Port"] = dice.pick(TARGET_PORTS)
        health = dice.pick(("healthy", "", "unhealthy") if kind == "alb" else HEALTH)
        record: Record = {"Target": own}
        if health:
            record["TargetHealth"] = {"State": health}
        records.append(record)
    return records


def instances_of(estate: Estate, vpc: str) -> list[str]:
    """Return the instances in a VPC."""
    hosts = [one for record in estate["Reservations"] for one in record["Instances"]]
    return [host["InstanceId"] for host in hosts if host["VpcId"] == vpc]


def _addresses(draft: Draft, front: Front) -> list[Record]:
    """Return addresses that may be targets: of the VPC, of its neighbours, of nobody."""
    found: list[Record] = []
    near = [vpc.id for vpc in front.vpc.joined]
    for interface in draft.estate["NetworkInterfaces"]:
        held = [private["PrivateIpAddress"] for private in interface["PrivateIpAddresses"]]
        if interface["VpcId"] == front.vpc.id:
            found += [{"Id": address} for address in held if address not in front.addresses]
        elif interface["VpcId"] in near:
            found += [{"Id": address, "AvailabilityZone": "all"} for address in held[:1]]
    nobody = str(front.homes[0].block[60]) if front.homes[0].block else "10.77.0.5"
    if draft.dice.chance(10):
        found.append({"Id": nobody})
    if draft.dice.chance(5):
        zone = draft.dice.pick(("all", "eu-central-1a", "eu-central-1b"))
        found.append({"Id": "10.77.0.5", "AvailabilityZone": zone})
    return found


def _open(draft: Draft, front: Front, port: int, target: str) -> None:
    """Let the balancer, or its clients, in at a target in most cases."""
    dice = draft.dice
    if not dice.chance(75):
        return
    peers: Record = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    if front.group and dice.chance(40):
        peers = {"UserIdGroupPairs": [{"GroupId": front.group}]}
    elif dice.chance(20):
        peers = {"IpRanges": [{"CidrIp": f"{front.addresses[0]}/32"}]}
    names = {
        group["GroupId"]
        for interface in draft.estate["NetworkInterfaces"]
        if target in (interface.get("Attachment", {}).get("InstanceId"), *held(interface))
        for group in interface["Groups"][:1]
    }
    for group in draft.estate["SecurityGroups"]:
        if group["GroupId"] in names:
            group["IpPermissions"] += [_rule(word, port, peers) for word in ("tcp", "udp")]


def held(interface: Record) -> list[str]:
    """Return an interface's private IPv4 addresses."""
    return [private["PrivateIpAddress"] for private in interface["PrivateIpAddresses"]]


def sixes(interface: Record) -> list[str]:
    """Return an interface's IPv6 addresses."""
    return [six["Ipv6Address"] for six in interface["Ipv6Addresses"]]


# -- classic ones


def _classic(draft: Draft, front: Front) -> None:
    dice, estate = draft.dice, draft.estate
    port, instance_port = dice.pick(PORTS), dice.pick(TARGET_PORTS)
    most = dice.pick((1, 3))
    instances = dice.some(instances_of(estate, front.vpc.id), 0 if dice.chance(8) else 1, most)
    if not dice.chance(3):
        protocol = dice.pick(CLASSIC_PROTOCOLS)
        ports = {"LoadBalancerPort": port, "InstancePort": instance_port}
        estate["LoadBalancerDescriptions"].append(
            {
                "LoadBalancerName": front.name,
                "DNSName": f"{front.name}.eu-central-1.elb.amazonaws.com",
                "VPCId": front.vpc.id,
                "Scheme": "internet-facing" if front.is_facing else "internal",
                "Subnets": [home.id for home in front.homes],
                "SecurityGroups": [front.group],
                "ListenerDescriptions": [{"Listener": {"Protocol": protocol} | ports}],
                "Instances": [{"InstanceId": name} for name in instances],
            }
        )
    crosses = dice.pick((False, True, None, False))
    if crosses is not None:
        setting = {"CrossZoneLoadBalancing": {"Enabled": crosses}}
        estate["ClassicLoadBalancerAttributes"].append(
            {"LoadBalancerName": front.name, "LoadBalancerAttributes": setting}
        )
    for instance in instances:
        _open(draft, front, instance_port, instance)
