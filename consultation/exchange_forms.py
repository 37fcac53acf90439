"""What organisers give to begin a draft from something that is written already."""

from typing import Any

from django import forms

from consultation.exchange.limesurvey import read_lss
from consultation.exchange.listing import list_problem
from consultation.exchange.reading import read_json
from consultation.exchange.shape import LARGEST, BadFileError, Written
from consultation.models import TextVersion
from consultation.readers.exchange import KIND_NAMES
from questions.ranking import MOST


class TitleForm(forms.Form):
    title = forms.CharField(min_length=8, max_length=150, help_text="A question is best. It is the title of the discussion too.")


class DocumentForm(TitleForm):
    """For the template that is about a document: which one, where it is published already."""

    version = forms.ModelChoiceField(
        label="Which document",
        queryset=TextVersion.objects.none(),
        required=False,
        empty_label="Later: none yet",
        help_text="A published version. Each of its paragraphs gets a question beside it; you can take out every one.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = TextVersion.objects.published().select_related("text").latest_first()
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]


class ListForm(TitleForm):
    """For the template that asks about one list in several ways: the list, written once."""

    choices = forms.CharField(
        label="What there is to choose from",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"One a line, two to {MOST}. Every question about the list asks about these; the ones that stand here are "
        "examples.",
    )

    def clean_choices(self) -> list[str]:
        labels = [label for line in self.cleaned_data["choices"].splitlines() if (label := line.strip())]
        if problem := list_problem(labels, most=MOST):
            raise forms.ValidationError(problem)
        return labels


class FileForm(forms.Form):
    """Of a valid form `written` is what the file holds."""

    file = forms.FileField(
        label="The file",
        help_text="A .json file exported here, or the structure (.lss) of a LimeSurvey survey. "
        f"{LARGEST // 1_000_000} MB at most.",
        widget=forms.FileInput(attrs={"accept": ".json,.lss,application/json"}),
    )
    written: Written

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(f"Choose a file of {LARGEST // 1_000_000} MB at most")
        data = file.read()
        try:
            is_lss = file.name.lower().endswith(".lss") or data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
            self.written = read_lss(data) if is_lss else read_json(data, kinds=KIND_NAMES)
        except BadFileError as problem:
            raise forms.ValidationError(str(problem)) from problem
        if len(self.written.details["title"]) < 8:
            raise forms.ValidationError("title: expected a text of 8 characters or more")
        return file
