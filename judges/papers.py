"""Foreign programs read the papers that the stories kept: pdfium, which is the reader in Chrome,
and pypdf in its strict mode. Beside each `name.pdf` lies `name.txt`, whose lines must be on it.

    papers.py folder

Not a validator of PDF/A as a whole: what an archive asks for and these two can see is looked at.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pypdfium2
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject


def need(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def plain(text: str) -> str:
    """What a reader hears: lines of one sentence belong together."""
    return re.sub(r"\s+", "", text)


def read_by_pdfium(path: Path, lines: list[str]) -> None:
    document = pypdfium2.PdfDocument(path)
    texts = []
    for page in document:
        texts.append(page.get_textpage().get_text_bounded())
        picture = page.render(scale=0.3)
        need(len(set(bytes(picture.buffer)[:200_000])) > 1, "an empty page")
    whole = plain("".join(texts))
    need(plain("Das steht nirgends") not in whole, "it finds what is not there")
    for line in lines:
        # A sign without a letter in our fonts is copied as itself, and shown as its number.
        wanted = plain(re.sub(r"\[U\+[0-9A-F]+\]", "", line))
        need(wanted in whole, f"pdfium does not find: {line}")


def fonts_of(reader: PdfReader) -> list[DictionaryObject]:
    fonts: dict[int, DictionaryObject] = {}
    for page in reader.pages:
        for reference in page["/Resources"]["/Font"].values():
            fonts[reference.idnum if isinstance(reference, IndirectObject) else id(reference)] = (
                reference.get_object()
            )
    return list(fonts.values())


def marks_in(element: DictionaryObject, page: IndirectObject | None, found: list[tuple[int, int]]) -> None:
    kids = element.get("/K", ArrayObject())
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        kid = kid.get_object()
        if not isinstance(kid, DictionaryObject):
            need(page is not None, "a mark without a page")
            found.append((page.idnum, int(kid)))
        elif kid.get("/Type") == "/MCR":
            found.append((kid.raw_get("/Pg").idnum, int(kid["/MCID"])))
        else:
            marks_in(kid, page, found)


def read_by_pypdf(path: Path) -> None:
    reader = PdfReader(path, strict=True)
    catalog = reader.trailer["/Root"]
    need("/Encrypt" not in reader.trailer and "/ID" in reader.trailer, "encrypted, or without an id")
    need(catalog["/Lang"] in ("de", "en"), "no language")
    need(bool(catalog["/MarkInfo"]["/Marked"]), "not marked")
    need(not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(catalog), "it does something")
    intent = catalog["/OutputIntents"][0]
    need(intent["/S"] == "/GTS_PDFA1", "no output intent of PDF/A")
    need(intent["/DestOutputProfile"].get_data()[36:40] == b"acsp", "no colour profile")
    about = catalog["/Metadata"].get_data().decode()
    need("<pdfaid:part>2<" in about and "<pdfaid:conformance>A<" in about, "says nothing of PDF/A")
    need("/Filter" not in catalog["/Metadata"], "its description is packed")
    for font in fonts_of(reader):
        inner = font["/DescendantFonts"][0]
        need("/FontFile2" in inner["/FontDescriptor"], "a font that is not in it")
        need("/ToUnicode" in font, "a font that cannot be copied")
        need(inner["/CIDToGIDMap"] == "/Identity", "a font with another order")
    marks: list[tuple[int, int]] = []
    marks_in(catalog["/StructTreeRoot"], None, marks)
    need(len(marks) == len(set(marks)), "a part of a page belongs to two elements")
    drawn = set()
    for page in reader.pages:
        content = page.get_contents().get_data()
        drawn |= {(page.indirect_reference.idnum, int(mark)) for mark in re.findall(rb"/MCID (\d+)", content)}
        need(content.count(b"BDC") + content.count(b"BMC") == content.count(b"EMC"), "an open mark")
    need(drawn == set(marks), "what is drawn and what is read aloud differ")
    roles = {kid.get_object()["/S"] for kid in catalog["/StructTreeRoot"]["/K"].get_object()["/K"]}
    need({"/H1", "/H2", "/P", "/Table"} <= roles, f"no structure: {roles}")


def main() -> int:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    papers = sorted(Path(sys.argv[1]).glob("*.pdf"))
    if not papers:
        sys.exit(f"there is no paper in {sys.argv[1]}")
    passed, failures = 0, []
    for path in papers:
        lines = path.with_suffix(".txt").read_text().splitlines()
        for judge in (lambda: read_by_pdfium(path, lines), lambda: read_by_pypdf(path)):
            try:
                judge()
                passed += 1
            except Exception as error:  # noqa: BLE001 - whatever a reader stumbles over is a finding
                failures.append(f"{path.name}: {type(error).__name__}: {error}")
    for failure in failures:
        print(f"FAIL {failure}")
    print(f"papers: {passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
