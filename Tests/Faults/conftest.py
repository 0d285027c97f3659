import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import pytest  # noqa: E402

pytest.register_assert_rewrite("harness.people", "harness.http", "harness.programs")

from harness.fixtures import *  # noqa: E402,F401,F403

import os  # noqa: E402

#: How often each crash point is tried: 3 by default, 20 for the full run; and how many random kills.
ROUNDS = int(os.environ.get("SEVENSALES_FAULT_ROUNDS", "3"))
FULL = ROUNDS >= 20
KILLS = 100 if FULL else int(os.environ.get("SEVENSALES_FAULT_KILLS", "10"))


@pytest.fixture(scope="session")
def rounds() -> int:
    return ROUNDS


@pytest.fixture(scope="session")
def kills() -> int:
    return KILLS


@pytest.fixture(scope="session")
def full() -> bool:
    return FULL
