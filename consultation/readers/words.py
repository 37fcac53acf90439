"""What ballots say in their writers' own words: texts by question, from which nothing leads to the rest of the ballot."""

from typing import Final

from django.db.models import CharField, F, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import MD5, Cast, Concat

from common.paging import Page, read_cursor, take_page
from consultation.models import Ballot, Consultation
from consultation.readers.questionnaires import current_version, questionnaire_of
from consultation.readers.showing import MAY_HOLD_WORDS, WORDED, written_in
from questions.definitions import Definition

PAGE: Final = 50


def worded_on_ballots(consultation: Consultation) -> list[Definition]:
    """The questions to which a ballot may answer in words. One statement."""
    asked = (asked for asked in questionnaire_of(current_version(consultation)).questions if asked.kind in MAY_HOLD_WORDS)
    return [one for one in asked if one.kind in (*WORDED, "consent") or one.allows("other")]


def words_on_ballots(consultation: Consultation, asked: Definition, *, after: str = "") -> Page[str]:
    """What was written to one question, fifty a page, without facts. The order is drawn out of the ballots' ids, which were
    drawn by lot at the last mixing, and is another one for each question: what stands first here says nothing of what stands
    first there. Answers without words leave gaps in the pages. One statement. Raises BadCursor."""
    place = MD5(Concat(Cast("pk", CharField()), Value(f" {asked.key}")))
    rows = Ballot.objects.filter(consultation=consultation, answers__has_key=asked.key).annotate(
        place=place, said=KeyTransform(asked.key, F("answers"))
    )
    if after:
        rows = rows.filter(place__gt=read_cursor(after, length=1)[0])
    found = list(rows.order_by("place").values_list("place", "said")[: PAGE + 1])
    page = take_page(found, size=PAGE, key=lambda row: (row[0],), has_newer=False)
    return Page([text for _, said in page.rows if (text := written_in(asked, said))], page.older)
