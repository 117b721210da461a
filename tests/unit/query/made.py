"""Snapshots for the tests of selectors: the estate of the golden pages, or a few records."""

from __future__ import annotations

from pathlib import Path

from netreach.model.relations import Relations
from netreach.model.snapshot import Snapshot
from netreach.sources.yaml_estate import read

ESTATE = Path(__file__).parents[2] / "golden/show/estate.yaml"


def estate_relations() -> Relations:
    return Relations(read(ESTATE.read_text(encoding="utf-8")))


def made(**records: object) -> Relations:
    held = {
        field: {one.id: one for one in ones}  # type: ignore[attr-defined]  # lists of records
        for field, ones in records.items()
    }
    return Relations(Snapshot(**held))  # type: ignore[arg-type]  # fields are names
