"""Which of our orders a number or a remark of the counter belongs to: ref ↔ seq ↔ order id ↔ contract number."""

import re
from dataclasses import dataclass

LEAST_REMARK = 8
"""Characters of a cut remark below which it says nothing."""
_REF = re.compile(r"q[A-Za-z0-9]*\d{6}-\d{6}")


def is_ref(remark: str) -> bool:
    """Whether a remark has the form of a whole ref of this program, of whichever installation and start."""
    return _REF.fullmatch(remark) is not None


@dataclass(slots=True)
class Sent:
    """One order of ours. `broker_id` and `sysid` are '' until they are told; `failed` once its error was passed on."""

    ref: str
    seq: int
    broker_id: str = ""
    sysid: str = ""
    failed: bool = False


class Numbers:
    """The table of one trading day. Remarks are never trusted beyond what is unique. Not for several threads."""

    def __init__(self) -> None:
        self._by_ref: dict[str, Sent] = {}
        self._by_seq: dict[int, Sent] = {}
        self._by_id: dict[str, Sent] = {}

    def leaves(self, ref: str) -> None:
        """An order is about to leave: from now on its remark may be met."""
        self._by_ref.setdefault(ref, Sent(ref, 0))

    def sent(self, ref: str, seq: int) -> None:
        """An order left with this request number; numbers begin anew with each connection."""
        entry = self._by_ref.setdefault(ref, Sent(ref, seq))
        entry.seq = seq
        self._by_seq[seq] = entry

    def new_connection(self) -> None:
        """Request numbers of the old connection mean nothing any more."""
        self._by_seq.clear()

    def answered(self, seq: int, broker_id: str) -> str:
        """The counter gave a request its order number; the ref, '' for a request that is not ours."""
        entry = self._by_seq.get(seq)
        if entry is None:
            return ""
        self._bind(entry, broker_id)
        return entry.ref

    def failed(self, seq: int) -> str:
        """An error names a request; the ref once, '' when it is repeated or not ours."""
        entry = self._by_seq.get(seq)
        if entry is None or entry.failed:
            return ""
        entry.failed = True
        return entry.ref

    def ref_of(self, broker_id: str, remark: str, sysid: str = "") -> str:
        """Whose row this is: by its number, else by its remark where only one order of ours begins so; else ''."""
        entry = self._by_id.get(broker_id)
        if entry is None:
            entry = self._by_remark(remark)
            if entry is not None:
                self._bind(entry, broker_id)
        if entry is None:
            return ""
        entry.sysid = sysid or entry.sysid
        return entry.ref

    def told_as(self, broker_id: str, remark: str) -> str:
        """Whose row it is that tells no number or no volume: by a known number or the whole remark; else ''."""
        entry = self._by_id.get(broker_id) if broker_id else self._by_ref.get(remark)
        return entry.ref if entry is not None else ""

    def knows(self, seq: int) -> bool:
        """Whether a request number is one of ours."""
        return seq in self._by_seq

    def knows_id(self, broker_id: str) -> bool:
        """Whether an order number is one of ours."""
        return broker_id in self._by_id

    def knows_remark(self, remark: str) -> bool:
        """Whether an order of ours has this remark, or may have it where it was cut."""
        if remark in self._by_ref:
            return True
        return len(remark) >= LEAST_REMARK and any(ref.startswith(remark) for ref in self._by_ref)

    def sysid_of(self, broker_id: str) -> str:
        """The exchange's contract number of an order, '' while it is not told."""
        entry = self._by_id.get(broker_id)
        return entry.sysid if entry is not None else ""

    def _by_remark(self, remark: str) -> Sent | None:
        entry = self._by_ref.get(remark)
        if entry is not None:
            return entry if not entry.broker_id else None
        if len(remark) < LEAST_REMARK:
            return None
        unbound = [each for each in self._by_ref.values() if not each.broker_id and each.ref.startswith(remark)]
        return unbound[0] if len(unbound) == 1 else None

    def _bind(self, entry: Sent, broker_id: str) -> None:
        """The first number stays; an order has one for life."""
        if not entry.broker_id and broker_id and broker_id not in self._by_id:
            entry.broker_id = broker_id
            self._by_id[broker_id] = entry
