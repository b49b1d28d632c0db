"""Benches of the contract's cases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_bench import GatewayBench, PaperBench, QmtBench
from standins.install import layer


def _needs_layer() -> None:
    if layer() is None:
        pytest.skip("the xtquant wheel is not installed (extra qmt)")


@pytest.fixture(params=["paper", "qmt"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GatewayBench]:
    """Either gateway, ready."""
    if request.param == "qmt":
        _needs_layer()
    made: GatewayBench = PaperBench(tmp_path) if request.param == "paper" else QmtBench(tmp_path)
    try:
        yield made.ready()
    finally:
        made.close()


@pytest.fixture
def raw_qmt(tmp_path: Path) -> Iterator[QmtBench]:
    """The QMT gateway, not yet started."""
    _needs_layer()
    made = QmtBench(tmp_path)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def qmt(raw_qmt: QmtBench) -> QmtBench:
    """The QMT gateway, ready."""
    raw_qmt.ready()
    return raw_qmt
