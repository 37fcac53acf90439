"""Draw our icon sprite from Lucide's files: python scripts/make_icons.py <unpacked lucide-static>.

Run by hand when an icon is added; the result, common/static/ui/icons.svg, is committed, and those of ALONE once more as files of
their own, for stylesheets: what a page has by the hundred (below each post) is drawn by a class, not by markup. Our names
say what an icon means here (`persona`), Lucide's what it shows (`venetian-mask`).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

SPRITE = Path(__file__).resolve().parent.parent / "common/static/ui/icons.svg"
ALONE = ("agree", "bookmark", "disagree", "dots", "idea", "quote", "reply", "thanks")
STROKE = 'fill="none" stroke="#000" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
LUCIDE = {
    "agree": "thumbs-up",
    "arrow": "arrow-right",
    "ballot": "list-checks",
    "bell": "bell",
    "bold": "bold",
    "bookmark": "bookmark",
    "calendar": "calendar",
    "chart": "chart-column",
    "check": "check",
    "clip": "paperclip",
    "clock": "clock",
    "code": "code",
    "delete": "trash-2",
    "disagree": "thumbs-down",
    "doc": "file-text",
    "dots": "ellipsis",
    "down": "chevron-down",
    "download": "download",
    "edit": "pencil",
    "emoji": "smile",
    "flag": "flag",
    "forum": "message-square",
    "heading": "heading",
    "history": "history",
    "home": "house",
    "idea": "lightbulb",
    "info": "info",
    "italic": "italic",
    "left": "chevron-left",
    "link": "link",
    "list": "list",
    "lock": "lock",
    "mail": "mail",
    "numbers": "list-ordered",
    "outside": "external-link",
    "pause": "pause",
    "people": "users",
    "persona": "venetian-mask",
    "person": "user",
    "pin": "pin",
    "plus": "plus",
    "print": "printer",
    "quote": "quote",
    "reply": "reply",
    "right": "chevron-right",
    "search": "search",
    "send": "send",
    "settings": "settings",
    "shield": "shield",
    "signout": "log-out",
    "table": "table",
    "thanks": "heart",
    "up": "chevron-up",
    "warn": "triangle-alert",
    "x": "x",
}


def symbol(name: str, source: str) -> str:
    shapes = re.findall(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>", source)
    drawn = "".join(re.sub(r"\s+", " ", shape).replace(" />", "/>") for shape in shapes)
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{drawn}</symbol>'


def alone(drawn: str) -> str:
    inner = drawn[drawn.index(">") + 1 : drawn.rindex("<")]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" {STROKE}>{inner}</svg>\n'


def main(lucide: Path) -> None:
    symbols = [symbol(name, (lucide / "icons" / f"{file}.svg").read_text()) for name, file in sorted(LUCIDE.items())]
    note = "<!-- Lucide icons, ISC licence: see LUCIDE-LICENSE.txt. Written by scripts/make_icons.py -->"
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', note, *symbols, "</svg>", ""]
    SPRITE.write_text("\n".join(lines))
    for name in ALONE:
        drawn = next(each for each in symbols if f'"i-{name}"' in each)
        (SPRITE.parent / "icons" / f"{name}.svg").write_text(alone(drawn))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
