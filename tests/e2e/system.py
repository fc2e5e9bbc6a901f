# SPDX-License-Identifier: Apache-2.0
"""What the system does to the program: a network of its own, and errors at its system calls."""

import functools
import subprocess

import pytest

_ALONE = ("unshare", "--map-root-user", "--net", "sh", "-ec")


@functools.cache
def _works(*command):
    try:
        return subprocess.run(command, capture_output=True, timeout=20).returncode == 0
    except OSError:
        return False


def alone(setup):
    """A network without anything but loopback, which is down, until `setup` changes it."""
    if not _works(*_ALONE, "ip link set lo up"):
        pytest.skip("this machine gives nobody a network of his own")
    return (*_ALONE, setup + '; exec "$0" "$@"')


def failing(call, error):
    """The first `call` fails with this errno, as if the kernel had said so."""
    if not _works("strace", "-D", "-qq", "-o", "/dev/null", "true"):
        pytest.skip("this machine lets nobody trace system calls")
    return (
        "strace", "-D", "-f", "-qq", "-o", "/dev/null",
        "-E", "ASAN_OPTIONS=detect_leaks=0",  # which traces the program itself
        "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when=1",
    )  # fmt: skip
