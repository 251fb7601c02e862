"""What the end-to-end tests share: copies of the project, commands run in them, a browser."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from table_copies import ROOT

# Without a sandbox only where there is none to be had: a browser of root's, as in a container.
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"]  # fmt: skip


def copy_project(target):
    """Copy what is under version control, or would be."""
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run([git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, check=True).stdout.decode("utf-8")  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    return target


def environment(project, **more):
    """Environment in which a copy of the project, and no other, is imported."""
    drop = {"HUZHOU_DATA", "HUZHOU_EXHIBITS", "HUZHOU_SOURCES"}
    kept = {name: value for name, value in os.environ.items() if name not in drop}
    return kept | {"PYTHONPATH": str(project), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"} | more


def command(*arguments):
    return [sys.executable, "-m", "huzhou_analysis", *map(str, arguments)]


def run(project, *arguments):
    """Run a command of the library in a copy of the project."""
    return subprocess.run(command(*arguments), cwd=project, env=environment(project), capture_output=True,
                          encoding="utf-8", timeout=900)  # fmt: skip


def start(words, environment, cwd=ROOT):
    """Start a command in a session of its own; what it says is kept."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    return subprocess.Popen([*map(str, words)], cwd=cwd, env=environment, start_new_session=True, **pipes)


def finish(process):
    """Exit status of a command and what it said, which is never a traceback."""
    try:
        out, err = process.communicate(timeout=300)
    except subprocess.TimeoutExpired:  # nor waits for ever; what it started is not left to the tests that follow
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    assert "Traceback" not in out + err, err
    return process.returncode, out, err


def find_chromium():
    """Path of a browser, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium():
    """A browser without a window, driven by playwright; the test is skipped where there is none."""
    path = find_chromium()
    if not path:
        pytest.skip("chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    flags = FLAGS + (["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def small_disk(folder, megabytes):
    """A file system of a few megabytes at a folder; the test is skipped where none can be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [shutil.which("mount") or "false", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run([shutil.which("umount"), "-l", folder], check=True)


def as_nobody(folder):
    """Start of a command that runs as a user without rights, who may read a folder; the test is skipped where there is none."""
    if os.geteuid() != 0 or not (change := shutil.which("setpriv")):
        pytest.skip("needs root, to become a user without rights")
    if any(p.stat().st_mode & 0o005 != 0o005 for p in [ROOT, *ROOT.parents, *Path(sys.executable).parents]):
        pytest.skip("the project is not readable for other users here")
    for path in [p for p in [folder, *folder.parents] if p.stat().st_mode & 0o005 != 0o005]:
        path.chmod(path.stat().st_mode | 0o055)
    return [change, "--reuid=65534", "--regid=65534", "--clear-groups"]
