"""Shared fixtures: the project's own tables, checked once, and copies of them that a test may break."""

import csv
import os
import shutil
from pathlib import Path

# The matrices here are tiny: handing them to several threads of the linear algebra takes four times the CPU time and
# more. Read when numpy is first imported, and passed on to the processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

import huzhou_analysis as hz

ROOT = Path(__file__).resolve().parent.parent

# The same examples in every run, and nothing left behind in the working tree.
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.load_profile("suite")


class Tables:
    """A copy of the data folder. Rows are counted as a spreadsheet shows them: the header is row 1."""

    def __init__(self, folder):
        self.folder = folder

    def path(self, table):
        return self.folder / f"{table}.csv"

    def rows(self, table):
        with self.path(table).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))

    def write(self, table, rows):
        with self.path(table).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def row(self, table, key):
        """Spreadsheet row of the record whose first cell is `key`."""
        return next(n for n, cells in enumerate(self.rows(table), 1) if cells and cells[0] == key)

    def get(self, table, key, column):
        rows = self.rows(table)
        return rows[self.row(table, key) - 1][rows[0].index(column)]

    def set(self, table, key, **cells):
        """Change cells of one record; returns its spreadsheet row."""
        rows, row = self.rows(table), self.row(table, key)
        for column, value in cells.items():
            rows[row - 1][rows[0].index(column)] = value
        self.write(table, rows)
        return row

    def add(self, table, **cells):
        """Append a record, empty where nothing is given; returns its spreadsheet row."""
        rows = self.rows(table)
        assert set(cells) <= set(rows[0])
        rows.append([cells.get(column, "") for column in rows[0]])
        self.write(table, rows)
        return len(rows)

    def add_figure(self, figure_id, value, **cells):
        """Append a sound annual actual of the city, printed by the press feature D000; `cells` says what differs."""
        defaults = {
            "record_type": "actual",
            "ref_area": "330500",
            "time_period": "2023",
            "time_basis": "stated",
            "relation": "=",
            "unit": "亿元",
            "transformation": "N",
            "span": "annual",
            "obs_status": "A",
            "vintage": "2024-02",
            "source_id": "D000",
            "locator": "开头",
            "as_printed": f"共{value.lstrip('-')}",
        }
        return self.add("figures", figure_id=figure_id, obs_value=value, **(defaults | cells))

    def load(self):
        return hz.load(self.folder)


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
