"""What a page says of itself to search engines: JSON-LD in a script element that holds data and runs nothing.

The Content Security Policy rules what runs, so such a block needs no exception from it (a test in Chromium holds that). In JSON
`<`, `>` and `&` may be written as escapes: then nothing in it can end its element, and it is safe to stand in a page as it is.
"""

import json
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.markdown import as_html

_ESCAPES: Final = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def linked_data(value: dict[str, Any]) -> SafeString:
    """The block for the head of a page."""
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', as_html(told))
