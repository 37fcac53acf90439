from django import forms

from accounts.models import Closing


class CloseForm(forms.Form):
    """A box, so that nobody closes their account by one slip."""

    use_required_attribute = False
    sure = forms.BooleanField(
        label="Close my account for good",
        error_messages={"required": "Tick the box if you want this. If not, leave this page: nothing has happened."},
    )


class CloseForAnotherForm(forms.Form):
    """Why an officer closes somebody's account: out of a list, since the record outlives the person's data."""

    use_required_attribute = False
    why = forms.ChoiceField(
        label="Why",
        choices=[(why.value, str(why.label)) for why in Closing.BY_OFFICERS],
        widget=forms.RadioSelect,
        error_messages={"required": "Say why."},
        help_text="Nothing else is written down: the letter itself stays with the office, under its own rules.",
    )
