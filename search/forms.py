from django import forms

from search.readers import LONGEST_QUERY


class SearchForm(forms.Form):
    """What is looked for. Empty is no error: the page then says what can be found."""

    q = forms.CharField(
        label="Search topics and posts",
        required=False,
        max_length=LONGEST_QUERY,
        help_text="Put a phrase in quotation marks; a minus before a word leaves it out.",
        error_messages={"max_length": f"Shorten your search to {LONGEST_QUERY} characters."},
        widget=forms.SearchInput(attrs={"autocomplete": "off"}),
    )

    def clean_q(self) -> str:
        """Phones write curly quotation marks; a phrase is found between them all the same."""
        words: str = self.cleaned_data["q"]
        return words.replace("“", '"').replace("”", '"')
