"""YAML forms -> VPC Block Public Access [BP-1]."""

from __future__ import annotations

from collections.abc import Iterator

from netreach.model.services import PublicAccessBlock, PublicAccessExclusion
from netreach.sources.yaml_estate.whole import Whole


def public_access(whole: Whole) -> Iterator[PublicAccessBlock | PublicAccessExclusion]:
    """Yield the blocks of accounts and Regions, and what they leave alone.

    Raises:
        PhraseError: a VPC or subnet is not there.
    """
    for block in whole.estate.block_public_access:
        owner = block.account or whole.estate.account or ""
        region = block.region or whole.estate.region or ""
        found = f"block-public-access/{owner}/{region}"
        yield PublicAccessBlock(id=found, owner=owner, region=region, mode=block.mode)
    for key, form in whole.estate.public_access_exclusions.items():
        place = f"public_access_exclusions.{key}"
        vpc = whole.vpc(form.vpc, f"{place}.vpc")
        home, written = whole.form_of(vpc)
        yield PublicAccessExclusion(
            **whole.common(
                "vpc-block-public-access-exclusion", "", key, form, whole.region_of(written)
            ),
            resource=whole.resolve("subnet", form.subnet, f"{place}.subnet", home) or vpc,
            mode=form.mode,
            state=form.state,
        )
