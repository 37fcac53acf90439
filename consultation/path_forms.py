"""What organisers choose for a condition, and for an invented respondent."""

from collections.abc import Mapping
from typing import Any

from django import forms

from consultation.paths.conditions import Clause, Verb, number_in
from consultation.paths.subjects import IN_WORDS, Subject


class ClauseForm(forms.Form):
    """One clause about one subject: only what fits it is offered."""

    verb = forms.ChoiceField(label="How", widget=forms.RadioSelect)
    values = forms.MultipleChoiceField(
        label="Which",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one"},
        help_text="Tick more than one where any of them will do.",
    )
    number = forms.CharField(required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        stated = {"answered": "is stated", "not_answered": "is not stated"} if subject.about == "fact" else {}
        self.fields["verb"].choices = [(verb, stated.get(verb, IN_WORDS[verb])) for verb in subject.verbs]  # type: ignore[attr-defined]
        self.fields["verb"].initial = subject.verbs[0]
        if "at_least" in subject.verbs:
            del self.fields["values"]
        elif set(subject.verbs) == {"answered", "not_answered"}:
            del self.fields["values"], self.fields["number"]
        else:
            self.fields["values"].choices = list(subject.values.items())  # type: ignore[attr-defined]
            self.fields["values"].required = self.data.get("verb") not in {"answered", "not_answered"}
            del self.fields["number"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        verb = told.get("verb")
        if verb in {"at_least", "at_most"} and number_in(told.get("number", "")) is None:
            self.add_error("number", "Enter a number, such as 4 or 2.5")
        return told

    @property
    def clause(self) -> Clause:
        """Of a valid form."""
        told = self.cleaned_data
        verb: Verb = told["verb"]
        if verb in {"answered", "not_answered"}:
            values: tuple[str, ...] = ()
        elif verb in {"at_least", "at_most"}:
            values = (str(number_in(told["number"])),)
        else:
            values = tuple(told["values"])
        return Clause(self.subject.about, self.subject.key, verb, values)


class InventedForm(forms.Form):
    """The facts of a respondent who is made up."""

    def __init__(self, *args: Any, facts: Mapping[str, Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, subject in facts.items():
            choices = [("", "Not stated"), *subject.values.items()]
            self.fields[f"fact-{name}"] = forms.ChoiceField(label=subject.label, required=False, choices=choices)

    @property
    def facts(self) -> dict[str, str]:
        """What was chosen, by name; what was not is not stated."""
        told = self.cleaned_data if self.is_valid() else {}
        return {name.removeprefix("fact-"): value for name, value in told.items() if value}
