import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import pytest  # noqa: E402

pytest.register_assert_rewrite("harness.people", "harness.http", "harness.programs", "harness.channels", "harness.contract")

from harness.fixtures import *  # noqa: E402,F401,F403
