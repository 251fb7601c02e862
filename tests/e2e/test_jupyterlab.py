"""Every notebook in JupyterLab itself: opened, all cells run from the menu, results seen, nothing changed on disk."""

import json
import re
import secrets
import socket
import subprocess
import sys
import time

import pytest
from table_copies import ROOT
from whole import copy_project, environment

pytestmark = pytest.mark.e2e

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("[!_.]*.ipynb"))
SETTINGS = {
    "docmanager-extension/plugin": {"autosave": False},  # nothing is to be written but by the user
    "notebook-extension/tracker": {"windowingMode": "none"},  # all cells stand in the page, not only those in view
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


def git(folder, *arguments):
    names = ["-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "core.autocrlf=false"]
    return subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the project under version control."""
    folder = copy_project(tmp_path_factory.mktemp("lab") / "湖州 project")
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "as it is"]):
        git(folder, *words)
    return folder


@pytest.fixture(scope="module")
def lab(checkout, tmp_path_factory):
    """Address of a JupyterLab of the project that keeps its settings to itself."""
    home, token = tmp_path_factory.mktemp("jupyter"), secrets.token_hex(16)
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    own = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
    folders = {f"JUPYTER_{name}": str(home / folder) for name, folder in own.items()}
    folders |= {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    folders |= {"IPYTHONDIR": str(home / "ipython"), "MPLCONFIGDIR": str(home / "mpl"), "JUPYTER_PREFER_ENV_PATH": "1"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={checkout}", "--ServerApp.port_retries=0"]
    with (
        open(home / "lab.log", "w", encoding="utf-8") as log,
        subprocess.Popen(command, cwd=checkout, stdout=log, stderr=log, env=environment(checkout, **folders)) as server,
    ):
        for _ in range(300):
            with socket.socket() as trying:
                if server.poll() is not None or trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        assert server.poll() is None, (home / "lab.log").read_text(encoding="utf-8")
        yield f"http://127.0.0.1:{port}", token
        server.terminate()


@pytest.fixture
def page(browser, lab):
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.route("**/*", lambda route: route.continue_() if route.request.url.startswith((lab[0], "data:", "blob:"))
                 else route.abort())  # fmt: skip
    yield opened
    context.close()


# What stands under each code cell of the notebook that is open.
RESULTS = """() => [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')].map(cell => ({
    source: cell.querySelector('.cm-content').innerText,
    prompt: cell.querySelector('.jp-InputPrompt').innerText.trim(),
    errors: [...cell.querySelectorAll('[data-mime-type="application/vnd.jupyter.error"], ' +
             '[data-mime-type="application/vnd.jupyter.stderr"]')].map(e => e.innerText),
    images: [...cell.querySelectorAll('.jp-OutputArea-output img')].filter(e => e.naturalWidth > 300 &&
             e.getBoundingClientRect().height > 100).length,
    tables: [...cell.querySelectorAll('.jp-OutputArea-output table')].filter(e => e.rows.length > 1 &&
             e.getBoundingClientRect().height > 30).length,
    text: cell.querySelector('.jp-OutputArea')?.innerText ?? ''}))"""


def run_all(page, lab, name):
    """Open a notebook in a workspace of its own and run all its cells from the menu."""
    address, token = lab
    page.goto(f"{address}/lab/workspaces/test-{secrets.token_hex(4)}/tree/notebooks/{name}?token={token}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    # Cells that are run before the kernel is there would have the user asked which kernel to take.
    page.wait_for_function("document.querySelector('#jp-main-statusbar')?.innerText.includes('| Idle')")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells$")).click()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_run_all_cells_shows_every_exhibit_and_changes_nothing(lab, page, checkout, name):
    run_all(page, lab, name)
    page.wait_for_function("""() => {
        const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')];
        return prompts.length && prompts.every(prompt => /\\[\\d+\\]/.test(prompt.innerText)) ||
            document.querySelector('[data-mime-type="application/vnd.jupyter.error"]');
    }""", timeout=60_000)  # fmt: skip
    page.wait_for_timeout(1500)  # the results that are committed stand there until the kernel is busy
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    page.wait_for_timeout(300)
    cells = page.evaluate(RESULTS)
    for i in range(len(cells)):
        page.locator(".jp-Notebook .jp-CodeCell").nth(i).scroll_into_view_if_needed()
        assert [cell["errors"] for cell in cells if cell["errors"]] == []
    assert [cell["prompt"] for cell in cells] == [f"[{i}]:" for i in range(1, len(cells) + 1)]
    shown = [cell for cell in cells if "hz.exhibit(" in cell["source"]]
    assert shown
    assert [cell["source"] for cell in shown if cell["images"] + cell["tables"] == 0] == []
    assert all("出处" in cell["text"] for cell in shown)
    assert git(checkout, "status", "--porcelain") == ""


PICTURE = """async () => {
    const picture = document.querySelector('img.huzhou-scenario');
    const bytes = new Uint8Array(await (await fetch(picture.src)).arrayBuffer());
    const digest = await crypto.subtle.digest('SHA-256', bytes);
    return [picture.naturalWidth, [...new Uint8Array(digest)].join(' ')];
}"""


def sentence(page):
    return page.locator(".jp-OutputArea .widget-html:has(b)").inner_text()


def changed_picture(page, before):
    """The picture once it is another one than `before`: it follows the sentence by a moment."""
    for _ in range(100):
        now = page.evaluate(PICTURE)[1]
        if now != before:
            return now
        page.wait_for_timeout(100)
    return before


def test_moving_the_slider_moves_path_and_verdict(lab, page):
    run_all(page, lab, "10_scenarios.ipynb")
    page.wait_for_selector("img.huzhou-scenario")
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    page.locator("img.huzhou-scenario").scroll_into_view_if_needed()

    # It starts at the pace that just reaches the target.
    before, (width, picture) = sentence(page), page.evaluate(PICTURE)
    assert "：可以达到" in before
    assert "18亿美元" in before
    assert width > 500

    # A slower pace typed into the field beside the slider misses it ...
    field = page.locator(".widget-readout").first
    field.click()
    field.fill("5")
    field.press("Enter")
    page.wait_for_function("() => document.querySelector('.widget-html b')?.innerText.includes('：达不到')")
    slower, changed = sentence(page), changed_picture(page, picture)
    assert "年均增长5.0%" in slower
    assert "7.05亿美元" in slower  # 5.8 x 1.05^4
    assert changed != picture

    # ... and the handle itself, moved by the keyboard, moves path and verdict on.
    handle = page.locator(".widget-slider .noUi-handle").first
    handle.focus()
    for _ in range(3):
        handle.press("ArrowRight")
    page.wait_for_function(f"() => !document.querySelector('.widget-html:has(b)').innerText.includes({slower[:40]!r})")
    assert sentence(page) != slower
    assert changed_picture(page, changed) != changed

    # Another indicator brings its own pace and its own verdict.
    page.locator(".widget-dropdown select").first.select_option(label="社会消费品零售总额")
    page.wait_for_function("() => document.querySelector('.widget-html:has(b)').innerText.includes('2,000亿元')")
    assert "：可以达到" in sentence(page)
