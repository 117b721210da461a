"""Codes of netreach's own for VPC endpoints, where AWS has none."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group

ENTRIES: Final = (
    Entry(
        code=Code.GWLB_TAKES_NO_IPV6,
        group=Group.OWN_BLOCKER,
        element="Gateway Load Balancer",
        title="A Gateway Load Balancer of the IPv4 type takes no IPv6",
        meaning=(
            "A route leads IPv6 packets to a Gateway Load Balancer endpoint, and the endpoint, its "
            "endpoint service or the balancer behind it is of the type ipv4."
        ),
        why=(
            "All three have a type of addresses of their own, and ipv4 is what balancers and "
            "endpoints are made with unless somebody asks for dualstack. IPv6 passes where none of "
            "them is ipv4. Where the snapshot does not say the endpoint's type, it is unknown."
        ),
        fix=(
            "Make the balancer dualstack, then let its endpoint service support IPv6, then make "
            "the endpoint dualstack; their subnets need IPv6 blocks."
        ),
        commands=(
            "aws elbv2 set-ip-address-type --load-balancer-arn ARN --ip-address-type dualstack",
            (
                "aws ec2 modify-vpc-endpoint-service-configuration --service-id vpce-svc-ID "
                "--add-supported-ip-address-types ipv6"
            ),
            ("aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-ID --ip-address-type dualstack"),
        ),
        example=(
            "vpce-0a1 takes no IPv6: it, its endpoint service or the Gateway Load Balancer behind "
            "it is of the IPv4 type."
        ),
        related=(
            Code.EIGW_DROPS_INSPECTED_TRAFFIC,
            Code.PATH_THROUGH_GWLB_NOT_CHECKED,
        ),
        situations=("IPv6 is routed to a Gateway Load Balancer endpoint that takes IPv4 only",),
        facts=("EP-4",),
    ),
    Entry(
        code=Code.VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC,
        group=Group.OWN_BLOCKER,
        element="gateway endpoint",
        title="A gateway endpoint serves only the subnets of its own VPC",
        meaning=(
            "A packet was routed to a gateway endpoint (S3 or DynamoDB), and its source lies in no "
            "subnet of the endpoint's VPC: it came by a transit gateway, a VPN or an appliance."
        ),
        why=(
            "Gateway endpoints can't be extended out of their VPC. What comes from a peer, by a "
            "transit gateway, VPN or Direct Connect is dropped, unless something in the VPC (a "
            "NAT gateway, a proxy) sends it as its own."
        ),
        fix=(
            "Use an interface endpoint, which is reachable from everywhere that routes lead from, "
            "or a gateway endpoint in the sender's own VPC."
        ),
        commands=(
            (
                "aws ec2 create-vpc-endpoint --vpc-id vpc-ID --vpc-endpoint-type Interface "
                "--service-name com.amazonaws.REGION.s3 --subnet-ids subnet-ID"
            ),
        ),
        example="vpce-0d5 serves the subnets of vpc-0a1 only, and 10.2.0.7 comes from elsewhere.",
        related=(
            Code.VPCE_GATEWAY_PROTOCOL_RESTRICTION,
            Code.NGW_REQUIRES_SOURCE_IN_VPC,
        ),
        situations=(
            "what came from outside a VPC is routed to one of the VPC's gateway endpoints",
        ),
        facts=(
            "EP-3",
            "PC-2",
        ),
    ),
    Entry(
        code=Code.VPCE_SERVICE_PORT_RESTRICTION,
        group=Group.OWN_BLOCKER,
        element="interface endpoint",
        title="The endpoint's service does not serve that protocol or port",
        meaning=(
            "The destination is the interface of an interface endpoint, and the service behind it "
            "does not serve what was asked for."
        ),
        why=(
            "An interface endpoint answers on the ports of its service: tcp 443 for most of AWS's "
            "own, tcp 80 and 443 for S3, the listeners' ports for services behind a network load "
            "balancer. All else is dropped silently, ping included."
        ),
        fix="Ask for a port that the service serves, such as tcp 443.",
        commands=("netreach path SNAPSHOT i-CLIENT vpce-ID --port 443",),
        example="vpce-0c8 does not carry tcp 22.",
        related=(
            Code.AWS_SERVICE_PORT_RESTRICTION,
            Code.ELBV2_LISTENERS_MISMATCH,
        ),
        situations=("an interface endpoint is asked for what its service does not serve",),
        facts=(
            "EP-1",
            "EP-5",
            "LAB-5",
        ),
    ),
    Entry(
        code=Code.FIREWALL_ASYMMETRIC_ROUTING,
        group=Group.OWN_BLOCKER,
        element="Network Firewall",
        title="A firewall endpoint sees one direction of a connection only",
        meaning=(
            "The way there and the way back of a connection do not cross the same endpoint of a "
            "Network Firewall, or only one of them reaches its stateful rules."
        ),
        why=(
            "Each endpoint follows connections by itself. What comes back of a TCP connection that "
            "it did not see begin, it drops. Of a connection whose answers it never sees, AWS says "
            "only that this is not supported: such an answer is unknown."
        ),
        fix=(
            "Route both directions by the endpoint of one zone: appliance mode on the transit "
            "gateway's attachment, a route table of the internet gateway, routes of both subnets."
        ),
        commands=(
            (
                "aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id "
                "tgw-attach-ID --options ApplianceModeSupport=enable"
            ),
        ),
        example="vpce-0b2 did not see the connection begin, so its firewall drops what comes back.",
        related=(
            Code.FIREWALL_RULES_RESTRICTION,
            Code.TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED,
        ),
        situations=(
            "the reply crosses an endpoint of a Network Firewall that has not seen the request",
            "the reply goes around an endpoint of a Network Firewall that has seen the request",
        ),
        facts=(
            "NF-5",
            "TG-7",
        ),
    ),
)
