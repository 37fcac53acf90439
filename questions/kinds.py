"""The question types by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from questions.agreement_scale import AgreementScale
from questions.approval import Approval
from questions.consent import Consent
from questions.day import Day
from questions.definitions import Definition
from questions.files import Files
from questions.kind import Kind
from questions.long_text import LongText
from questions.matrix import Matrix
from questions.number import Number
from questions.points import Points
from questions.ranking import Ranking
from questions.rating import Rating
from questions.score import Score
from questions.several_choices import SeveralChoices
from questions.short_text import ShortText
from questions.single_choice import SingleChoice
from questions.statement import Statement

GROUPS: Final[Mapping[str, tuple[Kind, ...]]] = MappingProxyType(
    {
        "Choose": (SingleChoice(), SeveralChoices(), Approval()),
        "Agree or not": (AgreementScale(), Statement(), Consent()),
        "Compare": (Ranking(), Score(), Points()),
        "Judge": (Rating(), Matrix()),
        "Write or add": (LongText(), ShortText(), Number(), Day(), Files()),
    }
)
"""As an organiser finds them."""
KINDS: Final[Mapping[str, Kind]] = MappingProxyType({kind.name: kind for group in GROUPS.values() for kind in group})


def kind_of(asked: Definition) -> Kind:
    """Raises KeyError for a type that is not known."""
    return KINDS[asked.kind]
