"""Codes of VPC endpoints."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.VPCE_GATEWAY_PROTOCOL_RESTRICTION,
        group=Group.ENDPOINT,
        element="gateway endpoint",
        title="A gateway endpoint takes only TCP and ping",
        meaning=(
            "The packet was routed to a gateway endpoint (S3 or DynamoDB) with a protocol that it "
            "does not carry."
        ),
        why=(
            "Gateway endpoints take TCP and ICMP echo requests, and send TCP and ICMP echo "
            "replies. Everything else is dropped."
        ),
        fix="Use TCP, usually port 443.",
        commands=("aws s3 ls s3://BUCKET --region eu-central-1",),
        example="vpce-0d5 (s3) takes no udp 443.",
        related=(
            Code.PROTOCOL_RESTRICTION,
            Code.VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION,
        ),
        situations=("a packet that is neither TCP nor an ICMP echo reaches a gateway endpoint",),
        facts=(
            "EP-3",
            "LAB-13",
        ),
    ),
    Entry(
        code=Code.VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION,
        group=Group.ENDPOINT,
        modelled=Modelled.NEVER,
        title="A gateway endpoint answers only from its prefix list's addresses",
        meaning=(
            "A packet is meant to come out of a gateway endpoint, but its source is not in the "
            "service's prefix list."
        ),
        why=(
            "The endpoint stands for the service's public addresses in this Region and for nothing "
            "else, so only those appear as sources. netreach refuses every endpoint as a source, "
            "as SOURCE_CANNOT_INITIATE."
        ),
        fix="Ask with an address of the service's prefix list.",
        commands=("aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-ID",),
        example="198.51.100.7 is not in pl-0e1, so it can't come out of vpce-0d5.",
        related=(Code.VPCE_GATEWAY_PROTOCOL_RESTRICTION,),
        facts=("EP-3",),
    ),
    Entry(
        code=Code.VPCE_INTRA_VPC_TRAFFIC,
        group=Group.ENDPOINT,
        modelled=Modelled.NEVER,
        title="An endpoint never opens connections into its own VPC",
        meaning="The asked source is a VPC endpoint, and the destination is in the endpoint's VPC.",
        why=(
            "Endpoints are for clients to call a service. The service answers, but does not start "
            "connections through them. netreach says so of every destination, in this VPC or not, "
            "as SOURCE_CANNOT_INITIATE."
        ),
        fix="Ask the other way round: from the client to the endpoint.",
        commands=("netreach path SNAPSHOT i-CLIENT vpce-ID --port 443",),
        example="vpce-0d5 can't open a connection to i-0b1; i-0b1 can call vpce-0d5.",
        related=(Code.SOURCE_CANNOT_INITIATE,),
        facts=("EP-1",),
    ),
    Entry(
        code=Code.VPCE_SERVICE_NOT_INSTALLED_IN_AZ,
        group=Group.ENDPOINT,
        modelled=Modelled.TODAY,
        element="interface endpoint",
        title="The endpoint's service is not offered in that zone",
        meaning=(
            "The service behind the endpoint has no presence in the Availability Zone that the "
            "packet needs."
        ),
        why=(
            "An endpoint service runs in the zones that its provider enabled, matched by zone id "
            "rather than by name, which differs between accounts."
        ),
        fix=(
            "Place the endpoint in a zone that the service offers, or ask the provider to enable "
            "yours."
        ),
        commands=(
            (
                "aws ec2 describe-vpc-endpoint-services --service-names "
                "com.amazonaws.vpce.eu-central-1.vpce-svc-ID"
            ),
        ),
        example="the service of vpce-0d5 is in euc1-az2 and euc1-az3, not in euc1-az1.",
        related=(
            Code.ELBV2_NO_TARGETS_IN_AZ,
            Code.TGW_ROUTE_AZ_RESTRICTION,
        ),
        situations=("an endpoint has no service presence in the zone that the packet needs",),
        facts=(
            "EP-1",
            "EP-5",
        ),
    ),
)
