"""What the editor does to what the machine proposes: pinned, dropped, put elsewhere. Any of it takes an approval back."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from digest.actions.editions import draft_to_change
from digest.composing import PICKED, contents
from digest.models import Edition

Thing = tuple[str, int]
"""Kind and id, as in `Edition.picks`."""


class NotInTheDraft(DomainError):
    def __init__(self) -> None:
        super().__init__("This is no longer in the draft. What stands in it now is below.")


@transaction.atomic
def pin_item(edition: Edition, *, item: Thing, by: User, at: datetime) -> None:
    """To the picks, behind those that are there; it stays in whatever happens until the cut. Safe to call twice. Raises
    NotInTheDraft, EditionIsOut."""
    edition = draft_to_change(edition, by=by)
    _sections(edition, item, at=at)
    if list(item) not in edition.picks:
        edition.picks = [*edition.picks, list(item)]
    _changed(edition)


@transaction.atomic
def unpin_item(edition: Edition, *, item: Thing, by: User) -> None:
    """Back to where its rank puts it. Safe to call twice."""
    edition = draft_to_change(edition, by=by)
    edition.picks = [each for each in edition.picks if each != list(item)]
    _changed(edition)


@transaction.atomic
def drop_item(edition: Edition, *, item: Thing, by: User, at: datetime) -> None:
    """Out of this edition, for everybody. Safe to call twice. Raises NotInTheDraft, EditionIsOut."""
    edition = draft_to_change(edition, by=by)
    if list(item) in edition.dropped:
        return
    _sections(edition, item, at=at)
    edition.picks = [each for each in edition.picks if each != list(item)]
    edition.dropped = [*edition.dropped, list(item)]
    _changed(edition)


@transaction.atomic
def restore_item(edition: Edition, *, item: Thing, by: User) -> None:
    """What was dropped is proposed again. Safe to call twice."""
    edition = draft_to_change(edition, by=by)
    edition.dropped = [each for each in edition.dropped if each != list(item)]
    _changed(edition)


@transaction.atomic
def place_item(edition: Edition, *, item: Thing, before: Thing | None, by: User, at: datetime) -> None:
    """Before another thing of its section, or (None) at its end. What comes in later stands behind. Raises NotInTheDraft,
    EditionIsOut."""
    edition = draft_to_change(edition, by=by)
    sections = _sections(edition, item, at=at)
    name = next(section for section, things in sections.items() if item in things)
    order = [each for each in sections[name] if each != item]
    if before is not None and before not in order:
        raise NotInTheDraft
    order.insert(order.index(before) if before is not None else len(order), item)
    told = [list(each) for each in order]
    if name == PICKED:
        edition.picks = told
    else:
        edition.arranged = [each for each in edition.arranged if each not in told] + told
    _changed(edition)


def _sections(edition: Edition, item: Thing, *, at: datetime) -> dict[str, list[Thing]]:
    sections: dict[str, list[Thing]] = {}
    for section, found in contents(edition, at=at):
        sections.setdefault(section, []).append((found.kind, found.object_id))
    if not any(item in things for things in sections.values()):
        raise NotInTheDraft
    return sections


def _changed(edition: Edition) -> None:
    edition.approved_at = edition.approved_by = None
    edition.save(update_fields=["picks", "dropped", "arranged", "approved_at", "approved_by"])
