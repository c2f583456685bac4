"""The list of what an image contains (software bill of materials), in CycloneDX's format."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.contrib.this.builders import this_component
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseAcknowledgement
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from pipelines.supply_chain.image_contents import (
    BinaryFile,
    Contents,
    DebianPackage,
    PythonPackage,
)
from pipelines.supply_chain.licences import spdx_expression
from pipelines.supply_chain.lock_files import LockedPackage

SCHEMA = SchemaVersion.V1_6
# Serial numbers follow from the image, so that the same image has the same list.
_SERIAL = UUID("1f4e5f0e-1d3f-5a57-9a53-6f0c2d6a0b1e")


def sbom(
    *,
    image: str,
    identity: str,
    created: datetime,
    contents: Contents,
    locked: Mapping[str, LockedPackage],
) -> str:
    """The list of an image's contents as JSON.

    Args:
        image: its name.
        identity: the engine's id of it, `sha256:…`.
        created: when it was made.
        contents: what is in it.
        locked: the packages of the lock file that it was made by, whose archives' hashes are given.
    """
    root = Component(
        type=ComponentType.CONTAINER,
        name=image,
        version=identity,
        bom_ref=f"image:{image}",
        hashes=[_sha256(identity.removeprefix("sha256:"))],
    )
    tools = ToolRepository(components=[this_component()])
    bom = Bom(
        serial_number=uuid5(_SERIAL, identity),
        metadata=BomMetaData(component=root, timestamp=created, tools=tools),
        components=[
            _system(contents["system"]),
            *(_debian(package, contents["system"]) for package in contents["debian"]),
            *(_python(package, locked) for package in contents["python"]),
            *map(_file, contents["binaries"]),
        ],
    )
    bom.register_dependency(root, bom.components)
    return make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=1)


def _system(system: tuple[str, str]) -> Component:
    name, version = system
    return Component(
        type=ComponentType.OPERATING_SYSTEM,
        name=name,
        version=version,
        bom_ref=f"system:{name}-{version}",
    )


def _debian(package: DebianPackage, system: tuple[str, str]) -> Component:
    name, version = system
    address = PackageURL(
        type="deb",
        namespace=name,
        name=package["name"],
        version=package["version"],
        qualifiers={"arch": package["architecture"], "distro": f"{name}-{version}"},
    )
    return Component(
        name=package["name"],
        version=package["version"],
        purl=address,
        bom_ref=str(address),
        # Debian's short names are its own: GPL-2+ is none of SPDX's.
        licenses=[LicenseFactory().make_with_name(name) for name in package["licences"]],
    )


def _python(package: PythonPackage, locked: Mapping[str, LockedPackage]) -> Component:
    name = canonicalize_name(package["name"])
    address = PackageURL(type="pypi", name=name, version=package["version"])
    licence = spdx_expression(package)
    archives = locked.get(name)
    return Component(
        name=name,
        version=package["version"],
        purl=address,
        bom_ref=str(address),
        licenses=[
            LicenseFactory().make_from_string(
                licence, license_acknowledgement=LicenseAcknowledgement.DECLARED
            )
        ]
        if licence
        else [],
        external_references=[
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(str(address)),
                comment="archives that the lock file allows",
                hashes=map(_sha256, archives.hashes),
            )
        ]
        if archives
        else [],
        components=map(_file, package["libraries"]),
    )


def _file(file: BinaryFile) -> Component:
    return Component(
        type=ComponentType.FILE,
        name=file["path"],
        bom_ref=f"file:{file['path']}",
        hashes=[_sha256(file["sha256"])],
    )


def _sha256(digest: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=digest)
