"""The answer alone, as mail programs send it."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.quoting import cut_answer

MARK = "— Write your answer above this line —"
QUOTE = f"> {MARK}\n> \n> Hello Mira,\n"
NHS = "*" * 116 + "\n\nThis message may contain confidential information. If\nyou are not the intended recipient"


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (
            f"Thanks, yes.\n\nSee you\n\nOn Fri, 27 Nov 2026 at 10:00, Plenary <reply+a@x.org> wrote:\n\n{QUOTE}",
            "Thanks, yes.\n\nSee you",
        ),
        (f"Yes.\n\nOn Fri, 27 Nov 2026 at 10:00, Plenary\n<reply+abcdef@plenary.example.org> wrote:\n\n{QUOTE}", "Yes."),
        (
            f"Yes.\n\n{'_' * 32}\nFrom: Plenary <reply+a@x.org>\nSent: 27 November 2026\nTo: Jane\nSubject: Re: Exam\n\n{MARK}\nHello",
            "Yes.",
        ),
        (f"Yes.\n\nSent from my iPhone\n\n> On 27 Nov 2026, at 10:00, Plenary wrote:\n> \n{QUOTE}", "Yes."),
        ("Yes.\n\n-----Original Message-----\nFrom: Plenary\nHello", "Yes."),
        ("Yes.\n\nOn 27 Nov 2026, Plenary wrote:\n> Hello\n> Bye\n", "Yes."),
        ("Yes.\n\n-- \nJane Manager\n01632 960123\n", "Yes."),
        (f"Yes.\n\nKind regards\nJane\nPractice Manager\n01632 960123\n\n\n{NHS}", "Yes."),
        (
            "> Which one?\n\nThe first.\n\n> And when?\n\nMonday.\n\n> Thanks\n",
            "> Which one?\n\nThe first.\n\n> And when?\n\nMonday.",
        ),
        (f"\n\nOn 27 Nov 2026, Plenary wrote:\n{QUOTE}", ""),
        (f"{MARK}\n\nI wrote below the line.", ""),
    ],
)
def test_quotes_and_signatures_are_cut(sent, answer):
    assert cut_answer(sent) == answer
    assert cut_answer(sent.replace("\n", "\r\n")) == answer


@pytest.mark.parametrize(
    "own",
    [
        "Points:\n\n- one\n- two\n\n1. a\n2. b\n\nFrom: here on it is mine\nand To: be",
        "On balance, what she wrote:\nI think it is right.",
        "Thanks!",
        "Yes\n\nThanks,\nJane\n\n" + "More to say, in a paragraph that is longer than any line of an address is. " * 2,
        "    code stays\n\nafter",
        "A rule:\n\n---\n\nbelow it",
    ],
)
def test_what_somebody_wrote_stays(own):
    assert cut_answer(own) == own.rstrip()


@given(st.text())
def test_any_text_is_cut_without_harm(text):
    assert "write your answer above this line" not in cut_answer(text).lower()


@pytest.mark.parametrize("piece", ["\n", "On a wrote\n", "From: a\n", "> \n", "- \n", "*", "Thanks\n", "Sent from my\n", "_ "])
def test_no_text_takes_long(piece):
    began = perf_counter()
    cut_answer(piece * (100_000 // len(piece)))
    assert perf_counter() - began < 2
