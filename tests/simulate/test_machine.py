"""The same acts as a state machine: Hypothesis looks for the shortest story that breaks a promise."""

import logging
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from qmtdesk.simulate.checked_day import BrokenError
from qmtdesk.simulate.mutants import mutated
from qmtdesk.simulate.schedules import ACTS
from qmtdesk.simulate.storm import PAUSES, Storm, schedule_of

NAMES = {act.__name__: act for act, _ in ACTS}
EXAMPLES, LONG, STEPS = 12, 400, 25


class Story(RuleBasedStateMachine):
    """One storm whose acts Hypothesis chooses. The chance inside an act is a number it chooses too."""

    storm: Storm | None = None

    @initialize(seed=st.integers(0, 1_000))
    def opens(self, seed: int) -> None:
        self.storm = Storm(schedule_of(seed, 1), ACTS)
        self.storm.open()

    @rule(name=st.sampled_from(sorted(NAMES)), chance=st.integers(0, 1_000_000), pause=st.sampled_from(PAUSES))
    def acts(self, name: str, chance: int, pause: int) -> None:
        assert self.storm is not None
        self.storm.random = Random(chance)
        NAMES[name](self.storm)
        self.storm.wait(pause)
        self.storm.walk()

    def teardown(self) -> None:
        if self.storm is not None:
            try:
                self.storm.calm()
            finally:
                self.storm.close()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A journal that refuses is part of the story."""
    log = logging.getLogger("qmtdesk.trader")
    before, log.level = log.level, logging.CRITICAL + 1
    yield
    log.setLevel(before)


def run(examples: int, *phases: Phase) -> None:
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            suppress_health_check=tuple(HealthCheck),
            report_multiple_bugs=False,
            phases=phases or tuple(Phase),
        ),
    )


def test_no_story_hypothesis_thinks_of_breaks_a_promise(long_run: bool) -> None:
    run(LONG if long_run else EXAMPLES)


def test_a_mistake_is_found() -> None:
    with mutated("off-tick"), pytest.raises(BrokenError, match="I8"):
        run(LONG, Phase.generate)
