"""What every test may ask for. Its being here also puts tests/ on the path."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from cleanse.rulebook import Rulebook, load_rulebook

ROOT = Path(__file__).parent.parent

# A slow machine is no error of what is tested.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The shipped rules."""
    return load_rulebook()


@pytest.fixture(scope="session")
def sample_inputs() -> Path:
    """The folder of the sample lists, one folder per quarter."""
    return ROOT / "sample_inputs"
