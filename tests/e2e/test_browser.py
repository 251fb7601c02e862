"""The report in a browser: on a wide and a narrow screen, by day and by night, by keyboard."""

from itertools import pairwise

import pytest
from whole import chromium

pytestmark = pytest.mark.e2e

WIDE, NARROW = (1280, 900), (390, 844)
PAGES = ("zh/report.html", "en/report.html", "index.html")
SCREENS = pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["1280", "390"])
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


class Visit:
    """A page that was opened, with everything it asked for and complained about."""

    def __init__(self, context, path):
        self.asked, self.complaints = [], []
        self.page = context.new_page()
        self.page.on("console", lambda message: self.complain(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self.answer)
        self.page.goto(path.as_uri())
        self.page.evaluate("document.fonts.ready")

    def complain(self, kind, text):
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def answer(self, route):
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            self.asked.append(route.request.url)
            route.abort()


@pytest.fixture
def visit(browser, made):
    contexts = []

    def open_page(name, screen, **options):
        contexts.append(browser.new_context(viewport={"width": screen[0], "height": screen[1]}, **options))
        return Visit(contexts[-1], made / name)

    yield open_page
    for context in contexts:
        context.close()


@SCREENS
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_asks_for_nothing_and_complains_of_nothing(visit, tmp_path, name, screen):
    seen = visit(name, screen)
    width = seen.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    seen.page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert width[0] <= width[1]
    assert seen.asked == []
    assert seen.complaints == []
    beyond = seen.page.evaluate("""() => [...document.querySelectorAll('h1,h2,h3,p,figure,summary,li,.scroll')]
        .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.textContent.slice(0, 60))""")
    assert beyond == []


def test_chinese_is_set_in_a_font_that_comes_along(visit, made):
    """Not every machine has Chinese fonts, and a browser falls back on boxes."""
    for path in [*(made / name for name in PAGES), *sorted((made / "notebooks").glob("*.html"))]:
        seen = visit(path.relative_to(made).as_posix(), WIDE)
        strays = seen.page.evaluate("""() => [...document.body.querySelectorAll('*')]
            .filter(e => !['SCRIPT', 'STYLE'].includes(e.tagName) && !e.closest('svg')
                && [...e.childNodes].some(n => n.nodeType === 3 && /[\u4e00-\u9fff]/.test(n.data))
                && !getComputedStyle(e).fontFamily.includes('Huzhou CJK'))
            .map(e => e.tagName + ' ' + e.className + ': ' + e.textContent.slice(0, 30))""")
        assert strays == [], path.name


def test_executed_notebooks_ask_for_nothing(visit, made):
    for path in sorted((made / "notebooks").glob("*.html")):
        seen = visit(f"notebooks/{path.name}", WIDE)
        assert seen.asked == [], path.name
        assert seen.complaints == [], path.name
        assert seen.page.locator("img").count() + seen.page.locator("table").count() > 0


@SCREENS
@LANGUAGES
def test_every_figure_shows_one_picture_of_the_right_shape(visit, lang, screen):
    seen = visit(f"{lang}/report.html", screen)
    figures = seen.page.evaluate("""() => [...document.querySelectorAll('figure')].map(figure => ({
        id: figure.closest('article').id, label: figure.getAttribute('aria-label'),
        shown: [...figure.querySelectorAll('svg')].map(svg => [svg, svg.getBoundingClientRect()])
            .filter(([_, box]) => box.width > 0 && box.height > 0)
            .map(([svg, box]) => ({kind: svg.getAttribute('class'), width: box.width, height: box.height,
                                   drawn: svg.querySelectorAll('path').length})),
        all: figure.querySelectorAll('svg').length}))""")
    assert len(figures) > 5
    for figure in figures:
        assert figure["all"] == 2, figure
        assert [picture["kind"] for picture in figure["shown"]] == ["page" if screen is WIDE else "phone"], figure
        (picture,) = figure["shown"]
        assert picture["width"] > 0.85 * min(screen[0], 1080) - 60, figure
        assert picture["height"] > 150, figure
        assert picture["drawn"] > 10, figure
        assert figure["label"].strip()


# Compares what a canvas draws: a missing glyph is a box, the same for every character.
GLYPHS = """async (family) => {
    const faces = await document.fonts.load(`40px "${family}"`, '湖州');
    const ink = character => {
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 60;
        const pen = canvas.getContext('2d');
        pen.font = `40px "${family}"`;
        pen.fillText(character, 5, 45);
        return pen.getImageData(0, 0, 60, 60).data.join();
    };
    return {faces: faces.map(face => face.status), pictures: ['湖', '州', '\\u{F0000}', ' '].map(ink)};
}"""


@pytest.mark.parametrize("name", [*PAGES, "notebooks/00_overview.html"])
def test_chinese_is_drawn_with_the_glyphs_that_the_page_carries(visit, name):
    found = visit(name, WIDE).page.evaluate(GLYPHS, "Huzhou CJK")
    assert found["faces"] == ["loaded"]
    assert len(set(found["pictures"])) == 4


@pytest.mark.parametrize(("name", "words"), [
    ("zh/report.html", "h1"), ("en/report.html", "header a"), ("index.html", "h1"),
])  # fmt: skip
def test_the_chinese_words_of_the_page_use_that_font(visit, name, words):
    """Not one of the system, which may have none."""
    page = visit(name, WIDE).page
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": words})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert any(font["isCustomFont"] and font["glyphCount"] > 1 for font in fonts), fonts


@LANGUAGES
def test_details_open_by_keyboard(visit, lang):
    page = visit(f"{lang}/report.html", WIDE).page
    details = page.locator("details:not(.changes)").first  # the panel of changes of a first report has no table
    summary = details.locator("summary")
    assert details.get_attribute("open") is None
    summary.focus()
    outline = summary.evaluate("e => getComputedStyle(e).outlineStyle")
    page.keyboard.press("Enter")
    assert details.get_attribute("open") is not None
    assert details.locator("table").first.is_visible()
    page.keyboard.press("Space")
    assert details.get_attribute("open") is None
    assert outline != "none"


@LANGUAGES
def test_the_first_key_leads_past_the_contents(visit, lang):
    page = visit(f"{lang}/report.html", WIDE).page
    page.keyboard.press("Tab")
    skip = page.evaluate("""() => {const e = document.activeElement, box = e.getBoundingClientRect();
        return [e.getAttribute('href'), box.left >= 0 && box.top >= 0]}""")
    assert skip == ["#main", True]


@LANGUAGES
def test_headings_go_down_one_step_at_a_time_and_tables_say_what_they_are(visit, lang):
    page = visit(f"{lang}/report.html", WIDE).page
    levels = page.locator("h1,h2,h3,h4").evaluate_all("all => all.map(e => +e.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert page.locator("table:not(:has(caption))").count() == 0
    assert page.locator("th:not([scope])").count() == 0


# WCAG 2: contrast of the text of each element with the first background that is not transparent behind it.
CONTRAST = """() => {
    const parse = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = e => {
        for (; e; e = e.parentElement) {
            const colour = parse(getComputedStyle(e).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) return colour;
        }
        return parse(getComputedStyle(document.body).backgroundColor);
    };
    const found = {};
    for (const e of document.querySelectorAll('h1,h2,h3,p,li,a,td,th,summary,strong,span')) {
        if (!e.textContent.trim() || e.closest('svg')) continue;
        const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const name = e.tagName + '.' + e.className;
        found[name] = Math.min(found[name] ?? 99, ratio);
    }
    return {ratios: found, paper: light(parse(getComputedStyle(document.body).backgroundColor))};
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_text_can_be_read_by_day_and_by_night(visit, tmp_path, name, scheme):
    page = visit(name, WIDE, color_scheme=scheme).page
    page.screenshot(path=tmp_path / "page.png")
    found = page.evaluate(CONTRAST)
    assert (found["paper"] < 0.1) == (scheme == "dark")
    assert {element: ratio for element, ratio in found["ratios"].items() if ratio < 4.5} == {}


@LANGUAGES
def test_pictures_stay_dark_on_white_by_night(visit, lang):
    page = visit(f"{lang}/report.html", WIDE, color_scheme="dark").page
    papers = page.locator("figure").evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
    assert set(papers) == {"rgb(255, 255, 255)"}


@LANGUAGES
def test_a_wide_table_scrolls_within_its_frame(visit, lang):
    page = visit(f"{lang}/report.html", NARROW).page
    page.locator("details").evaluate_all("all => all.forEach(details => details.open = true)")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]
    frames = page.locator(".scroll").evaluate_all("all => all.map(e => [e.scrollWidth > e.clientWidth, e.tabIndex])")
    assert any(scrolls for scrolls, _ in frames)
    assert all(index == 0 for scrolls, index in frames if scrolls)  # so that the keyboard can scroll it


@LANGUAGES
def test_a_printed_report_has_its_pictures_and_no_navigation(visit, tmp_path, lang):
    page = visit(f"{lang}/report.html", WIDE).page
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("figure svg.page").first.is_visible()
    page.pdf(path=tmp_path / "print.pdf", format="A4")
    assert (tmp_path / "print.pdf").read_bytes().startswith(b"%PDF")


@LANGUAGES
def test_no_table_is_cut_off_on_paper(visit, lang):
    page = visit(f"{lang}/report.html", (718, 1000)).page  # a page of A4 between its margins, at 96 dots an inch
    page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    wide = page.evaluate("""() => [...document.querySelectorAll('.scroll')]
        .filter(e => e.scrollWidth > e.clientWidth + 1)
        .map(e => `${e.scrollWidth} in ${e.clientWidth}: ${e.textContent.slice(0, 60)}`)""")
    assert page.locator(".scroll").count() > 50
    assert wide == []


@LANGUAGES
def test_a_table_is_sorted_by_a_click_on_its_heading_numbers_as_numbers_blanks_last(visit, lang):
    page = visit(f"{lang}/report.html", WIDE).page
    table = page.locator("#required_and_recent details table").first
    page.locator("#required_and_recent details").first.evaluate("e => e.open = true")
    column = "() => [...document.querySelectorAll('#required_and_recent details table')][0]"
    cells = f"({column})().tBodies[0].querySelectorAll('tr td:nth-child(4)')"
    read = f"() => [...{cells}].map(cell => cell.innerText)"
    before = page.evaluate(read)
    button = table.locator("th").nth(3).locator("button")
    button.click()
    assert table.locator("th").nth(3).get_attribute("aria-sort") == "ascending"
    up = page.evaluate(read)
    assert [float(value.replace("−", "-")) for value in up] == sorted(
        float(value.replace("−", "-")) for value in before
    )
    button.press("Enter")
    assert table.locator("th").nth(3).get_attribute("aria-sort") == "descending"
    assert page.evaluate(read) == up[::-1]
    assert sorted(up) == sorted(before)


@LANGUAGES
def test_blanks_stay_last_whichever_way_a_table_is_sorted(visit, lang):
    page = visit(f"{lang}/report.html", WIDE).page
    page.locator("#target_chances details").evaluate_all("all => all.forEach(e => e.open = true)")
    read = "() => [...document.querySelectorAll('#target_chances table')[0].tBodies[0].rows].map(r => r.cells[4].innerText)"
    for _ in range(2):
        page.locator("#target_chances table").first.locator("th").nth(4).locator("button").click()
        shown = page.evaluate(read)
        blank = [value == "—" for value in shown]
        assert any(blank)
        assert not all(blank)
        assert blank == sorted(blank)


@LANGUAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(visit, lang, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"{lang}/report.html", WIDE, color_scheme=scheme).page
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "best-practice"]})
    serious = [
        (fault["id"], fault["impact"], fault["nodes"][0]["target"], len(fault["nodes"]))
        for fault in found.response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_what_is_behind_a_click_is_opened_for_the_printer_but_for_the_citations(visit):
    page = visit("zh/report.html", WIDE).page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not(.citations):not([open])").count() == 0
    assert page.locator("details.citations[open]").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
