"""Programs that pip cannot install: a test that needs one fails in continuous integration and is skipped elsewhere."""

from __future__ import annotations

import os
import shutil

import pytest

MISSING: dict[str, int] = {}
"""Programs that were not found, with the number of times they were asked for."""


def needed(program: str) -> str:
    """The path of a program. Where it is missing the test is skipped, or fails if the variable CI is set."""
    found = shutil.which(program)
    if found is None:
        MISSING[program] = MISSING.get(program, 0) + 1
        if os.environ.get("CI"):
            pytest.fail(f"{program} is not installed; .ci/run installs it")
        pytest.skip(f"{program} is not installed")
    return found


def summary() -> list[str]:
    """What the end of a test run says of programs that are missing."""
    return [f"NOT TESTED: {program} is not installed, asked for {times} times" for program, times in MISSING.items()]
