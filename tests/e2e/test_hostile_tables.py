"""Hostile text in every text column of every table, through the whole report: it is text everywhere, and nothing more."""

import csv
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from urllib.parse import urlsplit

import pytest
from hostile_city import ADDRESS, FORMULAS, hostile
from lxml import html
from table_copies import ROOT
from whole import command, environment

pytestmark = pytest.mark.e2e
LANGUAGES = ("zh", "en")
# Text that stands somewhere in every format, as it was put into the tables.
SEEN = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "$x^2$", "]]>", "${jndi:ldap://x}"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile") / "city"
    hostile(folder)
    done = subprocess.run(command("report", "--data", folder), cwd=ROOT, env=environment(ROOT), capture_output=True,
                          encoding="utf-8", timeout=1500)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "reports"


ADDRESSES = {"src", "href", "xlink:href", "action", "data", "formaction", "srcset", "poster"}


def test_pages_hold_it_as_text(made):
    for path in sorted(made.rglob("*.html")):
        raw = path.read_text(encoding="utf-8")
        page = [e for e in html.document_fromstring(raw.encode()).iter() if isinstance(e.tag, str)]
        said = [(element.tag, key, value) for element in page for key, value in element.attrib.items()]
        name = path.relative_to(made).as_posix()
        assert [one for one in said if one[1].startswith("on")] == [], name
        assert raw.count("<script") == (1 if name.endswith("report.html") else 0), name
        assert not {element.tag for element in page} & {"iframe", "object", "embed", "link", "form", "base"}, name
        for tag, address in [(tag, value) for tag, key, value in said if key in ADDRESSES]:
            scheme = urlsplit(address).scheme
            picture = address.startswith(("data:image/png;base64,", "data:image/svg"))
            assert (scheme == "" and not address.startswith("//")) or picture, (name, tag, address[:80])
    for lang in LANGUAGES:
        text = html.document_fromstring((made / lang / "report.html").read_bytes()).text_content()
        for words in [*SEEN, *FORMULAS]:
            assert words in text, (lang, words)


def test_pictures_hold_it_as_shapes(made):
    for path in made.rglob("*.svg"):
        tree = ET.parse(path)
        for element in tree.iter():
            assert element.tag.rpartition("}")[2] not in ("script", "foreignObject", "image", "a"), path.name
            for name, value in element.attrib.items():
                assert not name.rpartition("}")[2].startswith("on"), path.name
                assert not (name.endswith("href") and not value.startswith("#")), path.name


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["appendix.pptx", "report.docx", "workbook.xlsx"])
def test_office_files_hold_it_as_text(made, lang, name):
    text, formulas, outside = [], [], []
    with zipfile.ZipFile(made / lang / name) as file:
        for part in file.namelist():
            if part.endswith((".xml", ".rels")):
                root = ET.fromstring(file.read(part))  # well-formed
                text += list(root.itertext())
                for element in root.iter():
                    tag = element.tag.rpartition("}")[2]
                    if tag in ("f", "instrText"):
                        formulas.append(element.text or "")
                    if tag == "Relationship" and element.get("TargetMode") == "External":
                        outside.append(element.get("Target"))
                    assert tag not in ("altChunk", "ddeLink", "oleLink", "externalLink"), part
    assert outside == []
    text = "".join(text)
    for words in SEEN:
        assert words in text, words
    assert formulas  # of charts, contents and computed cells: none came out of a table
    for formula in formulas:
        assert not re.search(rf"cmd|SUM\(1\)|{re.escape(ADDRESS)}|javascript", formula), formula


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_holds_it_as_text(made, lang):
    reader = shutil.which("pdftotext")
    raw = (made / lang / "report.pdf").read_bytes()
    assert not re.search(rb"/(JavaScript|JS|Launch|URI|SubmitForm)\b", raw)
    if not reader:
        pytest.skip("pdftotext is not installed")
    shown = subprocess.run([reader, made / lang / "report.pdf", "-"], capture_output=True, check=True).stdout.decode()
    flat = re.sub(r"[\s\u200b\u00ad-]+", "", shown)
    for words in SEEN:
        assert re.sub(r"[\s-]+", "", words) in flat, words


def test_tables_for_machines_hold_what_was_put_in(made):
    """A table is data: its bytes are what the text is, quoted as CSV asks; nothing is added that a program would read."""
    cells = 0
    for path in made.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file, strict=True)
        assert all(len(row) == len(head) for row in rows), path.name
        cells += sum(map(len, rows))
    assert cells > 300
