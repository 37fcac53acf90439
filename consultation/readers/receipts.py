"""Receipts, leaves, roots and keys, as bytes that anybody can check."""

from typing import Any

from consultation.models import Ballot, Consultation, Leaf, Receipt, Response, Root, SigningKey
from consultation.proof import receipts
from consultation.proof.receipts import fingerprint, instant
from consultation.proof.spelling import canonical_response


def canonical_of(response: Response) -> bytes:
    """The bytes that its receipt is the hash of, out of its rows. Two statements at most."""
    return canonical_response(
        consultation=response.consultation.slug,
        version=response.version.digest,
        revision=response.revision,
        answers={answer.question.key: answer.value for answer in _answers(response)},
    )


def receipt_of(response: Response) -> receipts.Receipt | None:
    """Whole, put together from what is kept now: where that is not what was signed, it does not hold. None for what was sent
    before there were receipts."""
    kept = Receipt.objects.filter(response=response).select_related("key").first()
    if kept is None:
        return None
    return receipts.Receipt(
        consultation=response.consultation.slug,
        response=canonical_of(response),
        nonce=bytes(kept.nonce),
        leaf=bytes(kept.leaf),
        sent=instant(response.submitted_at),
        key=bytes(kept.key.public),
        signature=bytes(kept.signature),
    )


def root_of(consultation: Consultation) -> Root | None:
    """None until the close."""
    return Root.objects.filter(consultation=consultation).select_related("key").first()


def root_file_of(root: Root, consultation: Consultation) -> dict[str, str | int]:
    """root.json."""
    return receipts.root_file(
        consultation=consultation.slug,
        size=root.size,
        root=bytes(root.hash),
        fixed=instant(root.fixed_at),
        key=bytes(root.key.public),
        signature=bytes(root.signature),
    )


def leaves_of(consultation: Consultation) -> list[bytes]:
    """In the order of the tree. One statement."""
    rows = Leaf.objects.filter(consultation=consultation).order_by("position").values_list("hash", flat=True)
    return [bytes(leaf) for leaf in rows.iterator(5_000)]


def leaves_of_ballots(consultation: Consultation) -> list[bytes]:
    """Hashed anew out of opened ballots. Nobody has a receipt: the root over them holds what was sent as it was at the close."""
    asked = consultation.versions.get(published_at__isnull=False).digest
    rows = Ballot.objects.filter(consultation=consultation).values_list("nonce", "answers")
    return [
        receipts.leaf_of(
            bytes(nonce or b""),
            canonical_response(consultation=consultation.slug, version=asked, revision=1, answers=given or {}),
        )
        for nonce, given in rows.iterator(1_000)
    ]


def keys() -> list[dict[str, Any]]:
    """Every key that ever signed, the first on top: its hexadecimal, fingerprint, and when it began."""
    rows = SigningKey.objects.all()
    return [{"key": bytes(row.public).hex(), "fingerprint": fingerprint(bytes(row.public)), "since": row.since} for row in rows]


def keys_file() -> dict[str, Any]:
    """keys.json."""
    told = [{"key": each["key"], "since": instant(each["since"])} for each in keys()]
    return {"format": receipts.KEYS, "keys": told}


def _answers(response: Response) -> Any:
    """As prefetched, where they were."""
    prefetched = "answers" in getattr(response, "_prefetched_objects_cache", {})
    return response.answers.all() if prefetched else response.answers.select_related("question")
