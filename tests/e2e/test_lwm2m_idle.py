# SPDX-License-Identifier: Apache-2.0
"""An LwM2M instance that nothing happens to costs nothing: the program sleeps."""

import time

from host import OK, info

IDLE_S = 0.3
MOST_TICKS = 10


def test_an_instance_that_is_not_open_lets_the_program_sleep(modem, tmp_path):
    """The journal has each time that the modem was woken while nobody said anything."""
    journal = tmp_path / "journal"
    host, program = modem("--record", journal)
    host.type('AT+MIPLCREATEEX="127.0.0.1:1",0')
    host.expect(info(b"+MIPLCREATEEX:0"), OK)
    time.sleep(IDLE_S)  # the time in which nothing happens is what is measured
    assert program.stop() == 0
    calls = [line.split()[2] for line in journal.read_text().splitlines() if line[0].isdigit()]
    assert calls.count(">") == 2, "the program was there"
    assert calls.count("tick") <= MOST_TICKS
