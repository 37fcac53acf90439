"""Where an edition's contents come from: one module per kind, behind one shape (`digest.sources.shape`)."""

from typing import Final

from digest.sources.consultations import Closing, Fixed, Opened, Outcomes
from digest.sources.replies import Replies
from digest.sources.shape import ItemSource, ReplySource
from digest.sources.topics import Topics

SOURCES: Final[dict[str, ItemSource]] = {source.kind: source for source in (Closing(), Opened(), Topics(), Outcomes(), Fixed())}
"""By kind, in the order of the edition's sections."""
REPLIES: Final[ReplySource] = Replies()
