"""The plain part of a letter reads as well as the other."""

from hypothesis import given
from hypothesis import strategies as st

from common.mail_text import mail_text
from common.markdown import render, sanitise

SOURCE = """Three *things* went wrong:

- the rota
- the fridge
  - its lock

1. one
2. two

> She said so.
>
> Twice.

See [the sheet](https://example.org/a) or https://example.org/b.

```
x = 1
  y = 2
```
"""
TEXT = """Three things went wrong:

- the rota
- the fridge
  - its lock

1. one
2. two

> She said so.
>
> Twice.

See the sheet (https://example.org/a) or https://example.org/b.

x = 1
  y = 2"""


def test_lists_quotes_links_and_code_stay_what_they_are():
    assert "\n".join(line for line in mail_text(render(SOURCE)).split("\n") if line != "") == "\n".join(
        line for line in TEXT.split("\n") if line != ""
    )
    assert "\n\n1. one" in mail_text(render(SOURCE))
    assert "wrong:\n\n- the rota\n- the fridge" in mail_text(render(SOURCE))


@given(st.text())
def test_any_words_are_written(words):
    mail_text(sanitise(words))
    mail_text(render(words))
