"""Lists of contents: valid, complete, the same for the same image."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import Any

import pytest
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from pipelines.supply_chain.image_contents import Contents, debian_packages, python_packages
from pipelines.supply_chain.lock_files import LOCK_FILES, read_lock_file
from pipelines.supply_chain.sbom import SCHEMA, sbom

DIGEST = "0a" * 32
LOCKED = read_lock_file(LOCK_FILES["clone"])
CONTENTS: Contents = {
    "system": ("debian", "12"),
    "debian": debian_packages()[:30] if shutil.which("dpkg-query") else [],
    "python": python_packages(),
    "binaries": [{"path": "/opt/program", "sha256": DIGEST}],
}
# Two packages whose names and versions need care in a package URL.
CONTENTS["debian"] += [
    {"name": "libx++1", "version": "1:2.3~rc1+b1", "architecture": "all", "licences": ["GPL-2+"]},
    {"name": "bare", "version": "1", "architecture": "amd64", "licences": []},
]


def listed() -> str:
    return sbom(
        image="pass-ops/clone",
        identity=f"sha256:{DIGEST}",
        created=datetime(2026, 1, 2, tzinfo=UTC),
        contents=CONTENTS,
        locked=LOCKED,
    )


@pytest.fixture(scope="module")
def text() -> str:
    return listed()


@pytest.fixture(scope="module")
def components(text: str) -> dict[str, Any]:
    """The components by package URL, or by name where they have none."""
    return {one.get("purl", one["name"]): one for one in json.loads(text)["components"]}


def test_it_is_valid(text: str) -> None:
    assert JsonStrictValidator(SCHEMA).validate_str(text) is None
    document = json.loads(text)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    image = document["metadata"]["component"]
    assert (image["name"], image["version"]) == ("pass-ops/clone", f"sha256:{DIGEST}")


def test_the_same_image_has_the_same_list(text: str) -> None:
    assert listed() == text


def test_packages_have_address_licence_and_the_hashes_of_the_lock_file(
    components: dict[str, Any],
) -> None:
    for package in LOCKED.values():
        component = components[f"pkg:pypi/{package.name}@{package.version}"]
        assert component["licenses"]
        (archives,) = component["externalReferences"]
        assert {one["content"] for one in archives["hashes"]} == set(package.hashes)
    (numpy,) = (one for name, one in components.items() if name.startswith("pkg:pypi/numpy@"))
    assert numpy["licenses"] == [{"license": {"id": "BSD-3-Clause", "acknowledgement": "declared"}}]
    assert any("openblas" in library["name"] for library in numpy["components"])


def test_packages_of_the_system_and_programs_are_there(components: dict[str, Any]) -> None:
    addresses = [PackageURL.from_string(one) for one in components if one.startswith("pkg:deb/")]
    assert {(one.name, one.version, one.qualifiers["distro"]) for one in addresses} == {
        (one["name"], one["version"], "debian-12") for one in CONTENTS["debian"]
    }
    assert components["/opt/program"]["hashes"] == [{"alg": "SHA-256", "content": DIGEST}]
    assert components["debian"]["type"] == "operating-system"


def test_the_image_depends_on_all_of_it(text: str, components: dict[str, Any]) -> None:
    document = json.loads(text)
    root = document["metadata"]["component"]["bom-ref"]
    (depends,) = (one["dependsOn"] for one in document["dependencies"] if one["ref"] == root)
    assert sorted(depends) == sorted(one["bom-ref"] for one in components.values())
