# SPDX-License-Identifier: Apache-2.0
"""A small certification authority, made by the openssl command for one run of the tests."""

import re
import subprocess
from collections import namedtuple

# Paths of a certificate and its key, both PEM.
Pair = namedtuple("Pair", "certificate key")

CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
rand_serial = yes
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""

EC_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
LOCAL = "DNS:localhost,IP:127.0.0.1"


def openssl(*arguments):
    done = subprocess.run(
        ["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Authority:
    def __init__(self, folder, issuer=None):
        """`issuer`: the authority above this one; without, it is a root."""
        self._folder = folder
        self._config = folder / "openssl.cnf"
        self._config.write_text(CONFIG.format(folder=folder))
        (folder / "index.txt").touch()
        self.certificate = folder / "ca.pem"
        key = ("-subj", f"/CN=Test CA {folder.name}", *EC_KEY, "-keyout", folder / "ca.key")
        if issuer is None:
            self._req("-x509", "-extensions", "root", "-days", 30, *key, "-out", self.certificate)
            return
        self._req("-new", *key, "-out", folder / "ca.csr")
        issuer._ca(
            "-in", folder / "ca.csr", "-out", self.certificate, "-notext", "-extensions", "root"
        )  # fmt: skip

    def _req(self, *arguments):
        openssl("req", "-config", self._config, "-nodes", *arguments)

    def _ca(self, *arguments):
        openssl("ca", "-config", self._config, "-batch", *arguments)

    def issue(self, name, san=LOCAL, new_key=EC_KEY, signed=()):
        """A certificate for these subject alternative names; `signed`: options of `openssl ca`."""
        pair = self._pair(name)
        request = self._folder / f"{name}.csr"
        self._req(
            "-new", *new_key, "-keyout", pair.key, "-out", request,
            "-subj", f"/CN={name}", "-addext", f"subjectAltName={san}",
        )
        self._ca("-in", request, "-out", pair.certificate, "-notext", *signed)
        return pair

    def self_signed(self, name, san=LOCAL):
        pair = self._pair(name)
        self._req(
            "-x509", "-days", 30, "-subj", f"/CN={name}", "-addext", f"subjectAltName={san}",
            *EC_KEY, "-keyout", pair.key, "-out", pair.certificate,
        )
        return pair

    def revoke(self, certificate):
        self._ca("-revoke", certificate)

    def revocation_list(self, dates=()):
        """`dates` as `openssl ca -gencrl` takes them."""
        path = self._folder / "list.crl"
        self._ca("-gencrl", "-out", path, *dates)
        return path

    def _pair(self, name):
        return Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")


def as_der(path):
    """The bytes of a PEM file of one certificate or one key."""
    kind = "pkey" if "KEY" in path.read_text() else "x509"
    return openssl(kind, "-in", path, "-outform", "DER")


def as_escapes(path):
    """PEM as a host types it: each line end is the escape \\n."""
    pem = path.read_text().strip() + "\n"
    assert not re.search(r'["\\]', pem)
    return pem.replace("\n", "\\n")
