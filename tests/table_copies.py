"""Copies of the tables that a test may break."""

import csv
from pathlib import Path

import huzhou_analysis as hz

ROOT = Path(__file__).resolve().parent.parent


def tree(folder, read=Path.read_bytes):
    """Every file of a folder but its locks, with its bytes or what else is to be read of it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".lock"))
    return {path.relative_to(folder).as_posix(): read(path) for path in files}


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
            "record_type": "actual", "ref_area": "330500", "time_period": "2023", "time_basis": "stated", "relation": "=", "unit": "亿元",
            "transformation": "N", "span": "annual", "obs_status": "A", "vintage": "2024-02", "source_id": "D000", "locator": "开头",
            "as_printed": f"共{value}",
        }  # fmt: skip
        return self.add("figures", figure_id=figure_id, obs_value=value, **(defaults | cells))

    def load(self):
        return hz.load(self.folder)
