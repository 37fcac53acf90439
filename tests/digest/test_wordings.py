"""A consent row names the words by an id: they must mean the same for ever."""

from hashlib import sha256
from pathlib import Path

from digest.wordings import WORDINGS

KNOWN = {
    "form-1": "1801d66885a06e41",
    "confirm-1": "cad04d505b1f4780",
    "account-1": "20c8467a98030889",
    "link-1": "7d81f7633e0c4e84",
    "move-1": "43c738b7bedbc74b",
    "account-moved-1": "c4e4b5b2e275fdac",
    "brought-1": "67114cf4b2ac0770",
    "ended-1": "e99edbbb03989aaf",
    "not-me-1": "633a5889ed702caf",
    "closed-1": "2600f10f0f88c9ca",
    "forget-1": "6ecacc04b23d8b65",
    "weekly-2026-11": "d3e458efed833c5d",
}


def test_words_that_changed_have_a_new_id():
    told = {name: sha256(wording.text.encode()).hexdigest()[:16] for name, wording in WORDINGS.items()}
    assert told == KNOWN, "words that somebody agreed to are not changed: give the new ones a new id, and add it here"


def test_the_document_holds_each_wording_in_full():
    document = " ".join(Path("docs/consent.md").read_text().split())
    for name, wording in WORDINGS.items():
        assert f"`{name}`" in document
        assert " ".join(wording.text.split()) in document
