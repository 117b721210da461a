"""Codes of the targets behind load balancers."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group, Modelled

ENTRIES: Final = (
    Entry(
        code=Code.TARGET_ADDRESS_RESTRICTION,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.TODAY,
        element="load balancer",
        title="A load balancer sends only to its targets' addresses",
        meaning=(
            "The destination is asked behind a load balancer at an address that is no registered "
            "target of it."
        ),
        why=(
            "The balancer opens connections to registered targets, at the registered address, and "
            "to nothing else."
        ),
        fix="Register the address, or ask for one that is registered.",
        commands=(
            "aws elbv2 register-targets --target-group-arn TG-ARN --targets Id=10.0.2.20,Port=8080",
        ),
        example="web sends to 10.0.2.20 and 10.0.2.21, not to 10.0.2.22.",
        related=(
            Code.TARGET_PORT_RESTRICTION,
            Code.ELBV2_LISTENER_HAS_NO_TG,
        ),
        situations=(
            "a destination behind a balancer is asked at an address that is not registered",
        ),
        facts=("LB-7",),
    ),
    Entry(
        code=Code.TARGET_PORT_RESTRICTION,
        group=Group.LOAD_BALANCER,
        modelled=Modelled.LATER,
        element="load balancer",
        title="A load balancer sends only to the registered port",
        meaning=(
            "The target is registered, but with another port than the one asked behind the "
            "balancer."
        ),
        why=(
            "The target's port is fixed when it is registered. It often differs from the "
            "listener's port."
        ),
        fix="Ask for the registered port, or register the target with the port that it serves.",
        commands=(
            "aws elbv2 register-targets --target-group-arn TG-ARN --targets Id=i-ID,Port=8443",
        ),
        example="i-0b1 is registered in group blue with tcp 8080; tcp 8443 was asked.",
        related=(
            Code.TARGET_ADDRESS_RESTRICTION,
            Code.ELB_LISTENER_PORT_RESTRICTION,
        ),
        situations=(
            "a target is asked behind a balancer on a port with which it is not registered",
        ),
        facts=("LB-1",),
    ),
)
