"""The whole kit on one page, each part in the states in use. Add to it before you add to a page."""

from datetime import UTC, datetime
from typing import Final

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.doors import open_door

_NOW: Final = datetime(2026, 11, 19, 9, 24, tzinfo=UTC)
_SWATCHES: Final = (
    "paper",
    "surface",
    "sunken",
    "ink",
    "ink2",
    "ink3",
    "line",
    "line2",
    "accent",
    "accent2",
    "wash",
    "amber",
    "red",
    "mark",
)
_TABS: Final = [
    {"url": "#tabs", "text": "Latest", "here": True},
    {"url": "#tabs", "text": "Unread", "count": 58},
    {"url": "#tabs", "text": "Unanswered"},
]
_NATIONS: Final = [
    ("England", ["30,914", "9,318", "30.1%"]),
    ("Scotland", ["3,402", "1,107", "32.5%"]),
    ("Wales", ["2,468", "842", "34.1%"]),
    ("Northern Ireland", ["1,628", None, None]),
]
_MOMENTS: Final = [
    ("short", datetime(2026, 11, 19, 7, 10, tzinfo=UTC)),
    ("short", datetime(2026, 11, 18, 19, 52, tzinfo=UTC)),
    ("short", datetime(2026, 11, 17, 12, 40, tzinfo=UTC)),
    ("brief", datetime(2026, 11, 19, 9, 16, tzinfo=UTC)),
    ("brief", datetime(2026, 11, 16, 12, 40, tzinfo=UTC)),
    ("plain", datetime(2026, 11, 17, 12, 40, tzinfo=UTC)),
    ("day", datetime(2026, 11, 17, 12, 40, tzinfo=UTC)),
    ("due", datetime(2026, 12, 4, 23, 59, tzinfo=UTC)),
    ("full", datetime(2026, 12, 4, 23, 59, tzinfo=UTC)),
]


class SampleForm(forms.Form):
    """One field of each kind that pages use."""

    code = forms.CharField(
        label="Practice code",
        help_text="One letter and five digits, on any letter from us",
    )
    address = forms.EmailField(
        label="E-mail address",
        error_messages={"invalid": "Add the part after the @ in your e-mail address"},
    )
    nation = forms.ChoiceField(label="Nation", choices=[(name, name) for name, _ in _NATIONS])
    consent = forms.ChoiceField(
        label="Could you live with an exam?",
        help_text="Choose one",
        choices=[
            ("yes", "Consent"),
            ("live", "Can live with it"),
            ("no", "Object, because…"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you could live with an exam"},
    )
    topics = forms.MultipleChoiceField(
        label="What should the weekly bring?",
        choices=[("a", "Accreditation"), ("f", "Finance and contracts")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = forms.CharField(
        label="Why?",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text="Leave out names, places and dates",
    )
    agree = forms.BooleanField(
        label="I would rather not say",
        help_text="Counted as a response",
        required=False,
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    open_door(settings.STYLEGUIDE_RULE)(request.user).enforce()
    wrong = SampleForm(
        {
            "wrong-code": "A12345",
            "wrong-address": "hester.quill@",
            "wrong-nation": "Wales",
        },
        prefix="wrong",
    )
    return render(
        request,
        "common/styleguide.html",
        {
            "now": _NOW,
            "swatches": _SWATCHES,
            "tabs": _TABS,
            "nations": _NATIONS,
            "total_row": ("All", ["38,412", "11,730", "30.5%"]),
            "moments": _MOMENTS,
            "open_counts": [224, 448, 896, 3_473, 6_163],
            "time_counts": [2_353, 3_137, 2_129, 2_577, 1_008],
            "sample": SampleForm(),
            "wrong": wrong,
        },
    )
