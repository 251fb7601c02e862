"""The report in a browser: on a wide and a narrow screen, by day and by night, by keyboard."""

import re

import pytest

pytestmark = pytest.mark.e2e

WIDE, NARROW, PAPER = (1280, 900), (390, 844), (718, 1000)  # paper: A4 between its margins, at 96 dots an inch
PAGES = ("zh/report.html", "en/report.html", "index.html")
SCREENS = pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["1280", "390"])
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


class Visit:
    """A page that was opened, with everything it asked for and complained about."""

    def __init__(self, context, path):
        self.asked, self.complaints = [], []
        self.page = context.new_page()
        self.page.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self.answer)
        self.page.goto(path.as_uri())
        self.page.evaluate("document.fonts.ready")

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
    needed, there = seen.page.evaluate(WIDTHS)
    seen.page.screenshot(path=tmp_path / "page.png", full_page=True)
    beyond = seen.page.evaluate("""() => [...document.querySelectorAll('h1,h2,h3,p,figure,summary,li,.scroll')]
        .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.textContent.slice(0, 60))""")
    assert needed <= there
    assert seen.asked == seen.complaints == beyond == []


def test_executed_notebooks_ask_for_nothing(visit, made):
    for path in sorted((made / "notebooks").glob("*.html")):
        seen = visit(f"notebooks/{path.name}", WIDE)
        assert seen.asked == seen.complaints == [], path.name
        assert seen.page.locator("img, table").count() > 0


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


@pytest.mark.parametrize("name", PAGES)
def test_chinese_is_drawn_with_the_glyphs_that_the_page_carries(visit, name):
    found = visit(name, WIDE).page.evaluate(GLYPHS, "Huzhou CJK")
    assert found["faces"] == ["loaded"]
    assert len(set(found["pictures"])) == 4


@LANGUAGES
def test_the_first_key_leads_past_the_contents(visit, lang):
    page = visit(f"{lang}/report.html", WIDE).page
    page.keyboard.press("Tab")
    skip = page.evaluate("""() => {const e = document.activeElement, box = e.getBoundingClientRect();
        return [e.getAttribute('href'), box.left >= 0 && box.top >= 0]}""")
    assert skip == ["#main", True]


@LANGUAGES
def test_a_wide_table_scrolls_within_its_frame_and_its_first_column_stays(visit, lang):
    page = visit(f"{lang}/report.html", NARROW).page
    first = page.locator("#summary .scroll")
    first.evaluate("e => { e.scrollLeft = 400; }")
    box = first.locator("tbody th").first.bounding_box()
    assert 0 <= box["x"] < 40 and box["width"] >= 60
    page.evaluate(OPEN_ALL)
    needed, there = page.evaluate(WIDTHS)
    assert needed <= there
    frames = page.locator(".scroll").evaluate_all("all => all.map(e => [e.scrollWidth > e.clientWidth, e.tabIndex])")
    assert {index for scrolls, index in frames if scrolls} == {0}  # so that the keyboard can scroll it


@LANGUAGES
def test_on_paper_there_are_pictures_and_whole_tables_and_no_navigation(visit, lang):
    page = visit(f"{lang}/report.html", PAPER).page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert not page.locator(".side").is_visible() and not page.locator(".tools").first.is_visible()
    assert page.locator("figure svg.page").first.is_visible()
    assert page.locator("details:not(.citations):not(#contents):not([open])").count() == 0
    page.evaluate(OPEN_ALL)
    wide = page.evaluate("""() => [...document.querySelectorAll('.scroll')]
        .filter(e => e.scrollWidth > e.clientWidth + 1)
        .map(e => `${e.scrollWidth} in ${e.clientWidth}: ${e.textContent.slice(0, 60)}`)""")
    assert page.locator(".scroll").count() > 50 and wide == []


@LANGUAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(visit, lang, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"{lang}/report.html", WIDE, color_scheme=scheme).page
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "best-practice"]})
    serious = [fault for fault in found.response["violations"] if fault["impact"] in ("serious", "critical")]
    assert [(fault["id"], fault["nodes"][0]["target"], len(fault["nodes"])) for fault in serious] == []


@SCREENS
def test_every_figure_shows_one_picture_of_the_right_kind(visit, screen):
    figures = visit("zh/report.html", screen).page.evaluate("""() => [...document.querySelectorAll('figure')].map(figure => ({
        id: figure.closest('article').id, label: figure.getAttribute('aria-label').trim(),
        shown: [...figure.querySelectorAll('svg, img')].filter(e => e.getBoundingClientRect().width > 0)
            .map(e => [e.getAttribute('class'), e.getBoundingClientRect().width])}))""")
    assert len(figures) > 5
    for figure in figures:
        [(kind, width)] = figure["shown"]
        assert kind in ("page" if screen is WIDE else "phone", None) and figure["label"], figure
        assert width > 0.55 * min(screen[0], 1080) - 60, figure


@LANGUAGES
def test_contents_stay_in_view_and_follow_the_reading(visit, lang):
    page = visit(f"{lang}/report.html", WIDE).page
    wanted = page.locator("article.exhibit").nth(6).get_attribute("id")
    page.evaluate("id => scrollTo({top: document.getElementById(id).offsetTop - 60, behavior: 'instant'})", wanted)
    page.wait_for_function("id => document.querySelector('#contents [aria-current]')?.hash === '#' + id", arg=wanted)
    box = page.locator("#contents [aria-current]").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= WIDE[1]


@pytest.mark.parametrize(("lang", "words"), [("zh", "实际利用外资"), ("en", "utilised foreign"), ("en", "出口")])
def test_search_finds_titles_readings_and_indicators_in_either_language(visit, lang, words):
    page = visit(f"{lang}/report.html", WIDE).page
    page.keyboard.press("/")
    page.keyboard.type(words)
    assert page.locator("#found a").count() > 0
    page.locator("#found a").first.click()
    assert page.evaluate("document.getElementById(decodeURIComponent(location.hash.slice(1))) !== null")
    page.locator("#search").fill("zzzz")
    assert page.locator("#found a").count() == 0
    assert page.locator("#found").inner_text().strip()


def test_a_citation_opens_the_document_it_stands_under(visit):
    page = visit("zh/report.html", WIDE).page
    link = page.locator("article.exhibit .refs a").first
    row = page.locator(f"tr{link.get_attribute('href')}")
    assert not row.is_visible()
    link.click()
    row.wait_for(state="visible")


def test_a_chart_can_be_taken_along_with_its_title_and_source(visit, tmp_path):
    page = visit("zh/report.html", WIDE, accept_downloads=True).page
    article = page.locator("article.exhibit:has(figure svg)").first
    title = article.locator("h3").inner_text()
    kept = {}
    for kind in ("svg", "png", "csv"):
        with page.expect_download() as got:
            article.locator(f"button[data-do={kind}]").click()
        kept[kind] = tmp_path / got.value.suggested_filename
        got.value.save_as(kept[kind])
    drawn = "".join(re.findall(">([^<]*)", kept["svg"].read_text(encoding="utf-8")))
    assert title[:8] in drawn
    assert "资料来源" in drawn
    assert kept["png"].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and kept["png"].stat().st_size > 20_000
    _head, *rows = kept["csv"].read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == article.locator("table tbody tr").count()


def test_a_table_is_sorted_numbers_as_numbers(visit):
    page = visit("en/report.html", WIDE).page
    page.evaluate(OPEN_ALL)
    table = page.locator("article.exhibit table:has(td.n)").first
    column = table.evaluate("t => [...t.tBodies[0].rows[0].cells].findIndex(c => c.classList.contains('n'))")

    def read():
        return table.evaluate("(t, n) => [...t.tBodies[0].rows].map(r => r.cells[n].innerText)", column)

    before = read()
    table.locator("thead button").nth(column).click()
    plain = [shown.replace("−", "-").replace(",", "") for shown in read()]
    numbers = [float(shown) for shown in plain if re.fullmatch(r"-?[\d.]+", shown)]
    assert numbers == sorted(numbers)
    assert sorted(read()) == sorted(before)
