"""Shared fixtures: the project's own tables, checked once, and copies of them that a test may break."""

import os
import shutil

# The matrices here are tiny: handing them to several threads of the linear algebra takes four times the CPU time and
# more. Read when numpy is first imported, and passed on to the processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings
from table_copies import ROOT, Tables

import huzhou_analysis as hz

# The same examples in every run, and nothing left behind in the working tree.
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.load_profile("suite")


OF_DOCUMENTS = ("figures", "sources", "outline", "not_figures", "milestones")


@pytest.fixture(scope="session")
def five_documents(tmp_path_factory):
    """The project's tables with the figures of the five documents only, so that a hand-worked history stays short."""
    folder = tmp_path_factory.mktemp("five") / "data"
    shutil.copytree(ROOT / "data", folder)
    tables = Tables(folder)
    for name in OF_DOCUMENTS:
        head, *rows = tables.rows(name)
        source = head.index("source_id")
        tables.write(name, [head, *(row for row in rows if row[source].startswith("D00"))])
    tables.write("corrections", tables.rows("corrections")[:1])
    return folder


@pytest.fixture(scope="session")
def data(five_documents):
    """The figures of the five documents, whatever HUZHOU_DATA says."""
    return hz.load(five_documents)


@pytest.fixture(scope="session")
def whole():
    """All of the project's own tables, whatever HUZHOU_DATA says."""
    return hz.load(ROOT / "data")


@pytest.fixture
def tables(tmp_path, five_documents):
    """A copy of the tables of the five documents."""
    folder = tmp_path / "data"
    shutil.copytree(five_documents, folder)
    return Tables(folder)
