"""What was counted is what was given: asked once more of everything that is kept, for whoever may look into the database."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from consultation.models import Books, Consultation, Departure, Receipt, Response, Result, Root
from consultation.models.receipt import MEMBERS
from consultation.proof.merkle import root as root_over
from consultation.proof.receipts import instant, is_signed, leaf_of, root_lines
from consultation.readers.counting import counts_of, tables_of, versions_with_questions
from consultation.readers.holders import is_detached
from consultation.readers.receipts import canonical_of, leaves_of, leaves_of_ballots, root_of

BATCH = 1_000
_ADDED_UP: Final = ("choices", "rows", "steps", "none", "other", "files", "ranked", "abstained")
"""Of what a kind of question counts: what can only fall where an answer goes. The rest is worked out of it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was asked, and the numbers."""

    asked: str
    holds: bool
    told: str


def recounted(consultation: Consultation) -> Iterator[Checked]:
    """From the close on, in any mode; what waits for the publication is not asked before. Bounded memory but for the leaves.
    Nothing of a single answer is told."""
    root = root_of(consultation)
    if root is None:
        return
    leaves = leaves_of(consultation)
    lines = root_lines(consultation=consultation.slug, size=root.size, root=bytes(root.hash), fixed=instant(root.fixed_at))
    signed = is_signed(lines, key=bytes(root.key.public), signature=bytes(root.signature))
    yield Checked("The list comes to the published root", root_over(leaves) == bytes(root.hash), f"{len(leaves):,} leaves")
    yield Checked("The root is signed", signed, root.spelt)
    yield _kept(consultation, root, Counter(leaves))
    if consultation.published_at is not None:
        yield _published(consultation)


def _kept(consultation: Consultation, root: Root, leaves: Counter[bytes]) -> Checked:
    """Every ballot, or current response, is on the list as it was given, and what is on the list and not kept has left."""
    if is_detached(consultation):
        kept = Counter(leaves_of_ballots(consultation))
        return Checked("Every ballot is on the list, once, as it was given", kept == leaves, f"{kept.total():,} ballots")
    kept = Counter(_leaves_of_responses(consultation))
    gone = Departure.objects.filter(consultation=consultation).exclude(why=Departure.Why.EXCLUDED).count()
    holds = kept <= leaves and root.size - kept.total() == gone
    told = f"{kept.total():,} answers are kept, {gone:,} were taken back or erased since the close"
    return Checked("Every answer is on the list, once, as it was given", holds, told)


def _leaves_of_responses(consultation: Consultation) -> Iterator[bytes]:
    """Each hashed anew out of its rows."""
    rows = Response.objects.filter(consultation=consultation, is_current=True).select_related("consultation", "version")
    nonces = dict(Receipt.objects.filter(response__in=rows).values_list("response", "nonce"))
    for response in rows.prefetch_related("answers__question").iterator(BATCH):
        yield leaf_of(bytes(nonces.get(response.pk, b"")), canonical_of(response))


def _published(consultation: Consultation) -> Checked:
    """Every count of members that was published is made once more. Answers that were erased since cannot be: a count may be lower
    by as many, in no part higher, and is told."""
    tables = tables_of(versions_with_questions(consultation))
    again = {
        (table.told.version.pk, table.question_id): counts for _, table, counts in counts_of(consultation, tables, [MEMBERS])
    }
    rows = Result.objects.filter(version__consultation=consultation).values_list("version", "question", "counts")
    published = {(version, question): counts for version, question, counts in rows}
    otherwise = [key for key, counts in published.items() if again.get(key) != counts]
    gone = _erased_since(consultation) if otherwise else 0
    lower = sum(key in again and _is_what_is_left(published[key], again[key], gone=gone) for key in otherwise)
    wrong = len(otherwise) - lower
    told = f"{len(published):,} counts"
    if lower:
        told += f"; {gone:,} {'answer was' if gone == 1 else 'answers were'} erased since, which cannot be counted again, and "
        told += f"{lower:,} {'is' if lower == 1 else 'are'} lower by that at most"
    told += f", {wrong:,} of which come out otherwise" if wrong else ""
    return Checked("What was published is what is counted", not wrong and again.keys() == published.keys(), told)


def _erased_since(consultation: Consultation) -> int:
    """How many responses of members went after the results were published. Two statements."""
    left = Departure.objects.filter(consultation=consultation, kind=MEMBERS).exclude(why=Departure.Why.EXCLUDED).count()
    books = Books.objects.filter(consultation=consultation).first()
    return left - (books.withdrawn + books.erased) if books else 0


def _is_what_is_left(published: dict[str, Any], again: dict[str, Any], *, gone: int) -> bool:
    """Of these counts, once at least one answer and at most `gone` are no more."""
    if published.keys() != again.keys() or not 0 < published["n"] - again["n"] <= gone:
        return False
    return all(_is_no_higher(again[part], published[part]) for part in _ADDED_UP if part in published)


def _is_no_higher(again: Any, published: Any) -> bool:
    if isinstance(again, list) and isinstance(published, list):
        return len(again) == len(published) and all(map(_is_no_higher, again, published))
    if isinstance(again, int) and isinstance(published, int):
        return again <= published
    return bool(again == published)
