"""Words from outside, such as names and a counter's texts, made safe for places where Qt looks for markup."""

from html import escape


def plain_tip(words: str) -> str:
    """A tool tip's text that shows exactly these characters: Qt takes what looks like HTML for HTML."""
    if "<" not in words and "&" not in words:
        return words
    return "<span>" + escape(words).replace("\n", "<br>") + "</span>"
