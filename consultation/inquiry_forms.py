"""What is asked of the writer of a response, and what they say; validation only."""

from django import forms

from consultation.models.inquiry import LONGEST_ANSWER, LONGEST_QUESTION


class AskWriterForm(forms.Form):
    text = forms.CharField(
        label="Your question",
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"At most {LONGEST_QUESTION} characters. Ask nothing that only one person could answer.",
    )


class AskByReferenceForm(AskWriterForm):
    whose = forms.CharField(
        label="Reference of the receipt",
        max_length=80,
        help_text="Sixteen letters and digits. Whoever answered has it, and you have it where they told you.",
    )
    field_order = ("whose", "text")


class AnswerInquiryForm(forms.Form):
    text = forms.CharField(
        label="What you say to it",
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"At most {LONGEST_ANSWER:,} characters. Leave out what only you could write.",
    )
