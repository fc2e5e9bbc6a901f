# SPDX-License-Identifier: Apache-2.0
"""libcoap's own programs (Debian's libcoap3-bin) as servers on loopback."""

import itertools
import os
import socket
import subprocess
import time

DEADLINE_S = 20
COAP, COAPS = 5683, 5684
_count = itertools.count(1)


def own_address():
    """An address of loopback that no other test has: the ports of CoAP are then free."""
    pid = os.getpid()
    return f"127.{100 + next(_count) % 100}.{pid >> 8 & 0xFF}.{pid & 0xFF or 1}"


class CoapPeer:
    """Runs the program at its own address, with the ports of CoAP."""

    def __init__(self, program, *options):
        self.host = own_address()
        self._process = subprocess.Popen(
            [program, "-A", self.host, "-p", str(COAP), *map(str, options)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self):
        """Until it answers a ping (RFC 7252 4.3)."""
        deadline = time.monotonic() + DEADLINE_S
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.1)
            probe.connect((self.host, COAP))
            while True:
                assert self._process.poll() is None, "it did not start"
                assert time.monotonic() < deadline, "it does not answer"
                try:
                    probe.send(b"\x40\x00\x00\x01")
                    if probe.recv(64)[:1] == b"\x70":
                        return
                except (socket.timeout, ConnectionRefusedError):
                    time.sleep(0.02)  # a refusal comes at once

    def get(self, path):
        """What it answers to libcoap's own client."""
        done = subprocess.run(
            ["coap-client-notls", "-B", "10", f"coap://{self.host}/{path}"],
            capture_output=True, timeout=DEADLINE_S, check=True, text=True,
        )
        return done.stdout.strip()

    def close(self):
        self._process.terminate()
        self._process.wait(DEADLINE_S)
