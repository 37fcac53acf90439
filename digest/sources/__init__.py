"""Where an edition's contents come from: one module per kind, behind one shape (`digest.sources.shape`)."""

from typing import Final

from digest.sources.consultations import Closing, Fixed, Opened, Outcomes
from digest.sources.followed import Followed
from digest.sources.replies import Replies
from digest.sources.shape import ItemSource, PersonalSource
from digest.sources.topics import Topics
from digest.sources.unfinished import Unfinished

TOPICS: Final = Topics()
SOURCES: Final[dict[str, ItemSource]] = {source.kind: source for source in (Closing(), Opened(), TOPICS, Outcomes(), Fixed())}
"""By kind, in the order of the edition's sections."""
OF_OUTCOMES: Final = (Outcomes.kind, Fixed.kind)
"""What those who want nothing but outcomes are told of."""
PERSONAL: Final[tuple[PersonalSource, ...]] = (Unfinished(), Replies(), Followed())
"""In the order of the edition. Of the weekly alone: what is written for one reader is written once."""
