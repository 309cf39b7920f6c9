"""The local certificate authority and the emulator's server certificate.

Node, Python and the CDK refuse the emulator's own self-signed certificate, so
set-up makes an authority that clients trust through `NODE_EXTRA_CA_CERTS` and
`AWS_CA_BUNDLE`, and a leaf for the loopback names that it signs.

Run as: python certificates.py FOLDER
"""

from __future__ import annotations

import argparse
import datetime
import ipaddress
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
# Apple's clients refuse a server certificate that is valid for longer.
LEAF_DAYS = 825
RENEW_DAYS_BEFORE_EXPIRY = 30

AUTHORITY_CERTIFICATE = "ca.pem"
LEAF_CERTIFICATE = "server.pem"
LEAF_KEY = "server-key.pem"


def certificates_are_current(folder: Path, now: datetime.datetime) -> bool:
    """Whether all three files exist and the leaf stays valid long enough."""
    if not all((folder / name).is_file() for name in (AUTHORITY_CERTIFICATE, LEAF_KEY)):
        return False
    try:
        leaf = x509.load_pem_x509_certificate((folder / LEAF_CERTIFICATE).read_bytes())
    except (OSError, ValueError):
        return False
    renew_at = leaf.not_valid_after_utc - datetime.timedelta(days=RENEW_DAYS_BEFORE_EXPIRY)
    return now < renew_at


def make_certificates(folder: Path, now: datetime.datetime) -> None:
    """Write `ca.pem`, `server.pem` and `server-key.pem` (mode 0600) into *folder*.

    The authority's key is thrown away once it has signed the leaf, so nobody
    can sign another certificate that the clients of this folder would trust.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key, now)
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    leaf = _leaf(leaf_key, authority, authority_key, now)
    key_bytes = leaf_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(folder / LEAF_KEY, key_bytes, mode=0o600)
    _write(folder / AUTHORITY_CERTIFICATE, authority.public_bytes(serialization.Encoding.PEM))
    # Last, because `certificates_are_current` judges the set by this file.
    _write(folder / LEAF_CERTIFICATE, leaf.public_bytes(serialization.Encoding.PEM))


def _authority(key: ec.EllipticCurvePrivateKey, now: datetime.datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Relearn embedded cloud")])
    return (
        _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    now: datetime.datetime,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName(
        [
            x509.DNSName("localhost"),
            x509.DNSName("*.localhost"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            x509.IPAddress(ipaddress.ip_address("::1")),
        ]
    )
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        _builder(name, authority.subject, key.public_key(), now, LEAF_DAYS)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime.datetime,
    days: int,
) -> x509.CertificateBuilder:
    # An hour back, so that a clock set back a little does not refuse it.
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes, mode: int = 0o644) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    temporary.replace(path)


def main() -> None:
    """Make the certificates unless the folder holds valid ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    now = datetime.datetime.now(datetime.UTC)
    if not certificates_are_current(folder, now):
        make_certificates(folder, now)


if __name__ == "__main__":
    main()
