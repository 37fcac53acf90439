"""The stages of a town, in order: later ones point at rows of earlier ones."""

from typing import Final

from demo.town.stages.accounts import ACCOUNTS
from demo.town.stages.consultation import CLOSE, CONSULTATION
from demo.town.stages.groups import GROUPS
from demo.town.stages.organisations import ORGANISATIONS
from demo.town.stages.places import PLACES
from demo.town.stages.register import REGISTER
from demo.town.stages.responses import RESPONSES
from demo.town.stages.sanctions import SANCTIONS
from demo.town.stages.shape import Stage
from demo.town.stages.topics import TOPICS
from demo.town.stages.watermarks import WATERMARKS

STAGES: Final[tuple[Stage, ...]] = (
    *(ACCOUNTS, REGISTER, GROUPS, SANCTIONS, PLACES, TOPICS, WATERMARKS),
    *(CONSULTATION, RESPONSES, ORGANISATIONS, CLOSE),  # nothing in a town without responses
)
