"""What hangs on the person: replies to a reader's own topics. Never kept: asked when sent and when read."""

from collections.abc import Mapping, Sequence

from common.markdown import as_html
from digest.fragments import fragment_html, fragment_text
from digest.models import Delivery, Edition
from digest.readership import Reader
from digest.sections import Part, Section
from digest.sources import REPLIES
from digest.sources.shape import Candidate


def personal_sections(rows: Sequence[Delivery], readers: Mapping[int | None, Reader]) -> dict[int, list[Section]]:
    """By delivery: replies to topics of its reader, for readers with an account."""
    told: dict[int, list[Section]] = {}
    for edition in {row.edition_id: row.edition for row in rows}.values():
        mine = {row.pk: row.address.account_id for row in rows if row.edition_id == edition.pk and row.address.account_id}
        found = _replies(edition, [account for account in mine.values() if account is not None], readers)
        told |= {pk: [_section(found[account])] for pk, account in mine.items() if account is not None and found.get(account)}
    return told


def personal_of(edition: Edition, account_id: int, reader: Reader) -> list[Section]:
    """The same for one reader, on the web."""
    found = _replies(edition, [account_id], {account_id: reader})
    return [_section(found[account_id])] if found.get(account_id) else []


def _replies(
    edition: Edition, accounts: Sequence[int], readers: Mapping[int | None, Reader]
) -> Mapping[int, Sequence[Candidate]]:
    if not accounts:
        return {}
    return REPLIES.to(accounts, edition.starts, edition.ends, viewers={each: readers[each].viewer for each in accounts})


def _section(found: Sequence[Candidate]) -> Section:
    return Section("personal", [Part(as_html(fragment_html(each)), fragment_text(each)) for each in found])
