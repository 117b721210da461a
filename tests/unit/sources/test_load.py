"""What a source is shows in its content: describe output, our own YAML, or neither."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from netreach.errors import InputError
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import estate, written

SKETCH = b"netreach: 1\nvpcs:\n  shop:\n    cidr: 10.0.0.0/16\n"
AS_JSON = b'{"netreach": 1, "vpcs": {"shop": {"cidr": "10.0.0.0/16"}}}'
FLOW = b"{netreach: 1, vpcs: {shop: {cidr: 10.0.0.0/16}}}"


@pytest.mark.parametrize("name", ["estate.yaml", "estate.yml", "estate.txt", "dump.json"])
@pytest.mark.parametrize("text", [SKETCH, AS_JSON, FLOW], ids=["block", "json", "flow"])
def test_our_yaml_is_told_by_its_first_key(text: bytes, name: str, tmp_path: Path) -> None:
    assert open_snapshot(written(tmp_path / name, text)).format == "yaml"


def test_our_yaml_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(SKETCH)))
    assert open_snapshot("-").format == "yaml"


def test_a_folder_may_hold_one_estate_in_our_yaml(tmp_path: Path) -> None:
    written(tmp_path / "estate.yaml", SKETCH)
    written(tmp_path / "README.md", b"# Shop")
    written(tmp_path / "docker-compose.yml", b"services: {}\n")
    written(tmp_path / "answers.json", {"web": "reachable"})
    assert open_snapshot(tmp_path).format == "yaml"


def test_a_folder_with_several_estates_is_ambiguous(tmp_path: Path) -> None:
    written(tmp_path / "a.yaml", SKETCH)
    written(tmp_path / "b.yaml", SKETCH)
    with pytest.raises(InputError) as caught:
        open_snapshot(tmp_path)
    assert caught.value.what == "it holds several estates: a.yaml and b.yaml"


def test_describe_output_comes_before_a_sketch(tmp_path: Path) -> None:
    written(tmp_path / "a.yaml", SKETCH)
    written(tmp_path / "dump.txt", estate())
    assert open_snapshot(tmp_path).format == "describe"


def test_errors_of_our_yaml_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_snapshot(written(tmp_path / "estate.yaml", b"netreach: 1\nvpcs: 5\n"))
    assert caught.value.file == "estate.yaml"


def test_other_yaml_is_nothing_that_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither JSON nor an estate"):
        open_snapshot(written(tmp_path / "x.yaml", b"services: {}\n"))


def test_describe_output_is_read_without_the_libraries_of_other_formats(tmp_path: Path) -> None:
    path = written(tmp_path / "dump.json", estate())
    code = (
        "import sys; from netreach.sources.load import open_snapshot; "
        "open_snapshot(sys.argv[1]); "
        "print([name for name in ('yaml', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
