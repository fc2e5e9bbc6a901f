# SPDX-License-Identifier: Apache-2.0
"""A client of the program's --control."""

import json
import socket

from program import DEADLINE_S


class Control:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(DEADLINE_S)
        self.socket.connect(str(path))
        self._lines = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data)

    def answer(self):
        """The next answer; nothing when the program has hung up."""
        line = self._lines.readline()
        assert not line or line.endswith(b"\n"), line
        return json.loads(line) if line else None

    def ask(self, command, **arguments):
        self.send(json.dumps({"command": command, **arguments}).encode() + b"\n")
        return self.answer()

    def ask_or_none(self, command):
        """The answer; None when the program refuses this client."""
        try:
            answer = self.ask(command)
        except ConnectionError:
            return None
        return answer if answer and answer["ok"] else None

    def do(self, command, **arguments):
        answer = self.ask(command, **arguments)
        assert answer["ok"], answer
        return answer

    def refusal(self, command, **arguments):
        answer = self.ask(command, **arguments)
        assert not answer["ok"], answer
        return answer["error"]

    def close(self):
        self._lines.close()
        self.socket.close()
