"""Random names on top of random estates: zones, rules, endpoints' private names, attributes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.oracle.managed import services
from tests.property.balancers import held, sixes
from tests.property.dice import Dice
from tests.property.managed_draws import draw_managed
from tests.property.plan import Estate, Record
from tests.property.profile_draws import draw_profiles

REGION: Final = "eu-central-1"
#: Domains of zones, with those that lie in others often enough.
DOMAINS: Final = (
    "corp.example",
    "db.corp.example",
    "example",
    "corp.example",
    "amazonaws.com",
    f"{REGION}.amazonaws.com",
    "internal",
)
PUBLIC_DOMAINS: Final = ("corp.example", "shop.test", "db.corp.example")
RULES: Final = ("corp.example", "db.corp.example", "", "amazonaws.com", "partner.test", "example")
LABELS: Final = ("www", "db", "a.db", "*", "*.any", "x.any", "")
BEYOND: Final = ("www.partner.test", "cdn.shop.test", "nobody.db.corp.example")
#: Public names of AWS's own services.
AWS_HOSTS: Final = tuple(
    f"{one}.{REGION}.amazonaws.com" for one in ("s3", "ec2", "dynamodb", "sts")
)
#: Fields by which Route 53 chooses, with what they say of one record after the other.
POLICIES: Final = (
    ("Weight", 1, 2),
    ("Weight", 1, 0),
    ("Weight", 0, 0),
    ("Failover", "PRIMARY", "SECONDARY"),
    ("MultiValueAnswer", True, True),
    ("Region", "eu-central-1", "us-east-1"),
    ("GeoLocation", {"ContinentCode": "EU"}, {"CountryCode": "*"}),
)
FAILING: Final = {"HealthCheckId": "11111111-2222-3333-4444-555555555555"}

#: Lists of an estate with names; those of zones bear the zone's id besides what the call answers.
KINDS: Final = (
    "HostedZones",
    "ZoneVpcs",
    "ZoneRecords",
    "ResolverRules",
    "ResolverRuleAssociations",
    "DBInstances",
)

#: The VPC that asks, "" for the internet, and the name.
Asked = tuple[str, str]


def draw_names(dice: Dice, estate: Estate) -> None:
    """Draw what names are told by."""
    for kind in KINDS:
        estate[kind] = []
    _attributes(dice, estate)
    _peerings(dice, estate)
    _endpoints(dice, estate)
    _database(dice, estate)
    draw_managed(dice, estate)
    for number in range(dice.integer(1, 4)):
        _zone(dice, estate, f"Z0{number}PRIVATEZONE00000", is_private=True)
    for number in range(dice.integer(0, 2)):
        _zone(dice, estate, f"Z0{number}PUBLICZONE000000", is_private=False)
    _rules(dice, estate)
    _servers(dice, estate)
    draw_profiles(dice, estate, DOMAINS, partial(_held_zone, dice, estate, is_private=True))


def _servers(dice: Dice, estate: Estate) -> None:
    """Draw last whom hosts ask: nearly always Amazon's own resolver."""
    estate["DhcpOptions"] = [
        {
            "DhcpOptionsId": name,
            "DhcpConfigurations": [
                {"Key": "domain-name", "Values": [{"Value": "corp.example"}]},
                {"Key": "domain-name-servers", "Values": [{"Value": one} for one in servers]},
            ],
        }
        for name, servers in (
            ("dopt-0amazons", ["AmazonProvidedDNS"]),
            ("dopt-0others", ["10.0.0.53", "10.0.1.53"]),
        )
    ]
    for vpc in estate["Vpcs"]:
        vpc["DhcpOptionsId"] = "dopt-0others" if dice.chance(5) else "dopt-0amazons"


def _attributes(dice: Dice, estate: Estate) -> None:
    for vpc in estate["Vpcs"]:
        for key in ("EnableDnsSupport", "EnableDnsHostnames"):
            if dice.chance(50):
                vpc[key] = {"Value": not dice.chance(25)}


def _peerings(dice: Dice, estate: Estate) -> None:
    for peering in estate["VpcPeeringConnections"]:
        for side in ("RequesterVpcInfo", "AccepterVpcInfo"):
            if dice.chance(60):
                options = {"AllowDnsResolutionFromRemoteVpc": dice.pick((True, True, False))}
                peering[side]["PeeringOptions"] = options


def _endpoints(dice: Dice, estate: Estate) -> None:
    """Give some endpoints of AWS's services private names; one with records tells all of them."""
    for one in estate["VpcEndpoints"]:
        if one["VpcEndpointType"] != "Interface" or "NetworkInterfaceIds" not in one:
            continue
        name, service = one["VpcEndpointId"], one.get("ServiceName", "")
        parts = service.split(".")
        one["PrivateDnsEnabled"] = len(parts) == 4 and dice.chance(70)
        tail = f"{parts[-1]}.{REGION}.vpce.amazonaws.com"
        whole = f"{name}-0abcd.{tail}"
        zones = {
            i["AvailabilityZone"]
            for i in estate["NetworkInterfaces"]
            if i["NetworkInterfaceId"] in one["NetworkInterfaceIds"]
        }
        names = [whole, *(f"{name}-0abcd-{zone}.{tail}" for zone in sorted(zones))]
        if one["PrivateDnsEnabled"]:
            names.append(f"{parts[-1]}.{REGION}.amazonaws.com")
            if dice.chance(50):
                names.append(f"*.{parts[-1]}.{REGION}.amazonaws.com")
        if dice.chance(80):
            one["DnsEntries"] = [{"DnsName": each, "HostedZoneId": "Z1"} for each in names]


def _database(dice: Dice, estate: Estate) -> None:
    """Make an interface that is there a database's, the only one with its groups."""
    plain = [
        one
        for one in estate["NetworkInterfaces"]
        if one["InterfaceType"] == "interface" and one["Groups"] and len(held(one)) == 1
        if "Description" not in one and "InstanceId" not in one.get("Attachment", {})
        if not (sixes(one) and "Association" in one["PrivateIpAddresses"][0])  # not both [HY-8]
    ]
    if not plain or not dice.chance(70):
        return
    mine = dice.pick(plain)
    mine |= {"Description": "RDSNetworkInterface", "RequesterManaged": True}
    mine["RequesterId"] = "amazon-rds"
    subnet = next(s for s in estate["Subnets"] if s["SubnetId"] == mine["SubnetId"])
    zone = {"Name": subnet["AvailabilityZone"]}
    estate["DBInstances"].append(
        {
            "DBInstanceIdentifier": "orders",
            "DBInstanceArn": f"arn:aws:rds:{REGION}:111122223333:db:orders",
            "Endpoint": {"Address": f"orders.abc123.{REGION}.rds.amazonaws.com", "Port": 5432},
            "AvailabilityZone": subnet["AvailabilityZone"],
            "VpcSecurityGroups": [
                {"VpcSecurityGroupId": one["GroupId"], "Status": "active"} for one in mine["Groups"]
            ],
            "DBSubnetGroup": {
                "DBSubnetGroupName": "orders",
                "VpcId": mine["VpcId"],
                "Subnets": [
                    {"SubnetIdentifier": subnet["SubnetId"], "SubnetAvailabilityZone": zone}
                ],
            },
        }
    )


# -- zones and rules


def _zone(dice: Dice, estate: Estate, number: str, *, is_private: bool) -> None:
    taken = [z["Name"] for z in estate["HostedZones"] if z["Config"]["PrivateZone"] == is_private]
    domain = dice.pick(DOMAINS if is_private else PUBLIC_DOMAINS)
    if f"{domain}." in taken:  # a VPC has one of a name at most
        return
    if is_private and not dice.chance(6):
        known = [vpc["VpcId"] for vpc in estate["Vpcs"]]
        chosen = dice.some(known, 1, len(known))
        vpcs = [{"VPCRegion": REGION, "VPCId": vpc} for vpc in chosen]
        estate["ZoneVpcs"].append({"Zone": number, "VPCs": vpcs})
    _held_zone(dice, estate, number, domain, is_private=is_private)


def _held_zone(dice: Dice, estate: Estate, number: str, domain: str, *, is_private: bool) -> None:
    """Draw a zone of a name, and nearly always its records."""
    estate["HostedZones"].append(
        {
            "Id": f"/hostedzone/{number}",
            "Name": f"{domain}.",
            "Config": {"PrivateZone": is_private},
        }
    )
    if not dice.chance(6):
        sets = [
            record
            for label in dice.some(LABELS, 1, 5)
            for record in _records(dice, estate, f"{label}.{domain}".lstrip("."), domain)
        ]
        estate["ZoneRecords"].append({"Zone": number, "ResourceRecordSets": sets})


def _records(dice: Dice, estate: Estate, name: str, domain: str) -> Iterator[Record]:
    """Draw the records of one name: addresses, another name, a policy, or others who answer."""
    kind = dice.integer(1, 100)
    written = name.replace("*", "\\052") + "."
    if kind > 95 and name != domain:
        servers = [{"Value": "ns-1.partner.test."}]
        yield {"Name": written, "Type": "NS", "TTL": 300, "ResourceRecords": servers}
    elif kind > 80:
        key, *parts = dice.pick(POLICIES)
        for number, part in enumerate(parts):
            record: Record = {"Name": written, "SetIdentifier": f"set-{number}", str(key): part}
            record |= FAILING if dice.chance(40) else {}
            yield record | _value(dice, estate, may_be_name=False)
    elif kind > 50 and name != domain:
        target = dice.pick(_targets(estate, domain))
        if dice.chance(50):
            alias = {"HostedZoneId": "Z1", "DNSName": f"{target}.", "EvaluateTargetHealth": False}
            yield {"Name": written, "Type": "A", "AliasTarget": alias}
        else:
            values = [{"Value": target}]
            yield {"Name": written, "Type": "CNAME", "TTL": 60, "ResourceRecords": values}
    else:
        leads = not dice.chance(15)
        if leads:
            yield {"Name": written} | _value(dice, estate, may_be_name=True)
        if not leads or dice.chance(20):
            yield {"Name": written, "Type": "TXT", "ResourceRecords": [{"Value": '"words"'}]}


def _value(dice: Dice, estate: Estate, *, may_be_name: bool) -> Record:
    four = [a for one in estate["NetworkInterfaces"] for a in held(one)] or ["10.77.0.9"]
    six = [a for one in estate["NetworkInterfaces"] for a in sixes(one)]
    if six and may_be_name and dice.chance(15):
        return {"Type": "AAAA", "TTL": 60, "ResourceRecords": [{"Value": dice.pick(six)}]}
    values = dice.some([*four[:12], "8.8.8.8"], 1, 2)
    return {"Type": "A", "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}


def _targets(estate: Estate, domain: str) -> list[str]:
    """Return names that others may stand for."""
    return [*(f"{label}.{domain}" for label in LABELS[:3]), *given(estate), *BEYOND]


def _rules(dice: Dice, estate: Estate) -> None:
    for number, domain in enumerate(dice.some(RULES, 0, 2 if dice.chance(50) else 0)):
        rule = f"rslvr-rr-0{number}"
        estate["ResolverRules"].append(
            {
                "Id": rule,
                "DomainName": f"{domain}.",
                "RuleType": "SYSTEM" if dice.chance(25) else "FORWARD",
                "TargetIps": [{"Ip": "10.99.0.2", "Port": 53}],
            }
        )
        for vpc in dice.some(estate["Vpcs"], 0, len(estate["Vpcs"])):
            estate["ResolverRuleAssociations"].append(
                {
                    "Id": f"rslvr-rrassoc-{number}-{vpc['VpcId']}",
                    "ResolverRuleId": rule,
                    "VPCId": vpc["VpcId"],
                    "Status": "COMPLETE",
                }
            )


# -- what to ask


def given(estate: Estate) -> list[str]:
    """Return names that AWS has given."""
    names = [one["DNSName"] for one in estate["LoadBalancers"] if "DNSName" in one]
    names += [f"dualstack.{name}" for name in names[:1]]
    names += [one["Endpoint"]["Address"] for one in estate["DBInstances"]]
    names += [name for one in services(estate) for name in one.names]
    for one in estate["VpcEndpoints"]:
        names += [entry["DnsName"].replace("*", "x") for entry in one.get("DnsEntries", ())]
    for one in estate["NetworkInterfaces"]:
        for private in one["PrivateIpAddresses"]:
            dashed = private["PrivateIpAddress"].replace(".", "-")
            names.append(f"ip-{dashed}.{REGION}.compute.internal")
            public = private.get("Association", {}).get("PublicIp", "").replace(".", "-")
            if public:
                names.append(f"ec2-{public}.{REGION}.compute.amazonaws.com")
    return [*names, *AWS_HOSTS]


def draw_asked(dice: Dice, estate: Estate, count: int) -> list[Asked]:
    """Draw which names are asked where."""
    vpcs = [vpc["VpcId"] for vpc in estate["Vpcs"]]
    written = [
        record["Name"].rstrip(".").replace("\\052", dice.pick(("w", "v.w")))
        for told in estate["ZoneRecords"]
        for record in told["ResourceRecordSets"]
    ]
    beside = [f"none.{zone['Name'].rstrip('.')}" for zone in estate["HostedZones"]]
    below = [f"below.{one}" for one in written] + [one.partition(".")[2] for one in written]
    names = given(estate)
    return [
        (
            "" if dice.chance(12) else dice.pick(vpcs),
            dice.pick(
                dice.pick(
                    (
                        written or names,
                        below or names,
                        written or names,
                        names,
                        beside or names,
                        (*BEYOND, *AWS_HOSTS),
                    )
                )
            ),
        )
        for _ in range(count)
    ]
