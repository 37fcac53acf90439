"""How a consultation is run, as plain facts for the table of rules."""

from django.db.models import Count, F, Q

from common.clock import london_day
from consultation.calendar import close_of, days_open
from consultation.models import (
    Ballot,
    Books,
    Consultation,
    Departure,
    Entry,
    EntryLook,
    Leaf,
    Ledger,
    Option,
    OtherBooks,
    Party,
    Response,
    Root,
    Showing,
)
from consultation.proof.rules import Run
from consultation.readers.holders import is_detached
from consultation.readers.questionnaires import published_versions
from consultation.readers.versions import later_versions
from consultation.redaction import CATEGORIES


def run_of(consultation: Consultation) -> Run:
    """Fourteen statements at most, whatever its size; two more where the questions were changed."""
    opened, closes = consultation.opened_at, consultation.closes_at
    versions = published_versions(consultation)
    sent = Response.objects.filter(consultation=consultation).of_members()
    detached = is_detached(consultation)
    ballots = Ballot.objects.filter(consultation=consultation).count() if detached and consultation.closed_at else None
    root = Root.objects.filter(consultation=consultation).first()
    books = Books.objects.filter(consultation=consultation).first()
    unneeded = Q(entry__released_at__isnull=False) & ~Q(entry__released_by=F("by")) & ~Q(entry__returned_by=F("by"))
    looks = EntryLook.objects.filter(consultation=consultation).aggregate(all=Count("pk"), early=Count("pk", filter=unneeded))
    taken_out = _taken_out(consultation)
    return Run(
        on_paper=Entry.objects.filter(consultation=consultation).count(),
        paper_looks=looks["all"],
        early_looks=looks["early"],
        opened=opened is not None,
        closed=consultation.closed_at is not None,
        published=consultation.published_at is not None,
        withdrawn=consultation.withdrawn_at is not None,
        options=Option.objects.filter(consultation=consultation).count(),
        single_option_reason=consultation.single_option_reason,
        no_documents_reason=consultation.no_documents_reason,
        none_discarded_reason=consultation.none_discarded_reason,
        documents=consultation.documents.count(),
        discarded=consultation.discarded.count(),
        effects=bool(consultation.effects.strip()),
        days=days_open(opened, closes) if opened and closes else None,
        ends_at_2359=closes is not None and closes == close_of(london_day(closes)),
        versions=len(versions),
        digest=versions[-1].digest if versions else "",
        identity=consultation.get_identity_mode_display(),
        detached=detached,
        took_part=Ledger.objects.filter(consultation=consultation, took_part=True).count() if ballots is not None else None,
        current=(ballots or 0) if detached else sent.filter(is_current=True).count(),
        eligible=consultation.eligible_at_opening,
        root=root.spelt if root else "",
        root_size=root.size if root else None,
        leaves=Leaf.objects.filter(consultation=consultation).count() if root else None,
        books=(books.leaves, books.withdrawn, books.erased, books.excluded, books.counted) if books else None,
        other_books=[
            (str(Party.Kind(each.kind).label), (each.leaves, each.withdrawn, each.erased, each.excluded, each.counted))
            for each in OtherBooks.objects.filter(consultation=consultation)
        ],
        segments=books.segments if books else None,
        exclusions=tuple(_reasons(consultation)) if books and books.excluded else (),
        redactions=tuple((words, taken_out[key]) for key, words in CATEGORIES.items() if taken_out[key]),
        kept_back=taken_out["kept"],
        later=later_versions(consultation, versions),
        by_version=tuple(books.told_by_version) if books else (),
        extensions=consultation.transitions.filter(what="", from_state__in=["open", "paused"], to_state=F("from_state")).count(),
    )


def _taken_out(consultation: Consultation) -> dict[str, int]:
    """What two agreed to keep from other readers: passages by category, and `kept` whole answers."""
    agreed = Showing.objects.filter(answer__response__consultation=consultation, agreed_at__isnull=False)
    by_category = {key: Count("redactions", filter=Q(redactions__category=key)) for key in CATEGORIES}
    kept = Count("pk", filter=Q(decision=Showing.Decision.KEPT_BACK), distinct=True)
    return agreed.aggregate(kept=kept, **by_category)


def _reasons(consultation: Consultation) -> list[str]:
    excluded = Departure.objects.filter(consultation=consultation, why=Departure.Why.EXCLUDED)
    return list(excluded.order_by("reason").values_list("reason", flat=True))
