"""What can go wrong between the page and the act. Each carries the sentence that the reader sees."""

from common.errors import DomainError


class AlreadyReported(DomainError):
    """The same person reported this before."""


class TooManyReports(DomainError):
    """More in an hour than anybody needs."""


class ReportUnclear(DomainError):
    """A reason that is none, or no words where they are needed."""


class CaseDecided(DomainError):
    """Somebody was quicker."""


class CaseTaken(DomainError):
    """Somebody else is working on it."""


class DecisionUnclear(DomainError):
    """Acts that do not go together, or no reason."""


class NothingToReverse(DomainError):
    """It was reversed before, or nothing of it can be taken back."""


class WordRefused(DomainError):
    """It cannot be matched, or is on the list."""
