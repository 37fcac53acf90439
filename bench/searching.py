"""What a bench asks of search, in words that `seed_town` writes: a common one, one in a tenth of all posts, two at once, few."""

from urllib.parse import urlencode

WORDS = {
    "common word": "practice",
    "word in a tenth of all posts": "DSPT",
    "two words": "template spreadsheet",
    "with other names, in a category": "pcn is:question",
    "nothing": "zebra",
}


def targets(base: str, member: str) -> list[tuple[str, str, str]]:
    """(name, address, cookie) for each search, by a visitor and by a member whose session cookie is given."""
    found = []
    for name, words in WORDS.items():
        url = f"{base}/search/?{urlencode({'q': words})}"
        found += [(f"search, {name}, visitor", url, ""), (f"search, {name}, member", url, member)]
    return found
