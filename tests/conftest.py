"""What all tests share."""

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


WHOLE_EVERY = 50
_count = 0


def pytest_sessionstart() -> None:
    """Qt's objects may be destroyed on the thread of the tests alone, so no other thread may collect garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """The thousands of tests and all that is imported stay to the end: no later collection need look at them."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Collect here instead: the young after each test, everything now and then."""
    global _count  # noqa: PLW0603 - a hook has nowhere else to count
    _count += 1
    gc.collect(2 if _count % WHOLE_EVERY == 0 else 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long form of the tests that have one")


@pytest.fixture
def long_run(request: pytest.FixtureRequest) -> bool:
    """Whether the long forms were asked for."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded market data beside the checkout; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no recorded market data beside the checkout")
    return SHARED
