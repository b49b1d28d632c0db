"""Why a process would not start, in words for its user, and the exit codes that go with them."""

from qmtdesk.wire.texts_start import REFUSED

ACCOUNT_TAKEN = 5
BAD_PLACE = 6
NOT_CHOSEN = 7


class StartRefusedError(Exception):
    """The program would not start; `code` is its exit code, the text is what its user reads, Chinese line first.

    `why` names the sentence, `fact` is what it is about: a folder, and what is wrong with it.
    """

    def __init__(self, code: int, why: str, **words: object) -> None:
        told = {name: _one_line(word) for name, word in words.items()}
        super().__init__("\n".join(line.format(**told) for line in REFUSED[why]))
        self.code = code
        self.why = why
        self.fact = ", ".join(told.values())


def _one_line(word: object) -> str:
    # its patterns take longer to build than the first window may wait, and a refusal is rare
    from qmtdesk.wire.redact import redact  # noqa: PLC0415

    return " ".join(redact(str(word)).split())
