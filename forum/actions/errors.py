"""What can go wrong in the forum between the page and the act. Each carries the sentence that the reader sees."""

from common.errors import DomainError


class TextRefused(DomainError):
    """A title or a body that cannot be stored as it is."""


class TopicLocked(DomainError):
    """Somebody locked the topic while this was being written."""


class TopicMoved(DomainError):
    """The topic went to another category while this was being written: others read there."""


class ParentGone(DomainError):
    """The post that this answers was removed meanwhile, or never was."""


class EditedMeanwhile(DomainError):
    """The post was changed since the form was opened."""


class AlreadyRemoved(DomainError):
    """The post is a tombstone already."""


class NothingToRestore(DomainError):
    """It is on show, or its author took it back."""


class VoiceUnclear(DomainError):
    """The member has a persona in the topic, and nobody said under which name this is written."""


class LabelTaken(DomainError):
    """Another persona of the topic is called so, or no name of the list was chosen."""


class NoPseudonymsYet(DomainError):
    """Fewer than two officers have keys: nobody could open what were sealed."""


class OpeningUnclear(DomainError):
    """There is no reason, or the passphrase is too short."""


class OpeningOver(DomainError):
    """It was closed, or lapsed."""


class CannotBeOpened(DomainError):
    """The passphrase is wrong, or the pseudonym is not sealed to this officer."""


class ReasonMissing(DomainError):
    """What others may have read is changed, and nothing says why."""


class RevisionGone(DomainError):
    """A version whose text was taken away, or that never was."""
