"""Fifty broken or hostile files: each is refused by its name in a sentence, nothing is written, no traceback."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from pathlib import Path

import pytest

from huzhou_analysis.inbox.documents import DocumentError, make
from huzhou_analysis.inbox.documents.opening import open_document

SENTENCE = "全年实现地区生产总值321.5亿元，比上年增长6.2%。"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def packed(parts: dict[str, bytes | str], *, flag: int = 0) -> bytes:
    """A zip file; with `flag`, marked as encrypted."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    raw = bytearray(file.getvalue())
    for mark in (b"PK\x03\x04", b"PK\x01\x02") if flag else ():
        at = 0
        while (at := raw.find(mark, at)) >= 0:
            raw[at + (6 if mark[2] == 3 else 8)] |= flag
            at += 4
    return bytes(raw)


def word(body: str, *, head: str = "", **more) -> bytes:
    document = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return packed({"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, "word/document.xml": document, **more})


def pdf(objects: list[str], root: int = 1, extra: str = "") -> bytes:
    """A PDF of the objects given, with its table of places."""
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root {root} 0 R {extra} >>\nstartxref\n{len(out)}\n%%EOF"
    return out + end.encode()


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>"
BOMB = zlib.compress(bytes(60 * 2**20)).decode("latin-1")
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(f'<!ENTITY a{i} "{"&a;" * 10}">' for i in range(9)) + "]>"
CELL = "<w:tbl><w:tr><w:tc>" * 400 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 400
TREE = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"

FILES: dict[str, bytes] = {
    "empty.pdf": b"",
    "spaces.txt": b" \n\t\n ",
    "zeros.txt": bytes(4000),
    "database.txt": b"SQLite format 3\0" + bytes(2000),
    "wordless.txt": ("山高水长，" * 40).encode(),
    "digits.txt": b"12 34 56 78 90\n" * 60,
    "endless.txt": (SENTENCE * 90_000).encode(),
    "half.txt": "全年实现".encode("utf-16-le")[:-1] * 30,
    "text.rtf": b"{\\rtf1\\ansi 1}",
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000),
    "locked.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600),
    "~$open.docx": b"\x01" * 160,
    "head.pdf": b"%PDF-1.7\n",
    "torn.pdf": pdf([CATALOG, TREE, PAGE])[:120],
    "scanned.pdf": pdf([CATALOG, TREE, PAGE]),
    "pageless.pdf": pdf([CATALOG, "<< /Type /Pages /Kids [] /Count 0 >>"]),
    "circle.pdf": pdf([CATALOG, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]),
    "rootless.pdf": pdf(["<< /Type /Nothing >>"]),
    "pages.pdf": pdf([CATALOG, f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in range(3, 10_003))}] /Count 10000 >>", *[PAGE] * 10_000]),
    "password.pdf": pdf([CATALOG, TREE, PAGE, f"<< /Filter /Standard /V 1 /R 2 /P -4 /O ({'x' * 32}) /U ({'y' * 32}) >>"], extra="/Encrypt 4 0 R /ID [(a) (a)]"),
    "bomb.pdf": pdf([CATALOG, TREE, PAGE, *[f"<< /Filter /FlateDecode /Length {len(BOMB)} >> stream\n{BOMB}\nendstream"] * 6]),
    "nothing.docx": packed({}),
    "bomb.docx": packed({"word/document.xml": bytes(260 * 2**20)}),
    "parts.docx": packed({f"word/{n}.bin": b"" for n in range(5_001)}),
    "laughs.docx": word("<w:p><w:r><w:t>&a8;</w:t></w:r></w:p>", head=LAUGHS),
    "declared.docx": word("<w:p/>", **{"word/styles.xml": '<!DOCTYPE x SYSTEM "file:///etc/hosts"><x/>'}),
    "broken.docx": word("<w:p><w:r>"),
    "blank.docx": word("<w:p/>"),
    "nested.docx": word(CELL),
    "torn.docx": word(f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>")[:-40],
    "secret.docx": packed({"word/document.xml": "<a/>"}, flag=1),
    "laughs.html": f"<!DOCTYPE html>{LAUGHS}<html><p>&a8;</p></html>".encode(),
    "script.html": b"<html><script>var a = 12345;</script></html>",
    "pictures.html": b"<html><body>" + b"<img src='http://example.org/1.png'>" * 50 + b"</body></html>",
    "deep.html": b"<html><body>" + b"<div>" * 60_000,
    "data.xml": b"<?xml version='1.0'?><rows><row>12</row></rows>",
    "japanese.txt": ("前年の総生産は三百二十一億円で、六パーセントのびました。2023" * 4).encode(),
    "korean.txt": ("지역내총생산은 3215억원으로 전년보다 6.2% 증가하였다. " * 4).encode(),
    "russian.txt": ("Валовой продукт составил 321,5 млрд, рост 6,2% к прошлому году. " * 4).encode(),
    "german.txt": ("Das Bruttoinlandsprodukt betrug 321,5 Milliarden Euro, ein Plus von 6,2 Prozent. " * 4).encode(),
    **{f"noise.{kind}": start + random.Random(kind).randbytes(5000) for kind, start in (("txt", b""), ("docx", b"PK\x03\x04"), ("pdf", b"%PDF-1.4\n"), ("exe", b"MZ\x90\0"), ("gz", b"\x1f\x8b\x08\0"))},
    **{f"scan.{kind}": start + bytes(500) for kind, start in (("png", b"\x89PNG\r\n\x1a\n"), ("jpg", b"\xff\xd8\xff\xe0"), ("gif", b"GIF89a"), ("tif", b"II*\0"), ("bmp", b"BM"), ("webp", b"RIFF\0\0\0\0WEBP"))},
    **{f"{kind}.docx": packed({part: "<a/>"}) for kind, part in (("plain", "a.txt"), ("table", "xl/workbook.xml"), ("slides", "ppt/presentation.xml"), ("open", "content.xml"))},
}  # fmt: skip

REASONS = {"bomb.pdf": "unpacks to more than", "bomb.docx": "too large", "pages.pdf": "at most 400", "password.pdf": "password", "laughs.docx": "declaration",
           "laughs.html": "declaration", "scanned.pdf": "scan", "korean.txt": "neither Chinese nor English"}  # fmt: skip


@pytest.mark.parametrize("name", list(FILES))
def test_refused_by_name(name, tmp_path: Path, capsys):
    (tmp_path / name).write_bytes(FILES[name])
    with pytest.raises(DocumentError) as refused:
        open_document(tmp_path / name)
    zh, _, en = str(refused.value).partition("\n")
    assert name in zh and name in en
    assert REASONS.get(name, "") in refused.value.en
    assert any("一" <= c <= "鿿" for c in refused.value.zh) and refused.value.en.isascii()


@pytest.mark.parametrize("name", ["scanned.pdf", "bomb.docx", "missing.pdf", "."])
def test_nothing_is_written(name, tmp_path: Path, capsys, tables):
    target = tmp_path / name
    if name in FILES:
        target.write_bytes(FILES[name])
    assert make(target, tables.folder) == 1
    said = capsys.readouterr()
    assert not said.out and (target.name in said.err) and "Traceback" not in said.err
    assert not list((tables.folder / "inbox").glob("*")) if (tables.folder / "inbox").is_dir() else True
