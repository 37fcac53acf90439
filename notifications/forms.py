"""The choice of what comes by mail."""

from typing import Any

from django import forms

from notifications.kinds import notice_kind
from notifications.models import NoticePreference
from notifications.posting import mailable_kinds


class PreferencesForm(forms.Form):
    """A box for each kind of notice that has a letter, ticked as it stands for this person."""

    def __init__(self, *args: Any, user_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = dict(NoticePreference.objects.filter(user_id=user_id).values_list("kind", "by_mail"))
        self.kinds = mailable_kinds()
        for name in self.kinds:
            kind = notice_kind(name)
            self.fields[name] = forms.BooleanField(
                label=kind.label, required=False, initial=chosen.get(name, kind.by_mail_default)
            )

    @property
    def choices(self) -> dict[str, bool]:
        """By kind, of a valid form."""
        return {name: bool(self.cleaned_data[name]) for name in self.kinds}
