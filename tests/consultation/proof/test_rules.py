"""The table of rules: each one, where it holds, where it fails, and before it has come to that."""

from dataclasses import replace

import pytest

from consultation.proof.rules import RULES, Later, Run, rulings

DRAFT = Run(
    opened=False, closed=False, published=False, withdrawn=False, options=3, single_option_reason="", documents=1, discarded=1,
    effects=True, days=None, ends_at_2359=False, versions=0, digest="", identity="Named", current=0,
)  # fmt: skip
OPEN = replace(DRAFT, opened=True, days=42, ends_at_2359=True, versions=1, digest="abc", current=9)
CLOSED = replace(OPEN, closed=True, root="ff", root_size=9, leaves=9)
SLIP = Later(2, is_material=False, is_reviewed=True)
AGAIN = Later(3, is_material=True, is_reviewed=True, answered=9, confirmed=4)
CHANGED = replace(OPEN, versions=3, later=(SLIP, AGAIN))
PUBLISHED = replace(CLOSED, published=True, books=(9, 1, 1, 0, 7), current=7)


def judged(run, key):
    return next(each for each in rulings(run) if each.key == key)


def test_are_all_of_the_design_in_its_order():
    assert [rule.key for rule in RULES] == [*(f"G{n}" for n in range(1, 5)), *(f"R{n}" for n in range(1, 13))]
    assert all(each.promise.endswith(".") and each.proof for each in rulings(PUBLISHED))


@pytest.mark.parametrize("run", [DRAFT, replace(DRAFT, options=0), replace(DRAFT, documents=0)])
def test_nothing_is_judged_while_it_is_a_draft(run):
    assert {each.verdict for each in rulings(run)} == {"not yet"}


@pytest.mark.parametrize(
    ("key", "run", "changed", "proof"),
    [
        ("G1", OPEN, {"options": 1}, "3 options were put"),
        ("G1", replace(OPEN, options=1, single_option_reason="The law."), {"single_option_reason": ""}, "The law."),
        ("G2", OPEN, {"documents": 0}, "1 document, 1 route ruled out"),
        ("G2", OPEN, {"discarded": 0}, "effects by nation"),
        (
            "G2",
            replace(OPEN, documents=0, no_documents_reason="It is short."),
            {"no_documents_reason": " "},
            "told: It is short.",
        ),
        (
            "G2",
            replace(OPEN, discarded=0, none_discarded_reason="New."),
            {"none_discarded_reason": ""},
            "reason that is told: New.",
        ),
        ("G2", OPEN, {"effects": False}, "effects by nation"),
        ("G3", replace(OPEN, extensions=1), {"days": 27}, "42 days, to 23:59 London time of the last; 1 extension."),
        ("G3", OPEN, {"ends_at_2359": False}, "0 extensions"),
        ("R2", OPEN, {"early_looks": 1}, "0 looks"),
        ("R6", CLOSED, {"leaves": 8}, "9 responses: ff"),
        ("R1", CHANGED, {"later": (replace(SLIP, is_reviewed=False), AGAIN)}, "9 who had answered were asked again and 4 said"),
        ("R1", CHANGED, {"versions": 4}, "version 2 mends a slip of the pen, approved by a second person, counted together"),
        (
            "R7",
            replace(PUBLISHED, by_version=((1, 5), (3, 2))),
            {"by_version": ((1, 5), (3, 1))},
            "5 under version 1, 2 under version 3.",
        ),
        ("R7", PUBLISHED, {"books": (9, 1, 1, 0, 8)}, "9 − 1 taken back − 1 erased − 0 excluded = 7 counted."),
    ],
)
def test_holds_with_its_proof_and_fails_where_it_is_broken(key, run, changed, proof):
    well = judged(run, key)
    assert (well.verdict, proof in well.proof) == ("holds", True), well
    assert judged(replace(run, **changed), key).verdict == "fails"


@pytest.mark.parametrize(
    ("key", "run", "proof"),
    [
        ("R1", OPEN, "SHA-256 of what is asked: abc"),
        ("R3", CLOSED, "9 current responses; the database"),
        ("R4", OPEN, "Named since the opening"),
        ("R5", replace(OPEN, eligible=120), "120 members could answer"),
        ("R9", PUBLISHED, "no table is split"),
        ("R11", PUBLISHED, "No figure is weighted"),
        ("R12", OPEN, "No machine"),
    ],
)
def test_holds_by_the_way_it_is_built(key, run, proof):
    well = judged(run, key)
    assert (well.verdict, proof in well.proof) == ("holds", True), well


@pytest.mark.parametrize(
    ("key", "run"),
    [("R5", OPEN), ("R6", OPEN), ("R7", CLOSED), ("R9", CLOSED), *((key, PUBLISHED) for key in ("G4", "R8", "R10"))],
)  # fmt: skip
def test_says_not_yet_where_it_cannot_be_judged(key, run):
    assert judged(run, key).verdict == "not yet"


def test_of_a_withdrawn_one_nothing_is_still_to_come():
    told = rulings(replace(OPEN, withdrawn=True))
    assert "not yet" not in {each.verdict for each in told}
    assert judged(replace(OPEN, withdrawn=True), "R7").verdict == "does not arise"
    assert judged(replace(OPEN, withdrawn=True), "R3").verdict == "holds"


def test_counts_edits_from_the_second_version_on():
    assert [run.edits for run in (DRAFT, OPEN, replace(OPEN, versions=3))] == [0, 0, 2]
