"""What stands outside of VPCs, or joins several of them: how it is named and found."""

from __future__ import annotations

from dataclasses import dataclass

from netreach.sources.yaml_estate.base_forms import Named
from netreach.sources.yaml_estate.forms import Estate, VpcForm
from netreach.sources.yaml_estate.names import Names, tags_of
from netreach.sources.yaml_estate.phrases import Reference
from netreach.sources.yaml_estate.scope import Common


@dataclass(frozen=True, slots=True)
class Whole:
    """An estate while the records are made that belong to none of its VPCs."""

    estate: Estate
    names: Names

    def common(self, kind: str, scope: str, key: str, form: Named, region: str | None) -> Common:
        """Return the common fields of a resource that has a form and a key of its own."""
        found = self.names.own(kind, scope, key)
        if found is None:
            raise KeyError(key)
        return Common(
            id=found,
            tags=tags_of(form, key),
            owner=form.account or self.estate.account or "",
            region=region or self.estate.region or "",
        )

    def resolve(self, kind: str, reference: Reference | None, place: str, scope: str = "") -> str:
        """Return the id of what a reference means; nothing for no reference.

        Raises:
            PhraseError: it means nothing.
        """
        return "" if reference is None else self.names.resolve(kind, scope, reference, place)

    def vpc(self, reference: Reference, place: str) -> str:
        """Return the id of a VPC.

        Raises:
            PhraseError: there is no such VPC.
        """
        return self.names.resolve("vpc", reference.name, reference, place, anywhere=True)

    def form_of(self, vpc: str) -> tuple[str, VpcForm | None]:
        """Return the key and the form of a VPC; no form if it is left out on purpose."""
        for key, form in self.estate.vpcs.items():
            if self.names.own("vpc", key, key) == vpc:
                return key, form
        return "", None

    def region_of(self, form: VpcForm | None) -> str:
        """Return the region of a VPC; nobody knows that of one that is left out."""
        return (form.region or self.estate.region or "") if form else ""

    def account_of(self, form: VpcForm | None) -> str:
        """Return the owner of a VPC; nobody knows that of one that is left out."""
        return (form.account or self.estate.account or "") if form else ""
