"""The refusal of a plan that cannot be armed."""

from qmtdesk.domain.reason import Reason


class PlanError(ValueError):
    """A plan the user must change first; `reason` names the setting and the numbers."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.why.value)
        self.reason = reason
