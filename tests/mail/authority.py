"""Certificates for servers of tests, made when they are first wanted: an authority of our own, and what it signs."""

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM


def server_context(*, names=("localhost", "127.0.0.1"), until=timedelta(days=1), by_itself=False):
    """What a server shows: a certificate for these names until then, by our authority or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer, signer = (_name("itself"), key) if by_itself else (_name("authority"), _authority()[0])
    subject = issuer if by_itself else _name("server")
    alternatives = x509.SubjectAlternativeName([_alternative(name) for name in names])
    made = _certificate(subject, key.public_key(), issuer, signer, until=until, extra=alternatives, ca=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "server.pem"
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(private + made.public_bytes(PEM))
        context.load_cert_chain(file)
    return context


def written_to(folder):
    """The authority's own certificate, for whoever is to trust it."""
    file = folder / "authority.pem"
    file.write_bytes(_authority()[1].public_bytes(PEM))
    return file


@cache
def _authority():
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("authority")
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return key, _certificate(name, key.public_key(), name, key, until=timedelta(days=1), extra=usage, ca=True)


def _certificate(subject, public, issuer, signer, *, until, extra, ca):
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=2)).not_valid_after(now + until)
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    return builder.add_extension(extra, critical=False).sign(signer, hashes.SHA256())


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
