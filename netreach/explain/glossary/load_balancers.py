"""Codes of load balancers."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.ELBV2_LISTENERS_MISMATCH,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.TODAY,
        element="load balancer",
        title="No listener of the load balancer takes this traffic",
        meaning=(
            "The packet reached an application, network or gateway load balancer, and none of its "
            "listeners has this protocol and port."
        ),
        why=(
            "A load balancer answers only on its listeners' ports. A network load balancer is "
            "silent on all others: no ping, no reset, so a client sees a timeout."
        ),
        fix="Add a listener, or ask for a port that has one.",
        commands=(
            (
                "aws elbv2 create-listener --load-balancer-arn LB-ARN --protocol TCP --port 443 "
                "--default-actions Type=forward,TargetGroupArn=TG-ARN"
            ),
        ),
        example="network load balancer web listens on tcp 80; tcp 443 was asked.",
        related=(
            Code.ELBV2_LISTENER_PORT_RESTRICTION,
            Code.ELB_LISTENERS_MISMATCH,
            Code.NGW_NO_SESSION,
        ),
        situations=(
            (
                "no listener of an application, network or gateway load balancer matches protocol "
                "and port"
            ),
        ),
        facts=(
            "LB-9",
            "LAB-5",
        ),
    ),
    Entry(
        code=Code.ELBV2_LISTENER_PORT_RESTRICTION,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.NEVER,
        title="A listener takes only its own port",
        meaning=(
            "AWS's analyser considers one listener and finds that the packet's destination port is "
            "another."
        ),
        why=(
            "netreach looks at all listeners at once. When none fits it says "
            "ELBV2_LISTENERS_MISMATCH and names the nearest."
        ),
        fix="Ask for the listener's port, or add a listener.",
        commands=("aws elbv2 describe-listeners --load-balancer-arn LB-ARN",),
        example="the listener of web takes tcp 80, not tcp 443.",
        related=(Code.ELBV2_LISTENERS_MISMATCH,),
        facts=("LB-1",),
    ),
    Entry(
        code=Code.ELBV2_LISTENER_HAS_NO_TG,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.TODAY,
        element="load balancer",
        title="The listener's target groups hold no targets",
        meaning=(
            "The listener that takes the traffic forwards to target groups with nothing registered "
            "in them, or with nothing healthy."
        ),
        why=(
            "A balancer without targets has nowhere to send. If every registered target is "
            "unhealthy, network and application load balancers usually try them all (they fail "
            "open), so an empty group is the more common reason."
        ),
        fix="Register targets, or mend the health check.",
        commands=(
            "aws elbv2 register-targets --target-group-arn TG-ARN --targets Id=i-ID,Port=8080",
            "aws elbv2 describe-target-health --target-group-arn TG-ARN",
        ),
        example="listener tcp 443 of web forwards to target group blue, which has no targets.",
        related=(
            Code.ELBV2_LISTENER_REQUIRES_TG_ACCEPT,
            Code.ELBV2_NO_TARGETS_IN_AZ,
        ),
        situations=(
            "the matching listener's target groups have no registered or no usable target",
        ),
        facts=(
            "LB-6",
            "LAB-6",
        ),
    ),
    Entry(
        code=Code.ELBV2_LISTENER_REQUIRES_TG_ACCEPT,
        group=Group.LOAD_BALANCER,
        element="Gateway Load Balancer",
        title="No target group of the listener takes the traffic",
        meaning=(
            "The listener has target groups with targets, but none of the targets can take what "
            "the balancer would send."
        ),
        why=(
            "The balancer's leg to the target is a connection of its own: with the target's port, "
            "and with the balancer's address as the source unless client addresses are preserved. "
            "It must pass the target's groups and ACLs like any other. netreach gives the code for "
            "appliances behind a Gateway Load Balancer, which get GENEVE, udp 6081, and send it to "
            "the same port; of other balancers it names what is in the way itself."
        ),
        fix=(
            "Look at the blockers named for the targets; usually the target's security group does "
            "not allow the balancer."
        ),
        commands=(
            (
                "aws ec2 authorize-security-group-ingress --group-id sg-TARGET --protocol udp "
                "--port 6081 --cidr 10.0.6.0/24"
            ),
        ),
        example=(
            "every appliance of group walls is blocked: sg-0b2 lets in tcp 22 only, and the "
            "balancer sends udp 6081."
        ),
        related=(
            Code.ELBV2_LISTENER_HAS_NO_TG,
            Code.TARGET_PORT_RESTRICTION,
            Code.ELBV2_SOURCE_ADDRESS_PRESERVATION,
        ),
        situations=(
            (
                "targets behind a Gateway Load Balancer can't be sent GENEVE or can't send it "
                "back: all of them, or those that some flows are spread to"
            ),
        ),
        facts=(
            "EP-4",
            "LB-1",
            "LB-4",
            "LB-5",
        ),
    ),
    Entry(
        code=Code.ELBV2_NO_TARGETS_IN_AZ,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.TODAY,
        element="load balancer",
        title="The load balancer has no targets in that zone",
        meaning=(
            "The balancer's node in this Availability Zone has no target that it may use: none is "
            "registered in its zone, and it may not cross to others."
        ),
        why=(
            "Cross-zone balancing is off by default for network and gateway load balancers and on "
            "for application load balancers; the target group's own setting wins. A target in a "
            "zone that the balancer does not enable is never used."
        ),
        fix="Register a target in that zone, or switch cross-zone balancing on.",
        commands=(
            (
                "aws elbv2 modify-load-balancer-attributes --load-balancer-arn LB-ARN --attributes "
                "Key=load_balancing.cross_zone.enabled,Value=true"
            ),
            "aws elbv2 register-targets --target-group-arn TG-ARN --targets Id=i-ID",
        ),
        example="web has a node in eu-central-1c, but all targets are in 1a and cross-zone is off.",
        related=(
            Code.ELB_INSTALLED_AZ_RESTRICTION,
            Code.ELB_NOT_CROSSZONE,
        ),
        situations=("zone rules leave a node of the balancer without any target that it may use",),
        facts=(
            "LB-6",
            "LAB-6",
        ),
    ),
    Entry(
        code=Code.ELBV2_SOURCE_ADDRESS_PRESERVATION,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.TODAY,
        element="load balancer",
        title="The network load balancer keeps the client's address",
        meaning=(
            "With client address preservation on, the target gets the packet as from the client. "
            "Here it can't answer such a packet: the client is the target itself, or the target is "
            "another balancer or an endpoint."
        ),
        why=(
            "A host drops what arrives from its own address, and services that keep connections of "
            "their own drop what comes from elsewhere. Preservation is on by default for instance "
            "targets, off for TCP and TLS to address targets, and always on for UDP."
        ),
        fix=(
            "Switch preservation off for that target group, or let the host ask itself without the "
            "balancer."
        ),
        commands=(
            (
                "aws elbv2 modify-target-group-attributes --target-group-arn TG-ARN --attributes "
                "Key=preserve_client_ip.enabled,Value=false"
            ),
        ),
        example="i-0b1 is a target of web, and asks web itself: web sends it its own address back.",
        related=(
            Code.ENI_SG_RULES_MISMATCH,
            Code.ASSUMPTION_PRESERVE_CLIENT_IP_IS_ENABLED,
        ),
        situations=(
            "a host asks itself through a network load balancer that keeps the client's address",
            "a network load balancer that keeps the client's address has a balancer as its target",
        ),
        facts=(
            "LB-4",
            "LB-5",
            "LAB-12",
        ),
    ),
    Entry(
        code=Code.ELB_LISTENERS_MISMATCH,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.TODAY,
        element="load balancer",
        title="No listener of the classic load balancer takes this traffic",
        meaning=(
            "The packet reached a classic load balancer, and none of its listeners has this port."
        ),
        why="A classic load balancer answers only on its listeners' ports.",
        fix="Add a listener, or ask for a port that has one.",
        commands=(
            (
                "aws elb create-load-balancer-listeners --load-balancer-name NAME --listeners "
                "Protocol=TCP,LoadBalancerPort=443,InstancePort=443"
            ),
        ),
        example="classic load balancer web listens on tcp 80; tcp 443 was asked.",
        related=(
            Code.ELB_LISTENER_PORT_RESTRICTION,
            Code.ELBV2_LISTENERS_MISMATCH,
        ),
        situations=("no listener of a classic load balancer matches protocol and port",),
        facts=("LB-8",),
    ),
    Entry(
        code=Code.ELB_LISTENER_PORT_RESTRICTION,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.LATER,
        element="load balancer",
        title="A classic listener fixes both its port and the instance's port",
        meaning=(
            "The listener takes one port and sends to one instance port; the asked packet needs "
            "another."
        ),
        why=(
            "The instance must allow and listen on the instance port, which is often not the port "
            "that clients use."
        ),
        fix="Ask for the listener's port, or set the instance port that the instances serve.",
        commands=("aws elb describe-load-balancers --load-balancer-names NAME",),
        example="web takes tcp 443 and sends to tcp 8080; i-0b1 was asked on tcp 443 behind it.",
        related=(
            Code.ELB_LISTENERS_MISMATCH,
            Code.TARGET_PORT_RESTRICTION,
        ),
        situations=(
            (
                "an instance behind a classic load balancer is asked on a port that is not the "
                "listener's instance port"
            ),
        ),
        facts=(
            "LB-1",
            "LB-8",
        ),
    ),
    Entry(
        code=Code.ELB_INSTALLED_AZ_RESTRICTION,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.TODAY,
        element="load balancer",
        title="The target's zone is not enabled on the load balancer",
        meaning=(
            "The target is in an Availability Zone that the balancer does not enable, so it gets "
            "nothing."
        ),
        why=(
            "This holds with and without cross-zone balancing. A balancer that fails open, because "
            "all targets are unhealthy, does not use such a target either."
        ),
        fix="Enable a subnet of that zone on the balancer.",
        commands=(
            "aws elbv2 set-subnets --load-balancer-arn LB-ARN --subnets subnet-A subnet-B subnet-C",
            "aws elb attach-load-balancer-to-subnets --load-balancer-name NAME --subnets subnet-ID",
        ),
        example="i-0b1 is in eu-central-1c; web enables 1a and 1b only.",
        related=(
            Code.ELBV2_NO_TARGETS_IN_AZ,
            Code.ELB_NOT_CROSSZONE,
        ),
        situations=("every remaining target is in a zone that the balancer does not enable",),
        facts=(
            "LB-6",
            "LAB-6",
        ),
    ),
    Entry(
        code=Code.ELB_NOT_CROSSZONE,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.TODAY,
        element="load balancer",
        title="Cross-zone balancing is off, and the target is in another zone",
        meaning=(
            "The balancer's node in the client's zone may only use targets in its own zone, and "
            "this target is elsewhere."
        ),
        why=(
            "Classic load balancers made by the API have cross-zone balancing off; those made in "
            "the console have it on."
        ),
        fix="Switch cross-zone balancing on, or place an instance in each zone.",
        commands=(
            (
                "aws elb modify-load-balancer-attributes --load-balancer-name NAME "
                '--load-balancer-attributes "CrossZoneLoadBalancing={Enabled=true}"'
            ),
        ),
        example="the node of web in eu-central-1a can't use i-0b1 in 1b.",
        related=(
            Code.ELBV2_NO_TARGETS_IN_AZ,
            Code.ELB_INSTALLED_AZ_RESTRICTION,
        ),
        situations=(
            (
                "a node of a classic load balancer would have to use a target of another zone, and "
                "cross-zone balancing is off"
            ),
        ),
        facts=("LB-6",),
    ),
)
