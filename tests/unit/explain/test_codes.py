from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from netreach.errors import SelectorError
from netreach.explain import codes
from netreach.explain.codes import NETREACH_CODES, Code
from netreach.explain.glossary import (
    COMMON_SITUATIONS,
    GLOSSARY,
    Effect,
    Group,
    Modelled,
    Origin,
)
from netreach.explain.glossary.lookup import nearest_codes, parse_code
from netreach.present import code_page

ROOT = Path(__file__).parents[3]
OWN_GROUPS = {Group.OWN_BLOCKER, Group.OWN_UNKNOWN}

# Reachability Analyzer's own lists, written down here a second time on purpose.
AWS_NOT_REACHABLE = """
    BAD_STATE BAD_STATE_ATTACHMENT BAD_STATE_ROUTE BAD_STATE_VPN CANNOT_ROUTE ELB_ACL_RESTRICTION
    ELB_INSTALLED_AZ_RESTRICTION ELB_LISTENER_PORT_RESTRICTION ELB_LISTENERS_MISMATCH
    ELB_NOT_CROSSZONE ELBV2_LISTENER_HAS_NO_TG ELBV2_LISTENER_PORT_RESTRICTION
    ELBV2_LISTENER_REQUIRES_TG_ACCEPT ELBV2_LISTENERS_MISMATCH ELBV2_NO_TARGETS_IN_AZ
    ELBV2_SOURCE_ADDRESS_PRESERVATION ENI_ADDRESS_RESTRICTION ENI_SG_RULES_MISMATCH
    ENI_SOURCE_DEST_CHECK_RESTRICTION FIREWALL_RULES_RESTRICTION GATEWAY_REJECTS_SPOOFED_TRAFFIC
    GWLB_DESTINATION_PORT_RESTRICTION GWLB_PROTOCOL_RESTRICTION HIGHER_PRIORITY_ROUTE
    IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS IGW_NAT_REFLECTION
    IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS
    IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS
    INGRESS_RTB_NO_PUBLIC_IP INGRESS_RTB_TRAFFIC_REDIRECTION MORE_SPECIFIC_ROUTE
    NGW_DEST_ADDRESS_PRESERVATION NGW_REQUIRES_SOURCE_IN_VPC NGW_SOURCE_ADDRESS_REASSIGN
    NO_POSSIBLE_DESTINATION NO_ROUTE_TO_DESTINATION PCX_REQUIRES_ADDRESS_IN_VPC_CIDR
    PROTOCOL_RESTRICTION REGIONAL_NGW_ROUTE_AZ_RESTRICTION REMAP_EPHEMERAL_PORT SG_HAS_NO_RULES
    SG_REFERENCES_NOT_PRESERVED SG_REFERENCING_SUPPORT SUBNET_ACL_RESTRICTION
    TARGET_ADDRESS_RESTRICTION TARGET_PORT_RESTRICTION TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION
    TGW_ATTACH_VPC_AZ_RESTRICTION TGW_BAD_STATE_VPN TGW_ROUTE_AZ_RESTRICTION
    TGW_RTB_BAD_STATE_ROUTE TGW_RTB_CANNOT_ROUTE TGW_RTB_HIGHER_PRIORITY_ROUTE
    TGW_RTB_MORE_SPECIFIC_ROUTE TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT TGW_RTB_ROUTES_ARE_UNKNOWN
    UNKNOWN_DESTINATION UNKNOWN_PEERED_SGS UNKNOWN_RESOURCE VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS
    VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS VPC_BLOCK_PUBLIC_ACCESS_ENABLED
    VPC_LOCAL_ROUTE_CIDR_RESTRICTION VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION
    VPCE_GATEWAY_PROTOCOL_RESTRICTION VPCE_INTRA_VPC_TRAFFIC VPCE_SERVICE_NOT_INSTALLED_IN_AZ
"""
AWS_CONFIGURATION = """
    DISCONNECTED_VPCS NO_PATH NO_SOURCE_OR_DESTINATION UNASSOCIATED_COMPONENT
    UNSUPPORTED_COMPONENT
"""
AWS_FILTERS = """
    COMPONENT_FILTER_RESTRICTION COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT
    FILTER_AT_DESTINATION_DESTINATION_ADDRESS FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE
    FILTER_AT_DESTINATION_PROTOCOL FILTER_AT_DESTINATION_SOURCE_ADDRESS
    FILTER_AT_DESTINATION_SOURCE_PORT_RANGE FILTER_AT_SOURCE_DESTINATION_ADDRESS
    FILTER_AT_SOURCE_DESTINATION_PORT_RANGE FILTER_AT_SOURCE_PROTOCOL
    FILTER_AT_SOURCE_SOURCE_ADDRESS FILTER_AT_SOURCE_SOURCE_PORT_RANGE IGW_EXPECTS_PUBLIC_ADDRESS
"""
AWS_DETAILS = """
    ASSUMPTION_PRESERVE_CLIENT_IP_IS_DISABLED ASSUMPTION_PRESERVE_CLIENT_IP_IS_ENABLED
    AVAILABILITY_ZONE_CROSSED FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE
    FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES FIREWALL_UNSUPPORTED_RULE_OPTIONS
    MISSING_TARGET_GROUP_ATTRIBUTES PATH_THROUGH_GWLB_NOT_CHECKED
    RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED
    UNIDIRECTIONAL_PATH_ANALYSIS_ONLY
"""

each_code = pytest.mark.parametrize("code", Code)


@pytest.mark.parametrize(
    ("names", "count"),
    [
        pytest.param(AWS_NOT_REACHABLE, 71, id="not-reachable"),
        pytest.param(AWS_CONFIGURATION, 5, id="configuration"),
        pytest.param(AWS_FILTERS, 13, id="search-filters"),
        pytest.param(AWS_DETAILS, 11, id="additional-details"),
    ],
)
def test_every_code_of_aws_is_there_as_aws_spells_it(names: str, count: int) -> None:
    assert len(names.split()) == count
    assert [name for name in names.split() if name not in list(Code)] == []


def test_whatever_aws_does_not_know_is_marked_as_our_own() -> None:
    of_aws = f"{AWS_NOT_REACHABLE} {AWS_CONFIGURATION} {AWS_FILTERS} {AWS_DETAILS}".split()
    assert set(Code) - set(of_aws) == NETREACH_CODES
    assert {e.code for e in GLOSSARY.values() if e.origin is Origin.NETREACH} == NETREACH_CODES


@each_code
def test_a_code_prints_as_its_name(code: Code) -> None:
    assert f"{code}" == code.value == code.name
    assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", code)


def test_the_list_of_codes_imports_next_to_nothing() -> None:
    tree = ast.parse(Path(codes.__file__).read_text(encoding="utf-8"))
    imports = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imports == {"__future__", "enum", "typing"}
    assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))


def test_the_glossary_stays_shut_until_somebody_asks_for_a_code() -> None:
    script = "import sys, netreach.cli.explain; print('netreach.explain.glossary' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"


@each_code
def test_every_code_has_words_under_its_own_name(code: Code) -> None:
    assert GLOSSARY[code].code is code


def test_a_title_is_one_short_line_without_a_full_stop() -> None:
    titles = [entry.title for entry in GLOSSARY.values()]
    assert [t for t in titles if len(t) > 70 or t[-1] in ".!?" or not t[0].isupper()] == []


def test_no_two_codes_share_a_title() -> None:
    assert [t for t, n in Counter(e.title for e in GLOSSARY.values()).items() if n > 1] == []


@pytest.mark.parametrize("field", ["meaning", "why", "fix", "example"])
def test_prose_is_plain_ascii_sentences_with_single_spaces(field: str) -> None:
    texts = [getattr(entry, field) for entry in GLOSSARY.values()]
    assert [text for text in texts if not text.isascii()] == []
    assert [text for text in texts if text != " ".join(text.split())] == []
    assert [text for text in texts if text[-1] not in ".?"] == []


def test_an_example_is_one_line_of_a_message() -> None:
    assert [e.code for e in GLOSSARY.values() if not 20 <= len(e.example) <= 110] == []


def test_a_code_refers_to_others_once_and_never_to_itself() -> None:
    assert [e.code for e in GLOSSARY.values() if not e.related or e.code in e.related] == []
    assert [e.code for e in GLOSSARY.values() if len(set(e.related)) < len(e.related)] == []


def test_only_codes_that_netreach_gives_have_situations_and_an_element() -> None:
    given = {e.code for e in GLOSSARY.values() if e.modelled is not Modelled.NEVER}
    assert {e.code for e in GLOSSARY.values() if e.situations} == given
    assert {e.code for e in GLOSSARY.values() if e.element} == given


def test_no_situation_has_two_codes() -> None:
    situations = Counter(s for entry in GLOSSARY.values() for s in entry.situations)
    assert [situation for situation, count in situations.items() if count > 1] == []


def test_our_own_codes_stand_in_groups_of_their_own() -> None:
    assert {e.code for e in GLOSSARY.values() if e.group in OWN_GROUPS} == NETREACH_CODES


@pytest.mark.parametrize(
    ("group", "effect"),
    [
        pytest.param(Group.OWN_BLOCKER, Effect.BLOCKS, id="blockers"),
        pytest.param(Group.OWN_UNKNOWN, Effect.UNDECIDED, id="unknowns"),
        pytest.param(Group.DETAIL, Effect.NOTE, id="details"),
    ],
)
def test_a_group_holds_codes_of_one_effect(group: Group, effect: Effect) -> None:
    assert {e.effect for e in GLOSSARY.values() if e.group is group} == {effect}


def test_only_additional_details_leave_the_verdict_alone() -> None:
    notes = [e for e in GLOSSARY.values() if e.effect is Effect.NOTE]
    assert {e.group for e in notes} == {Group.DETAIL}


def test_facts_are_cited_by_number_in_the_docs_alone() -> None:
    facts = {fact for entry in GLOSSARY.values() for fact in entry.facts}
    assert [fact for fact in facts if not re.fullmatch(r"[A-Z]{2,3}-\d+", fact)] == []
    pages = "\n".join(map(code_page.render_text, GLOSSARY.values()))
    assert [fact for fact in facts if re.search(rf"\b{fact}\b", pages)] == []
    assert "[SG-1, SG-2, SG-3]" in code_page.render_markdown()


def test_the_common_situations_have_codes_that_netreach_gives() -> None:
    never = [s for s in COMMON_SITUATIONS for c in s.codes if GLOSSARY[c].modelled == "never"]
    assert never == []


@each_code
def test_the_page_of_every_code_reads_as_agreed(
    code: Code, golden: Callable[[str, str], None]
) -> None:
    golden(f"codes/{code}.txt", code_page.render_text(GLOSSARY[code]))


def test_no_golden_page_outlives_its_code() -> None:
    pages = {path.stem for path in (ROOT / "tests/golden/codes").glob("*.txt")}
    assert pages == set(Code)


def test_a_page_fits_80_columns() -> None:
    lines = "\n".join(map(code_page.render_text, GLOSSARY.values())).splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_a_command_can_be_copied_whole_from_its_page() -> None:
    for entry in GLOSSARY.values():
        page = code_page.render_text(entry).replace(" \\\n            ", " ")
        copied = [line.strip() for line in page.splitlines() if line.startswith(" " * 8)]
        assert [command for command in entry.commands if command not in copied] == []
        assert all(shlex.split(c)[0] in {"aws", "netreach", "curl"} for c in entry.commands)


def test_the_page_of_the_documentation_is_up_to_date() -> None:
    written = (ROOT / "docs/codes.md").read_text(encoding="utf-8")
    assert written == code_page.render_markdown(), (
        "run: python -m netreach.present.code_page > docs/codes.md"
    )


def test_every_link_of_the_documentation_leads_to_a_code() -> None:
    page = code_page.render_markdown()
    headings = {f"#{name.lower()}" for name in re.findall(r"^### (\w+)$", page, re.MULTILINE)}
    links = set(re.findall(r"\]\((#\w+)\)", page))
    assert headings == {f"#{code.lower()}" for code in Code}
    assert links - headings == set()
    assert len(links) > len(Code) / 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("SUBNET_ACL_RESTRICTION", id="as-aws-writes-it"),
        pytest.param("subnet_acl_restriction", id="lower-case"),
        pytest.param("Subnet-Acl-Restriction", id="hyphens"),
        pytest.param(" subnet acl restriction ", id="words"),
    ],
)
def test_a_code_is_found_however_it_is_written(text: str) -> None:
    assert parse_code(text) is Code.SUBNET_ACL_RESTRICTION


def test_a_name_that_aws_gave_up_still_leads_to_its_successor() -> None:
    assert parse_code("IGW_REJECTS_SPOOFED_TRAFFIC") is Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        pytest.param("SUBNET_ACL_RESTRICTON", Code.SUBNET_ACL_RESTRICTION, id="a-letter-missing"),
        pytest.param("no-route-to-destinations", Code.NO_ROUTE_TO_DESTINATION, id="a-letter-more"),
        pytest.param("spoofed", Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC, id="a-part-of-the-name"),
    ],
)
def test_a_wrong_code_names_the_nearest(text: str, nearest: Code) -> None:
    assert nearest_codes(text)[0] is nearest
    with pytest.raises(
        SelectorError, match=rf"^no code is called '{text}': did you mean .*{nearest}"
    ):
        parse_code(text)


@pytest.mark.parametrize("text", ["", "  ", "-", "zzzzzz", "\u0130"])
def test_a_code_like_nothing_known_points_to_the_list(text: str) -> None:
    with pytest.raises(SelectorError, match=r"`netreach explain` lists all codes$"):
        parse_code(text)


def test_at_most_three_codes_are_offered() -> None:
    assert len(nearest_codes("TGW")) == 3


def test_a_hostile_code_can_neither_colour_nor_flood_the_terminal() -> None:
    with pytest.raises(SelectorError) as error:
        parse_code("\x1b[31m\n\u202e\u00e9" + "x" * 10_000)
    assert str(error.value).isprintable()
    assert str(error.value).isascii()
    assert len(str(error.value)) < 200
