# SPDX-License-Identifier: Apache-2.0
"""A running m531x onenet as a client of its HTTP API has it, and the bytes that pass."""

import json
import re
import subprocess
import threading

from coap_device import IMEI, IMSI

KEY = "ChangeForYourOwnKey"
OTHER = "865820030265173"
RESOURCES = b"\xe1\x15\x7c\x00\xe1\x15\x7d\xf4\xe4\x16\x76test"
VALUES = b"\x08\x00" + bytes([len(RESOURCES)]) + RESOURCES
LINKS = b"</3200/0/5500>,</3200/0/5501>,</3200/0/5750>"
READ = (
    b'{"errno":0,"error":"succ","data":[{"res":[{"val":false,"res_id":5500},'
    b'{"val":-12,"res_id":5501},{"val":"test","res_id":5750}],"obj_inst_id":0}]}'
)


def body_of(imei=IMEI, imsi=IMSI):
    return (
        f'{{"title": "{imei}","desc": "{imei}","protocol": "LWM2M","auth_info": {{"{imei}": "{imsi}"}}}}'
    )


class Onenet:
    def __init__(self, program):
        self.program = program
        self.http = int(program.wait_said(r"HTTP +http://127\.0\.0\.1:(\d+)")[1])
        self.coap = int(program.wait_said(r"LwM2M +coap://127\.0\.0\.1:(\d+)")[1])
        program.wait_said(r"End +")
        secure = re.search(r"LwM2M +coaps://127\.0\.0\.1:(\d+)", program.said)
        self.coaps = int(secure[1]) if secure else None

    def curl(self, path, *options, key=KEY):
        """Returns the header lines with their line ends, and the content."""
        done = subprocess.run(
            ["curl", "-s", "-i", "-H", f"api-key: {key}", *options,
             f"http://127.0.0.1:{self.http}{path}"],
            capture_output=True, timeout=60, check=True,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        status, _, lines = head.partition(b"\r\n")
        self.status = status.decode()
        return lines + b"\r\n", body

    def ask(self, path, *options, **named):
        return json.loads(self.curl(path, *options, **named)[1])

    def create(self, imei=IMEI):
        answer = self.ask("/devices", "-d", body_of(imei))
        assert answer["errno"] == 0, answer
        return answer["data"]["device_id"]

    def later(self, path, *options):
        """The same as ask(), while the device answers: call the result for the answer."""
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.curl(path, *options)))
        thread.start()

        def wait():
            thread.join(60)
            return answers[0]

        return wait
