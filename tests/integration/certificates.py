"""A certificate authority of one's own, and a certificate for 127.0.0.1 that it has signed."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Write the authority's certificate, the server's and its key into `folder`; their paths."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    server_key = ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Test Authority")
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    authority = _builder(issuer, issuer, authority_key.public_key()).add_extension(
        constraints, critical=True
    )
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    server = _builder(_name("127.0.0.1"), issuer, server_key.public_key()).add_extension(
        address, critical=False
    )
    paths = folder / "ca.crt", folder / "server.crt", folder / "server.key"
    for path, builder in zip(paths, (authority, server), strict=False):
        path.write_bytes(
            builder.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
    paths[2].write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    """A certificate of today to be signed.

    Args:
        subject: whose it is.
        issuer: who signs it.
        key: the subject's.
    """
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
    )
