"""AWS's additional details: notes on a path, no blockers."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Effect, Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.ASSUMPTION_PRESERVE_CLIENT_IP_IS_DISABLED,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        modelled=Modelled.LATER,
        element="load balancer",
        title="Client addresses are assumed not to reach the targets",
        meaning=(
            "The target group's attributes are not in the snapshot, so the default for its kind is "
            "assumed: targets see the balancer's address."
        ),
        why=(
            "For TCP and TLS to address targets, preservation is off by default. The verdict holds "
            "only if nobody switched it on."
        ),
        fix="Add the attributes to the snapshot.",
        commands=("aws elbv2 describe-target-group-attributes --target-group-arn TG-ARN",),
        example="target group blue (tcp, ip): client addresses are assumed not to be preserved.",
        related=(
            Code.ASSUMPTION_PRESERVE_CLIENT_IP_IS_ENABLED,
            Code.MISSING_TARGET_GROUP_ATTRIBUTES,
        ),
        situations=("a target group without known attributes has preservation off by default",),
        facts=("LB-4",),
    ),
    Entry(
        code=Code.ASSUMPTION_PRESERVE_CLIENT_IP_IS_ENABLED,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        modelled=Modelled.LATER,
        element="load balancer",
        title="Client addresses are assumed to reach the targets",
        meaning=(
            "The target group's attributes are not in the snapshot, so the default for its kind is "
            "assumed: targets see the client's address."
        ),
        why=(
            "For instance targets preservation is on by default; for UDP it can't be switched off. "
            "The verdict holds only if nobody changed it."
        ),
        fix="Add the attributes to the snapshot.",
        commands=("aws elbv2 describe-target-group-attributes --target-group-arn TG-ARN",),
        example="target group blue (tcp, instance): client addresses are assumed to be preserved.",
        related=(
            Code.ASSUMPTION_PRESERVE_CLIENT_IP_IS_DISABLED,
            Code.ELBV2_SOURCE_ADDRESS_PRESERVATION,
        ),
        situations=("a target group without known attributes has preservation on by default",),
        facts=("LB-4",),
    ),
    Entry(
        code=Code.MISSING_TARGET_GROUP_ATTRIBUTES,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        modelled=Modelled.LATER,
        element="load balancer",
        title="The target group's attributes are missing",
        meaning=(
            "The snapshot holds a target group without its attributes, so settings such as "
            "cross-zone balancing or client address preservation are not known."
        ),
        why="Describing target groups does not list attributes; they need a call for each group.",
        fix="Add the attributes to the snapshot.",
        commands=("aws elbv2 describe-target-group-attributes --target-group-arn TG-ARN",),
        example="target group blue: no attributes in the snapshot.",
        related=(
            Code.ASSUMPTION_PRESERVE_CLIENT_IP_IS_DISABLED,
            Code.ASSUMPTION_PRESERVE_CLIENT_IP_IS_ENABLED,
        ),
        situations=("a path passes a target group whose attributes are not in the snapshot",),
        facts=(
            "LB-4",
            "LB-6",
        ),
    ),
    Entry(
        code=Code.AVAILABILITY_ZONE_CROSSED,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        modelled=Modelled.NEVER,
        title="The path crosses Availability Zones",
        meaning=(
            "Source and destination, or two components between them, are in different zones. "
            "Traffic between zones costs money and a little time."
        ),
        why=(
            "It changes no verdict. netreach names the subnet at each hop, and netreach show gives "
            "the zone of each subnet."
        ),
        fix=(
            "Nothing needs mending. Place both ends in one zone if cost matters more than failure "
            "of a zone."
        ),
        commands=("netreach show SNAPSHOT subnet-ID",),
        example="the path goes from eu-central-1a to eu-central-1b.",
        related=(
            Code.TGW_ROUTE_AZ_RESTRICTION,
            Code.ELB_NOT_CROSSZONE,
        ),
    ),
    Entry(
        code=Code.FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        element="Network Firewall",
        title="An earlier firewall rule group is of a kind that can't be judged",
        meaning=(
            "A rule group that comes before the deciding one, such as a domain list, might have "
            "matched, and addresses and ports alone do not tell."
        ),
        why=(
            "Domain lists look into the TLS or HTTP request, which a question about addresses and "
            "ports does not contain. Where that matters the answer is unknown and names the group."
        ),
        fix="Check that rule group by hand for this connection.",
        commands=("aws network-firewall describe-rule-group --rule-group-arn RULE-GROUP-ARN",),
        example="domain list allow-updates comes before rule group egress and was not judged.",
        related=(
            Code.FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES,
            Code.FIREWALL_RULES_RESTRICTION,
        ),
        situations=("a rule group of a kind that can't be judged precedes the rule that decided",),
        facts=("NF-4",),
    ),
    Entry(
        code=Code.FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        modelled=Modelled.NEVER,
        title="An earlier firewall rule has options that can't be judged",
        meaning=(
            "A rule that comes before the deciding one has options that look into the packet, so "
            "it might have matched."
        ),
        why=(
            "Options such as content, flags or flow depend on more than addresses and ports. "
            "netreach says FIREWALL_UNSUPPORTED_RULE_OPTIONS of every such rule that leaves an "
            "answer open."
        ),
        fix="Check that rule by hand for this connection.",
        commands=("aws network-firewall describe-rule-group --rule-group-arn RULE-GROUP-ARN",),
        example="rule sid 1001 of group egress uses content and was not judged.",
        related=(
            Code.FIREWALL_UNSUPPORTED_RULE_OPTIONS,
            Code.FIREWALL_RULES_RESTRICTION,
        ),
        facts=("NF-2",),
    ),
    Entry(
        code=Code.FIREWALL_UNSUPPORTED_RULE_OPTIONS,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        element="Network Firewall",
        title="A firewall rule can't be judged by addresses and ports alone",
        meaning=(
            "A rule that matches by addresses and ports has further options that look into the "
            "packet, or it would drop the answers to what has passed for want of a rule, of which "
            "AWS does not say whether it does."
        ),
        why=(
            "Options such as content, flags or flow depend on more than addresses and ports. Where "
            "that matters the answer is unknown and names the rule."
        ),
        fix="Check the rule by hand for this connection.",
        commands=("aws network-firewall describe-rule-group --rule-group-arn RULE-GROUP-ARN",),
        example=(
            "rule sid 1002 of group egress drops tcp 443 only with tls.sni, which was not judged."
        ),
        related=(
            Code.FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES,
            Code.FIREWALL_RULES_RESTRICTION,
        ),
        situations=("a firewall rule that would decide has options that can't be judged",),
        facts=(
            "NF-2",
            "NF-4",
        ),
    ),
    Entry(
        code=Code.PATH_THROUGH_GWLB_NOT_CHECKED,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        element="Gateway Load Balancer",
        title="What the appliances behind the endpoint do is not checked",
        meaning=(
            "The path passes a Gateway Load Balancer endpoint, and the snapshot lacks the endpoint "
            "service, the balancer or the targets behind it: the detour to the appliances is not "
            "part of the answer."
        ),
        why=(
            "The appliances are other vendors' software; no AWS call lists their rules. The answer "
            "assumes that they return the packet."
        ),
        fix="Check the appliances' policy for this connection.",
        commands=("aws elbv2 describe-target-health --target-group-arn TG-ARN",),
        example="the path passes vpce-0d5; what the firewall behind it does was not checked.",
        related=(
            Code.FIREWALL_RULES_RESTRICTION,
            Code.GWLB_PROTOCOL_RESTRICTION,
        ),
        situations=(
            "a path passes a Gateway Load Balancer endpoint, and nobody says what is behind it",
        ),
        facts=("EP-4",),
    ),
    Entry(
        code=Code.RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        modelled=Modelled.LATER,
        element="Gateway Load Balancer",
        title="Inspected traffic has no way back to the transit gateway",
        meaning=(
            "A transit gateway sends traffic to an inspection endpoint, and the route table of the "
            "endpoint's subnet has no route back to the transit gateway."
        ),
        why=(
            "The appliance returns the packet to the endpoint, and from there the subnet's table "
            "decides. Without the route the inspected packet is lost."
        ),
        fix="Add the route to the endpoint's subnet.",
        commands=(
            (
                "aws ec2 create-route --route-table-id rtb-ID --destination-cidr-block 0.0.0.0/0 "
                "--transit-gateway-id tgw-ID"
            ),
        ),
        example="rtb-0e4 of vpce-0d5's subnet has no route to tgw-0c1.",
        related=(
            Code.NO_ROUTE_TO_DESTINATION,
            Code.TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED,
        ),
        situations=(
            (
                "traffic from a transit gateway is inspected at an endpoint whose subnet has no "
                "route back to it"
            ),
        ),
        facts=(
            "EP-4",
            "RT-12",
        ),
    ),
    Entry(
        code=Code.TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        element="transit gateway",
        title="Appliance mode is off for a VPC that inspects traffic",
        meaning=(
            "A transit gateway sends traffic through a firewall VPC, and the attachment of that "
            "VPC has appliance mode off."
        ),
        why=(
            "Without it the two directions of a connection may use different zones and so "
            "different firewall endpoints, and the second one drops what it does not know."
        ),
        fix="Switch appliance mode on.",
        commands=(
            (
                "aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id "
                "tgw-attach-ID --options ApplianceModeSupport=enable"
            ),
        ),
        example="tgw-attach-0e2 of the inspection VPC vpc-0f1 has appliance mode off.",
        related=(
            Code.TGW_ATTACH_VPC_AZ_RESTRICTION,
            Code.FIREWALL_RULES_RESTRICTION,
        ),
        situations=(
            (
                "a path over a transit gateway is inspected in a VPC whose attachment has "
                "appliance mode off"
            ),
        ),
        facts=(
            "TG-7",
            "NF-5",
        ),
    ),
    Entry(
        code=Code.UNIDIRECTIONAL_PATH_ANALYSIS_ONLY,
        group=Group.DETAIL,
        effect=Effect.NOTE,
        modelled=Modelled.NEVER,
        title="Only the forward path was analysed",
        meaning="AWS's analyser checked the way there, but not the way back.",
        why=(
            "For some components it can't follow the answers. netreach always computes them: "
            "reachable means that every answer gets back."
        ),
        fix="Ask netreach for the same pair.",
        commands=("netreach path SNAPSHOT SOURCE DESTINATION --port 443",),
        example="the path from i-0b1 to i-0b2 was analysed forward only.",
        related=(
            Code.SUBNET_ACL_RESTRICTION,
            Code.NO_ROUTE_TO_DESTINATION,
        ),
    ),
)
