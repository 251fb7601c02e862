"""One report of the whole project, made once for all tests that look at it."""

import pytest
from whole import chromium, copy_project, run


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """A copy of the project in a folder of its own."""
    return copy_project(tmp_path_factory.mktemp("first") / "project")


@pytest.fixture(scope="session")
def made(project):
    """The report of a first run in it, nothing kept from before."""
    done = run(project, "report", "--fresh")
    assert done.returncode == 0, done.stderr
    return project / "reports"


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started
