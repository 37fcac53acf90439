"""Quoting: the words of a post as Markdown, with a link to where they stand. Pure."""


def quotation(words: str, *, author: str, number: int, url: str) -> str:
    """A block quote that says whose words these are, and an empty line to go on writing after."""
    head = f"[{plain_name(author)}, #{number}]({url}#p{number})"
    lines = [head, "", *_own(words).splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _own(words: str) -> str:
    """Without what was itself quoted; everything, where nothing else is left."""
    kept = "\n".join(line for line in words.strip().splitlines() if not line.lstrip().startswith(">"))
    return kept.strip() or words.strip()


def plain_name(name: str) -> str:
    """A name inside a link's text must not end it."""
    return "".join(f"\\{letter}" if letter in "[]\\`*_<>" else letter for letter in name)
