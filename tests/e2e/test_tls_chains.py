# SPDX-License-Identifier: Apache-2.0
"""https with an authority between the root and the server: who is trusted, and who is revoked."""

import pytest

from authority import Authority
from test_tls import ask, send, set_certificate
from tls_servers import OpensslServer

LONG_AGO, YESTERDAY = "200101000000Z", "200102000000Z"


class Chain:
    """A root, an authority below it, and a server's certificate of that one."""

    def __init__(self, factory):
        self.root = Authority(factory.mktemp("root"))
        self.middle = Authority(factory.mktemp("middle"), self.root)
        self.leaf = self.middle.issue("leaf")
        self._lists = factory.mktemp("lists") / "lists.pem"

    def lists(self, *authorities, dates=()):
        """The setting of a file with the lists of these."""
        lists = [authority.revocation_list(dates).read_bytes() for authority in authorities]
        self._lists.write_bytes(b"".join(lists))
        return ("--set", f"tls.crl_file={self._lists}")


@pytest.fixture
def chain(tmp_path_factory):
    return Chain(tmp_path_factory)


@pytest.fixture
def verdict(untrusting, chain):
    """verdict(option…) is what TLS says of the chain's server."""

    def judge(*options, ca_file=None, server_ca=None):
        trusted = ("--set", f"tls.ca_file={ca_file}") if ca_file else ()
        one = untrusting(*trusted, *options)
        with OpensslServer(chain.leaf, "-cert_chain", chain.middle.certificate) as server:
            one.host.create(server.url)
            if server_ca:
                set_certificate(one.host, 1, server_ca.read_bytes())
            send(one.host)
            if one.host.read_report().name == b"CONNECT OK":
                one.host.read_response()
        return one.words()[0]

    return judge


def test_by_the_root(verdict, chain):
    assert verdict(ca_file=chain.root.certificate) == "TLS 1.3"


def test_by_the_middle_alone(verdict, chain):
    """Who names an authority trusts it, be it a root or not."""
    assert verdict(ca_file=chain.middle.certificate) == "TLS 1.3"
    assert verdict(server_ca=chain.middle.certificate) == "TLS 1.3"


def test_nobody_is_revoked(verdict, chain):
    lists = chain.lists(chain.root, chain.middle)
    assert verdict(*lists, ca_file=chain.root.certificate) == "TLS 1.3"
    assert verdict(*lists, server_ca=chain.root.certificate) == "TLS 1.3"


@pytest.mark.parametrize("whose", ["server", "authority"])
def test_revoked(verdict, chain, whose):
    if whose == "server":
        chain.middle.revoke(chain.leaf.certificate)
    else:
        chain.root.revoke(chain.middle.certificate)
    lists = chain.lists(chain.root, chain.middle)
    assert verdict(*lists, ca_file=chain.root.certificate) == "certificate revoked"
    assert verdict(*lists, server_ca=chain.root.certificate) == "certificate revoked"


@pytest.mark.parametrize("whose", ["root", "middle"])
def test_a_list_that_is_missing_is_not_empty(verdict, chain, whose):
    lists = chain.lists(getattr(chain, whose))
    assert verdict(*lists, ca_file=chain.root.certificate) == "unable to get certificate CRL"


def test_a_list_that_is_too_old_is_not_empty(verdict, chain):
    old = ("-crl_lastupdate", LONG_AGO, "-crl_nextupdate", YESTERDAY)
    lists = chain.lists(chain.root, chain.middle, dates=old)
    assert verdict(*lists, ca_file=chain.root.certificate) == "CRL has expired"


def test_whom_the_user_names_is_not_looked_for_in_a_list(verdict, chain):
    """The root, whose list would have him, may not even be known."""
    for lists in (chain.lists(chain.middle), chain.lists(chain.root, chain.middle)):
        assert verdict(*lists, server_ca=chain.middle.certificate) == "TLS 1.3"
    chain.middle.revoke(chain.leaf.certificate)
    lists = chain.lists(chain.middle)
    assert verdict(*lists, server_ca=chain.middle.certificate) == "certificate revoked"


def test_client_shows_its_chain(client, chain, good):
    """To a server that knows the root alone."""
    host = client().host
    wants = ("-Verify", 2, "-verify_return_error", "-CAfile", chain.root.certificate)
    with OpensslServer(good, *wants) as server:
        host.create(server.url)
        leaf = chain.leaf.certificate.read_bytes()
        set_certificate(host, 2, leaf + chain.middle.certificate.read_bytes(), parts=3)
        set_certificate(host, 3, chain.leaf.key.read_bytes())
        assert leaf in ask(host)[1]
