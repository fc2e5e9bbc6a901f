# SPDX-License-Identifier: Apache-2.0
"""An LwM2M instance that nothing happens to costs nothing: the program sleeps."""

from host import OK, info

COMMANDS = 100


def test_an_instance_that_is_not_open_lets_the_program_sleep(modem, tmp_path):
    """The journal has each time that the modem was woken."""
    journal = tmp_path / "journal"
    host, program = modem("--record", journal)
    host.type('AT+MIPLCREATEEX="127.0.0.1:1",0')
    host.expect(info(b"+MIPLCREATEEX:0"), OK)
    for _ in range(COMMANDS):
        host.command("AT")
    assert program.stop() == 0
    calls = [line.split()[2] for line in journal.read_text().splitlines() if line[0].isdigit()]
    assert calls.count(">") > COMMANDS
    assert calls.count("tick") < COMMANDS / 10
