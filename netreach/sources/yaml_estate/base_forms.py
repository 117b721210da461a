"""What every form of our YAML shares: it is closed, and what has a key of its own has a name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from netreach.sources.yaml_estate.phrases import PhraseError, shown
from netreach.sources.yaml_estate.values import Account, Id


class Form(BaseModel):
    """What every form shares: it is closed, strict and never changes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _name_the_nearest_key(cls, data: object) -> object:
        for key in data if isinstance(data, dict) else ():
            if key not in cls.model_fields:
                near = get_close_matches(str(key), cls.model_fields, n=1, cutoff=0.5)
                known = near or sorted(cls.model_fields)
                raise PhraseError(
                    f"there is no key {shown(key)} here",
                    f"{'did you mean' if near else 'the keys are'} {', '.join(known)}",
                )
        return data


class Named(Form):
    """A form that stands under a key of its own, which is its name."""

    id: Id | None = Field(None, description="Its id; else one made of its key.")
    name: str | None = Field(None, description="Its `Name` tag; else its key; empty for none.")
    tags: dict[str, str] = {}
    account: Account | None = Field(None, description="Its owner; else the VPC's.")

    @model_validator(mode="after")
    def _is_named_once(self) -> Self:
        if "Name" in self.tags:
            raise PhraseError("`Name` stands among the tags", "write it as `name:`")
        return self
