"""A rule's answer: yes, or no with the sentence that the reader sees."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


class Refused(PermissionDenied):
    """Somebody may not do this. `str()` is a sentence fit for the page."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """True in a condition iff allowed; `reason` is empty iff allowed."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def enforce(self) -> None:
        """Raise Refused with the reason, unless allowed. Actions call it; that makes the action the gate."""
        if not self.allowed:
            raise Refused(self.reason)


YES = Verdict(True)


def no(reason: str) -> Verdict:
    """A refusal. The reason is one full sentence in plain English, saying what to do where something can be done."""
    return Verdict(False, reason)
