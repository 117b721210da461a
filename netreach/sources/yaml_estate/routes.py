"""YAML forms -> route tables, with the local routes that nobody writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netreach.model.records import Route, RouteOrigin, RouteState, RouteTable, TargetKind
from netreach.packets.prefixes import Prefix
from netreach.sources.yaml_estate.forms import RouteForm, RouteTableForm
from netreach.sources.yaml_estate.phrases import (
    PhraseError,
    Reference,
    Target,
    parse_destination,
    place_of,
)
from netreach.sources.yaml_estate.scope import Scope

_ORIGINS: Final = {
    "static": RouteOrigin.CREATE_ROUTE,
    "propagated": RouteOrigin.PROPAGATED,
    "advertised": RouteOrigin.ADVERTISEMENT,
    "table": RouteOrigin.CREATE_ROUTE_TABLE,
}
#: Targets whose records the model has, so that a reference must mean one.
MODELLED_TARGETS: Final = frozenset(
    {
        TargetKind.INTERNET_GATEWAY,
        TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
        TargetKind.NAT_GATEWAY,
        TargetKind.NETWORK_INTERFACE,
        TargetKind.INSTANCE,
    }
)


def route_tables(scope: Scope) -> Iterator[RouteTable]:
    """Yield the tables of a VPC; if none is the main one, also the main one that AWS makes.

    Raises:
        PhraseError: two tables are the main one, or a route can't be.
    """
    mains = [key for key, form in scope.form.route_tables.items() if form.main]
    if len(mains) > 1:
        place = f"{scope.place}.route_tables.{mains[1]}.main"
        raise PhraseError(f"{mains[0]} is the main table already", "keep one", place)
    subnets = scope.subnets_by_owner("route-table", "route_table")
    for key, form in scope.form.route_tables.items():
        yield _route_table(scope, key, form, subnets)
    if not mains:
        implied = scope.bare(scope.id_of("route-table", "main"))
        yield RouteTable(
            **implied,
            vpc=scope.id,
            routes=tuple(_routes(scope, RouteTableForm(), implied["id"], scope.place)),
            is_main=True,
            subnets=subnets.get(implied["id"], ()),
        )


def _route_table(
    scope: Scope, key: str, form: RouteTableForm, subnets: dict[str, tuple[str, ...]]
) -> RouteTable:
    common = scope.common("route-table", key, form)
    table, place = common["id"], f"{scope.place}.route_tables.{key}"
    return RouteTable(
        **common,
        vpc=scope.id,
        routes=tuple(_routes(scope, form, table, f"{place}.routes")),
        is_main=form.main,
        subnets=subnets.get(table, ()),
        gateways=tuple(
            _target_id(scope, target, f"{place}.gateways.{number}")
            for number, target in enumerate(form.gateways)
        ),
    )


def _local_routes(scope: Scope, written: frozenset[Prefix | None]) -> Iterator[Route]:
    """Yield a local route for each block of the VPC whose route is not written [RT-2]."""
    for prefix in scope.form.prefixes:
        if prefix not in written:
            yield Route(
                destination=prefix,
                target_kind=TargetKind.LOCAL,
                target="local",
                origin=RouteOrigin.CREATE_ROUTE_TABLE,
            )


def _routes(scope: Scope, form: RouteTableForm, table: str, place: str) -> Iterator[Route]:
    written = [
        _route(scope, text, item, f"{place}.{place_of(text)}")
        for text, items in form.routes.items()
        for item in (items if isinstance(items, list) else [items])
    ]
    written += _endpoint_routes(scope, table)
    _check_static(written, place)
    yield from _local_routes(scope, frozenset(route.destination for route in written))
    yield from written


def _endpoint_routes(scope: Scope, table: str) -> Iterator[Route]:
    """Yield the routes that gateway endpoints put into a table [EP-3]."""
    for key, form in scope.form.endpoints.items():
        place = f"{scope.place}.endpoints.{key}"
        tables = {
            scope.resolve("route-table", one, f"{place}.route_tables.{row}")
            for row, one in enumerate(form.route_tables)
        }
        if form.prefix_list is not None and table in tables:
            yield Route(
                prefix_list=scope.prefix_list(form.prefix_list, f"{place}.prefix_list"),
                target_kind=TargetKind.VPC_ENDPOINT,
                target=scope.id_of("vpc-endpoint", key),
            )


def _check_static(routes: list[Route], place: str) -> None:
    """Check that a destination has one static route; AWS takes no second one."""
    found: set[tuple[Prefix | None, str]] = set()
    for route in routes:
        covered = (route.destination, route.prefix_list)
        if route.origin in (RouteOrigin.CREATE_ROUTE, RouteOrigin.CREATE_ROUTE_TABLE):
            if covered in found:
                what = f"there are two static routes to {route.destination or route.prefix_list}"
                raise PhraseError(what, "keep one of them", place)
            found.add(covered)


def _route(scope: Scope, text: str, item: Target | RouteForm, place: str) -> Route:
    try:
        covered = parse_destination(text)
    except PhraseError as error:
        raise PhraseError(error.what, error.mend, place) from None
    form = item if isinstance(item, RouteForm) else RouteForm.model_construct(target=item)
    state, lists = RouteState(form.state), covered.prefix_list
    is_gone = state is RouteState.BLACKHOLE
    return Route(
        destination=covered.prefix,
        prefix_list=scope.prefix_list(lists, place) if lists is not None else "",
        target_kind=form.target.kind,
        target=_target_id(scope, form.target, place, may_be_gone=is_gone),
        state=state,
        origin=_ORIGINS[form.origin],
    )


def _target_id(scope: Scope, target: Target, place: str, *, may_be_gone: bool = False) -> str:
    """Return the id of a route's target; a blackhole may lead to what is gone [RT-9]."""
    kind, reference = target
    if kind is TargetKind.LOCAL:
        return "local"
    if reference is None:
        return _lone_gateway(scope, kind, place)
    if kind not in MODELLED_TARGETS:
        return _beyond(scope, kind, reference, place)
    is_gone = may_be_gone and scope.names.own(kind, scope.key, reference.name) is None
    return reference.name if is_gone else scope.resolve(kind, reference, place)


def _beyond(scope: Scope, kind: TargetKind, reference: Reference, place: str) -> str:
    """Return the id of what need not be written down; endpoints are those of the VPC."""
    home = scope.key if kind is TargetKind.VPC_ENDPOINT else ""
    own = scope.names.own(kind, home, reference.name)
    if own is not None and not reference.is_missing:
        return own
    return (
        scope.names.resolve(kind, "", reference, place) if reference.is_missing else reference.name
    )


def _lone_gateway(scope: Scope, kind: TargetKind, place: str) -> str:
    found = scope.names.own(kind, scope.key, scope.key)
    if found is None:
        lone = kind is TargetKind.INTERNET_GATEWAY
        field = "internet_gateway" if lone else "egress_only_gateway"
        what = f"the VPC {scope.key} has no {kind}"
        raise PhraseError(what, f"add `{field}: true` to it, or write `{kind}:missing:ID`", place)
    return found
