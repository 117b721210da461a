"""Codes of netreach's own for ways to sites and to VPN clients, where AWS has none."""

from __future__ import annotations

from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary.entry import Entry, Group

ENTRIES: Final = (
    Entry(
        code=Code.VPN_TRAFFIC_SELECTORS,
        group=Group.OWN_BLOCKER,
        element="VPN connection or Direct Connect",
        title="The way to the site is not for such packets",
        meaning=(
            "A packet was routed to a VPN connection whose tunnels carry the other IP version, or "
            "only packets between other networks; or to a Direct Connect whose virtual interfaces "
            "have no BGP peer of the packet's IP version."
        ),
        why=(
            "The tunnels of one connection carry either IPv4 or IPv6, and its local and remote "
            "network CIDRs say whose packets: local is the customer's side, remote AWS's. The "
            "rest is dropped, whatever the routes say. AWS's analyser has no code for it, so it "
            "is netreach's own."
        ),
        fix=(
            "Widen the connection's CIDRs, or make a second connection for the other IP version; "
            "give the virtual interface a BGP peer of that version."
        ),
        commands=(
            (
                "aws ec2 modify-vpn-connection-options --vpn-connection-id vpn-ID "
                "--local-ipv4-network-cidr 0.0.0.0/0 --remote-ipv4-network-cidr 0.0.0.0/0"
            ),
        ),
        example="vpn-0c3 carries no packets from 10.1.0.10 to 192.168.5.7.",
        related=(
            Code.NO_ROUTE_TO_DESTINATION,
            Code.TGW_BAD_STATE_VPN,
        ),
        situations=(
            "the tunnels of a VPN connection carry the other IP version",
            "no virtual interface of a Direct Connect gateway has a BGP peer of the IP version",
            "an address lies outside the CIDRs of a VPN connection, on AWS's side or the site's",
        ),
        facts=("HY-1",),
    ),
    Entry(
        code=Code.CLIENT_VPN_NOT_AUTHORIZED,
        group=Group.OWN_BLOCKER,
        element="client VPN endpoint",
        title="No authorization rule lets VPN clients go there",
        meaning=(
            "A client of a client VPN endpoint sends to an address that none of the endpoint's "
            "active authorization rules covers."
        ),
        why=(
            "A route alone is not enough: an endpoint drops what no rule allows. AWS's analyser "
            "does not cover client VPN, so the code is netreach's own."
        ),
        fix="Authorize the network, for everybody or for a group of users.",
        commands=(
            (
                "aws ec2 authorize-client-vpn-ingress --client-vpn-endpoint-id cvpn-endpoint-ID "
                "--target-network-cidr 10.0.0.0/16 --authorize-all-groups"
            ),
        ),
        example="no authorization rule of cvpn-endpoint-0a5 lets its clients go to 10.1.0.10.",
        related=(
            Code.NO_ROUTE_TO_DESTINATION,
            Code.UNKNOWN_DESTINATION,
        ),
        situations=("no authorization rule of a client VPN endpoint covers the destination",),
        facts=("BP-3",),
    ),
)
