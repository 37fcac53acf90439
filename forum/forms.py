"""What is sent, checked; the sentences are those of `forum.texts`."""

from typing import Any

from django import forms

from forum.texts import BODY_MAX, TITLE_MAX, TITLE_MIN, body_problem, clean_body, clean_title, title_problem


class _PlainText(forms.CharField):
    """A text whose problems are told in our own words, also that of the character that cannot be stored."""

    def __init__(self, *, empty: str, **kwargs: Any) -> None:
        super().__init__(strip=False, error_messages={"required": empty}, **kwargs)
        self.validators = []


class _BodyForm(forms.Form):
    use_required_attribute = False
    body = _PlainText(
        empty=body_problem(""),
        label="Your text",
        widget=forms.Textarea(attrs={"rows": 8, "data-most": BODY_MAX}),
    )
    draft_sequence = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_body(self) -> str:
        body = clean_body(self.cleaned_data["body"])
        problem = body_problem(body)
        if problem:
            raise forms.ValidationError(problem)
        return body


class ReplyForm(_BodyForm):
    to = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)


class StartForm(_BodyForm):
    title = _PlainText(
        empty=title_problem(""),
        label="Title",
        help_text=f"{TITLE_MIN} to {TITLE_MAX} characters. Say what it is about, as you would to a colleague in the corridor.",
        widget=forms.TextInput(attrs={"form": "composer"}),
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("title", "body")

    def clean_title(self) -> str:
        title = clean_title(self.cleaned_data["title"])
        problem = title_problem(title)
        if problem:
            raise forms.ValidationError(problem)
        return title


class EditForm(_BodyForm):
    note = forms.CharField(
        label="What you changed",
        widget=forms.TextInput(attrs={"form": "composer"}),
        required=False,
        max_length=200,
        help_text="One line for the history, for example: a figure put right.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
