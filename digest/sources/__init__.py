"""Where an edition's contents come from: one module per kind, behind one shape (`digest.sources.shape`)."""

from digest.sources.shape import ItemSource, ReplySource

SOURCES: dict[str, ItemSource] = {}
"""By kind, in the order of the edition's sections."""
REPLIES: ReplySource | None = None
