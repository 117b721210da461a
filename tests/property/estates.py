"""Random estates: valid for AWS, small, full of edges, with a little dirt on purpose.

``random_estate(seed)`` for long runs, ``estates()`` for Hypothesis; see ``dice`` for why both.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.oracle.question import Question
from tests.property.appliances import draw_appliances
from tests.property.balancers import draw_balancers
from tests.property.connections import draw_connections
from tests.property.dice import Dice, drawn, seeded
from tests.property.endpoints import draw_endpoints
from tests.property.filters import draw_acls, draw_groups, draw_prefix_lists, name_groups
from tests.property.firewall_clients import single_out_clients
from tests.property.gateway_balancers import draw_gateway_balancer
from tests.property.hosts import draw_hosts
from tests.property.hybrid import draw_clients, draw_hybrid
from tests.property.inspections import draw_inspections
from tests.property.particulars import draw_particulars
from tests.property.plan import Draft, Estate, draw_ground
from tests.property.platform_services import draw_switches
from tests.property.policies import draw_policies
from tests.property.private_links import draw_private_link
from tests.property.public_access import draw_public_access
from tests.property.questions import draw_questions
from tests.property.regional_nat import draw_regional_nat
from tests.property.rivals import draw_rivals
from tests.property.routes import draw_gateways, draw_nat_gateways, draw_tables
from tests.property.target_health import draw_thresholds

Case = tuple[Estate, list[Question]]


def draw_estate(dice: Dice) -> Estate:
    """Draw one estate."""
    draft = Draft(dice)
    draw_ground(draft)
    draw_prefix_lists(draft)
    draw_connections(draft)
    draw_hybrid(draft)
    draw_policies(draft)
    name_groups(draft)
    for vpc in draft.vpcs:
        draw_gateways(draft, vpc)
        draw_nat_gateways(draft, vpc)
        draw_regional_nat(draft, vpc)
        draw_appliances(draft, vpc)
        draw_groups(draft, vpc)
        draw_acls(draft, vpc)
        draw_tables(draft, vpc)
        draw_endpoints(draft, vpc)
    draw_hosts(draft)
    draw_balancers(draft)
    draw_clients(draft)
    draw_inspections(draft)
    draw_public_access(draft)
    draw_switches(draft)
    _draw_addresses(draft)
    _draw_dirt(draft)
    return draft.estate


def _draw_addresses(draft: Draft) -> None:
    """List every public address, and perhaps one that is associated with nothing."""
    for interface in draft.estate["NetworkInterfaces"]:
        for private in interface["PrivateIpAddresses"]:
            if "Association" in private:
                draft.estate["Addresses"].append(
                    {
                        "PublicIp": private["Association"]["PublicIp"],
                        "AssociationId": f"eipassoc-{private['PrivateIpAddress']}",
                        "NetworkInterfaceId": interface["NetworkInterfaceId"],
                        "PrivateIpAddress": private["PrivateIpAddress"],
                    }
                )
    if draft.dice.chance(30):
        unused = {"PublicIp": draft.new_public(), "AllocationId": "eipalloc-0unused"}
        draft.estate["Addresses"].append(unused)


def _draw_dirt(draft: Draft) -> None:
    """Lose, each seldom: the ACLs of a VPC, a main route table, a group."""
    dice, estate = draft.dice, draft.estate
    if dice.chance(5):
        lost = dice.pick(draft.vpcs).id
        estate["NetworkAcls"] = [acl for acl in estate["NetworkAcls"] if acl["VpcId"] != lost]
    if dice.chance(4):
        lost = dice.pick(estate["RouteTables"])["RouteTableId"]
        tables = [table for table in estate["RouteTables"] if table["RouteTableId"] != lost]
        estate["RouteTables"] = tables
    if dice.chance(4):
        estate["SecurityGroups"].pop(dice.integer(0, len(estate["SecurityGroups"]) - 1))


def draw_case(dice: Dice, count: int = 20, *, rivals: int = 0) -> Case:
    """Draw an estate and questions about it; that many percent of estates have rival ways."""
    estate = draw_estate(dice)
    asked = draw_questions(dice, estate, count)
    asked = draw_private_link(dice, estate, asked)
    single_out_clients(dice, estate)
    asked = draw_gateway_balancer(dice, estate, asked)
    draw_thresholds(dice, estate)
    draw_particulars(dice, estate)
    if rivals:
        draw_rivals(dice, estate, asked, rivals)
    return estate, asked


def random_case(seed: int, count: int = 20, *, rivals: int = 0) -> Case:
    """Return the case of that number, always the same."""
    return draw_case(seeded(seed), count, rivals=rivals)


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    """Draw estates that Hypothesis can shrink."""
    return draw_estate(drawn(draw))


@st.composite
def cases(draw: st.DrawFn, count: int = 20) -> Case:
    """Draw estates with questions, both of which Hypothesis can shrink."""
    return draw_case(drawn(draw), count, rivals=20)
