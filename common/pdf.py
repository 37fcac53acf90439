"""Papers: a Typst template and plain values make a PDF that a screen reader can read (PDF/UA-1).

The values go in as JSON beside the template and are never part of it, so nothing that somebody wrote is ever read as a command;
the template can open no file and nothing is fetched. A paper holds no moment of its own: the same values give the same bytes.
"""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from common.glyphs import characters_of

FONTS: Final = Path(__file__).parent / "fonts"
FALLBACK: Final = FONTS / "DejaVuSans.ttf"
"""Stands in for what the text's own font (Libertinus, within Typst) has not: Greek, Cyrillic, Arabic, Hebrew, signs, faces."""


def pdf_of(template: Path, told: Mapping[str, Any]) -> bytes:
    """`told` is the template's `sys.inputs.told`, as JSON can hold it. In it `named` is added: whether a character had to be told
    by its name, in square brackets, because no font of ours draws it."""
    legible = _each(told)
    sheets = _compiler(template).compile(
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"told": json.dumps({**legible, "named": legible != _each(told, name=False)})},
    )
    if not isinstance(sheets, bytes):
        raise TypeError("a PDF is one file")
    return sheets


def legible(text: str, *, name: bool = True) -> str:
    """NFC, with the name in square brackets in place of what cannot be drawn ([cjk unified ideograph-6f22]), or without it; line
    feeds stay, other controls go."""
    return "".join(_drawn(sign, name=name) for sign in unicodedata.normalize("NFC", text))


def _drawn(sign: str, *, name: bool) -> str:
    if sign == "\n" or (ord(sign) in _characters() and unicodedata.category(sign) not in {"Cc", "Co"}):
        return sign
    if unicodedata.category(sign) in {"Cc", "Cf", "Cs"} or not name:
        return ""
    return f"[{unicodedata.name(sign, f'U+{ord(sign):04X}').lower()}]"


def _each(value: Any, *, name: bool = True) -> Any:
    if isinstance(value, str):
        return legible(value, name=name)
    if isinstance(value, Mapping):
        return {key: _each(each, name=name) for key, each in value.items()}
    return [_each(each, name=name) for each in value] if isinstance(value, (list, tuple)) else value


@cache
def _characters() -> frozenset[int]:
    return characters_of(FALLBACK)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def _compiler(template: Path) -> typst.Compiler:
    return typst.Compiler(template.read_bytes(), root=str(FONTS), font_paths=_fonts(), ignore_system_fonts=True)
