# SPDX-License-Identifier: Apache-2.0
"""A raw server of canned responses, and what curl makes of them."""

import socket
import socketserver
import struct
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

DEADLINE_S = 20
# After this long curl gives up. No case comes near it unless curl waits for what never comes.
CURL_DEADLINE_S = 10


class CannedServer:
    """Answers a request for /<n> with the bytes of cases[n], then ends as the case says."""

    def __init__(self, cases):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                answer(self.request, cases)

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 64

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._listener.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown()
        self._listener.server_close()


def answer(sock, cases):
    sock.settimeout(DEADLINE_S)
    request = b""
    while b"\r\n\r\n" not in request:
        request += sock.recv(65536)
    case = cases[int(request.split()[1][1:])]
    try:
        sock.sendall(case.sent)
        if case.end == "reset":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
            return
        if case.end == "closed":
            sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass
    except OSError:
        pass  # the client has had enough


@dataclass
class CurlResult:
    status: int  # curl's own: 0, or the number of its error
    head: bytes  # all heads; trailers behind the last
    content: bytes
    error: str

    @property
    def accepts(self):
        return self.status == 0

    def final_head(self):
        """Status line and header lines of the last response."""
        lines = self.head.split(b"\n")
        begin = 0
        for at, line in enumerate(lines):
            if line in (b"", b"\r"):
                if not lines[begin].split()[1].startswith(b"1"):
                    break
                begin = at + 1
        head = b"".join(line + b"\n" for line in lines[begin:at])
        status_line, _, header = head.partition(b"\n")
        return status_line.rstrip(b"\r"), header


def ask(url, method):
    """One request by curl, of HTTP/1.1, whatever its user has configured."""
    how = ["--head"] if method == "HEAD" else ["--request", method]
    if method in ("POST", "PUT"):
        how += ["--data", ""]
    with tempfile.TemporaryDirectory() as folder:
        head, content = Path(folder, "head"), Path(folder, "content")
        done = subprocess.run(
            ["curl", "--disable", "--noproxy", "*", "--http1.1", "--silent", "--show-error",
             "--max-time", str(CURL_DEADLINE_S), *how, "--dump-header", head,
             "--output", content, url],
            capture_output=True, text=True, timeout=2 * CURL_DEADLINE_S)
        # With --head the output is the head once more.
        has_content = content.exists() and method != "HEAD"
        return CurlResult(done.returncode, head.read_bytes() if head.exists() else b"",
                          content.read_bytes() if has_content else b"", done.stderr.strip())
