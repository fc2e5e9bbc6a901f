# SPDX-License-Identifier: Apache-2.0
"""The fixtures of tests/e2e."""

import importlib.util
import os
import sys

E2E = os.path.join(os.path.dirname(__file__), "..", "e2e")
sys.path.insert(0, E2E)
_spec = importlib.util.spec_from_file_location("e2e", os.path.join(E2E, "conftest.py"))
_e2e = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_e2e)

pytest_report_header = _e2e.pytest_report_header
start, open_line, modem = _e2e.start, _e2e.open_line, _e2e.modem
