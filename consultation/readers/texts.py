"""Documents that members are asked about, as their pages show them."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.safestring import SafeString

from common.markdown import as_html, render
from consultation.models import TextVersion
from consultation.paragraphs import Part, paragraphs_of


@dataclass(frozen=True, slots=True)
class ReadPart:
    """`number` is 0 for a heading."""

    number: int
    html: SafeString


@dataclass(frozen=True, slots=True)
class KeptText:
    """A document: its versions, the latest first."""

    latest: TextVersion
    versions: list[TextVersion]


def read_parts(version: TextVersion) -> list[ReadPart]:
    """As it was published, or as it would be. No statement."""
    if version.parts is not None:
        return [ReadPart(part["number"], as_html(part["html"])) for part in version.parts]
    return [ReadPart(part.number, as_html(html_of(part))) for part in paragraphs_of(version.source)]


def html_of(part: Part) -> str:
    """Clean HTML. The title of the page is its only first heading, so the document's own begin with the second."""
    return render(f"#{part.words}" if part.is_heading and not part.words.startswith("######") else part.words)


def latest_texts() -> list[KeptText]:
    """The one written to last on top. One statement."""
    rows = TextVersion.objects.select_related("text").defer("source", "parts").latest_first()
    kept = [KeptText(versions[0], versions) for versions in (list(each) for _, each in groupby(rows, lambda row: row.text_id))]
    return sorted(kept, key=lambda each: (each.latest.saved_at, each.latest.pk), reverse=True)
