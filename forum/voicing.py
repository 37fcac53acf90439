"""The part of a form that asks under which name something is written."""

from typing import Any, Final

from django import forms

from forum.pseudonyms import LABELS, OWN, Voice, offered_labels
from forum.readers.personas import Voices

UNSAID: Final = "Say under which name you write this. You have a pseudonym in this topic, so nothing is chosen for you."
OWN_NAME: Final = "own"
MINE: Final = "persona"


class VoiceFields(forms.Form):
    """Own name or a pseudonym. Who has one in the topic chooses anew each time, without a default: a slip to the own name is the
    one mistake that cannot be mended. Without `voices`, or where no pseudonym can be had, nothing is asked."""

    voice = forms.ChoiceField(
        label="Writing as",
        error_messages={"required": UNSAID, "invalid_choice": "Choose one of these names."},
        widget=forms.Select(attrs={"autocomplete": "off"}),  # a browser that fills it in again would choose for the writer
    )
    keep = forms.BooleanField(label="Keep it from members of my practice", required=False)
    asked = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
    sure = forms.BooleanField(label="I have thought of that. Post it so.", required=False)

    def __init__(self, *args: Any, voices: Voices | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.voices = voices or Voices("")
        self.doubt = ""
        if not self.voices.may_keep:
            del self.fields["keep"]
        if not self.voices.persona:
            del self.fields["asked"]
        if not (self.voices.persona or self.voices.is_offered):
            del self.fields["voice"], self.fields["sure"]
            return
        field: Any = self.fields["voice"]
        if self.voices.persona:
            other = (MINE, f"{self.voices.persona.label}, your pseudonym here")
            field.choices = [("", "Choose a name…"), (OWN_NAME, self.voices.own_name), other]
            field.error_messages["invalid_choice"] = UNSAID
        else:
            sent = self.data.get("voice", "") if self.is_bound else ""
            labels = [sent] * (sent in LABELS) + [label for label in offered_labels() if label != sent]
            pseudonyms = [(label, label) for label in labels]
            field.choices = [(OWN_NAME, self.voices.own_name), ("A pseudonym for this topic", pseudonyms)]
            field.initial = OWN_NAME

    def clean(self) -> dict[str, Any]:
        """A form that was drawn before the pseudonym was taken, in another window, came with the own name chosen: it is asked
        again, and then with nothing chosen."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if self.voices.persona and told.get("voice") == OWN_NAME and not told.get("asked"):
            self.add_error("voice", UNSAID)
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["voice"] = ""  # type: ignore[index]
        return told

    @property
    def said(self) -> Voice:
        """Of a valid form."""
        name = self.cleaned_data.get("voice", OWN_NAME)
        if name == OWN_NAME:
            return OWN
        return Voice(is_persona=True, label="" if name == MINE else name)

    def is_sure(self, doubt: str) -> bool:
        """True where there is nothing to doubt, or it was said that it is meant. Otherwise the doubt stands beside the choice,
        with a box to tick."""
        if not doubt or self.cleaned_data.get("sure"):
            return True
        self.doubt = doubt
        self.add_error("voice", f"{doubt} Choose another name, or tick the box.")
        return False
