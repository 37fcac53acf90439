"""What Postfix says in its log of the messages that it was given. Pure: lines in, names out.

`message-id=` alone proves nothing: it is written while the message still comes in, also of one whose sender dies before the dot.
Taken is what another part of Postfix than its door (smtpd, cleanup) speaks of, or what the door went on from without a word
against it: with a long queue the manager speaks of a message only much later.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

_LINE: Final = re.compile(r"/([\w-]+)\[(\d+)\]: (.*)")
_OF_A_MESSAGE: Final = re.compile(r"(?:warning: )?([0-9A-Za-z]{6,}): (.*)")
_NAMED: Final = re.compile(r"message-id=(<[^>]*>)")
_AGAINST: Final = re.compile(r"(?:milter-)?reject: |warning: \w+: (?:queue file|write)\b")
_CUT: Final = re.compile(r"(?:lost connection|timeout|too many errors) after (?:DATA|BDAT)\b")
_GOES_ON: Final = re.compile(r"(?:connect from|disconnect from|lost connection|timeout|too many errors|NOQUEUE)\b")


def taken_in(lines: Iterable[str], message_ids: Collection[str]) -> Iterator[str]:
    """Of the Message-IDs those that the queue took, by the lines of the log in order. Queue ids and process ids come again."""
    reading = _Reading(message_ids)
    for line in lines:
        found = _LINE.search(line)
        name = reading.take(*found.groups()) if found else None
        if name is not None:
            yield name


class _Reading:
    """`_coming`: Message-ID by queue id, named, and nothing is known yet. `_at_the_door`: queue id by process, what each smtpd is
    taking in. Each method returns the Message-ID that turned out to be taken."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = wanted
        self._coming: dict[str, str] = {}
        self._at_the_door: dict[str, str] = {}

    def take(self, program: str, process: str, said: str) -> str | None:
        told = _OF_A_MESSAGE.match(said)
        queue_id, of_it = told.groups() if told else ("", "")
        if program in {"smtpd", "cleanup"} and (_AGAINST.match(said) or _AGAINST.match(of_it)):
            self._coming.pop(queue_id, None)
            return None
        if program == "smtpd":
            return self._door(process, said, queue_id if of_it.startswith("client=") else "")
        if program == "cleanup":
            self._named(queue_id, of_it)
            return None
        return self._coming.pop(queue_id, None)

    def _door(self, process: str, said: str, begun: str) -> str | None:
        if not begun and not _GOES_ON.match(said):
            return None
        before = self._coming.pop(self._at_the_door.pop(process, ""), None)
        if begun:
            self._at_the_door[process] = begun
            self._coming.pop(begun, None)
        return None if _CUT.match(said) else before

    def _named(self, queue_id: str, of_it: str) -> None:
        named = _NAMED.match(of_it)
        if named is not None and named[1] in self._wanted:
            self._coming[queue_id] = named[1]
