"""Which counts are made of a consultation, and each of them over the answers as they are kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol, cast

from django.db.models import Func, JSONField, OuterRef, Subquery

from consultation.models import Consultation, Question, Version
from consultation.readers.answered import answers_to_each
from consultation.readers.questionnaires import questionnaire_of
from consultation.readers.tabulation import Tabulation, tabulations
from questions.definitions import Definition
from questions.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Table:
    """One count to be made: `asked` is the question as its last version puts it, `ids` are its rows over all versions of it."""

    told: Tabulation
    asked: Definition
    ids: tuple[int, ...]
    is_of_all: bool

    @property
    def question_id(self) -> int:
        return self.ids[-1]

    @property
    def over(self) -> list[int]:
        """Empty where it goes over all versions."""
        return [] if self.is_of_all else self.told.numbers


class _Version(Protocol):
    """One with the ids of its questions by their keys."""

    ids: dict[str, int]


def versions_with_questions(consultation: Consultation) -> list[Version]:
    """All published ones, the first on top, each with `ids`: the row of each question by its key. One statement."""
    rows = Question.objects.filter(version=OuterRef("pk")).order_by().values("version")
    ids = rows.annotate(ids=Func("key", "pk", function="jsonb_object_agg", output_field=JSONField())).values("ids")
    return list(consultation.versions.filter(published_at__isnull=False).annotate(ids=Subquery(ids)).order_by("number"))


def tables_of(versions: Sequence[Version]) -> list[Table]:
    """No statement. Wants `ids`."""
    ids = {version.pk: cast("_Version", version).ids for version in versions}
    asked = {version.pk: {one.key: one for one in questionnaire_of(version).questions} for version in versions}
    return [
        Table(
            told=table,
            asked=asked[table.version.pk][table.key],
            ids=tuple(ids[one.pk][table.key] for one in table.over),
            is_of_all=len(table.over) == len(versions),
        )
        for table in tabulations(versions)
    ]


def counts_of(
    consultation: Consultation, tables: Sequence[Table], kinds: Sequence[str]
) -> Iterator[tuple[str, Table, dict[str, Any]]]:
    """Of each table what those of each kind answered, read before the next one begins; what nobody answered last."""
    nobody = set(product(kinds, range(len(tables))))
    for kind, place, values in answers_to_each(consultation, [(table.told.key, table.ids) for table in tables]):
        if (kind, place) in nobody:
            nobody.discard((kind, place))
            yield kind, tables[place], kind_of(tables[place].asked).count(tables[place].asked, values)
    for kind, place in sorted(nobody):
        yield kind, tables[place], kind_of(tables[place].asked).count(tables[place].asked, ())
