from django import forms

from search.readers import LONGEST_QUERY


class SearchForm(forms.Form):
    """What is looked for. Empty is no error: the page then says what can be found."""

    q = forms.CharField(
        label="Search topics and posts",
        required=False,
        max_length=LONGEST_QUERY,
        help_text='Put a phrase in "quotes"; a minus before a word leaves it out.',
        error_messages={"max_length": f"Shorten your search to {LONGEST_QUERY} characters."},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
