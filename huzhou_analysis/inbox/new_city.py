"""Tables for another city: the same files with headers, and in them only what holds for any city."""

import os
import re
import tempfile
from pathlib import Path

import pandas as pd

from ..facts.codebook import write
from ..facts.data import Data, load
from ..facts.locking import OWN_ROOT
from ..facts.schema import TABLES
from . import refuse

# What ties an indicator's definition to the documents of one city; platforms called 2+8 are one city's own.
_PARTICULAR = r"\bplans?\b|printed|not stated|only .+ is given|press feature|counting rules"
_LOCAL = "2+8"
# The usual accounts of a city, beside the indicators of the plan's tables.
_USUAL = (
    *("gdp", "fixed_asset_investment", "retail_sales", "trade_total", "exports", "fdi_utilized", "fiscal_revenue"),
    *("local_fiscal_revenue", "urban_income", "rural_income", "rd_share"),
)


def lay_out(folder: Path | str, code: str = "", name_zh: str = "", name_en: str = "") -> Path:
    """Write the tables of another city: headers, units, the areas above it, and the indicators of the plan's tables, without
    definitions that speak of the project's own documents. The folder, missing or empty, appears whole or not at all.
    `code` is the city's in GB/T 2260; without it ``ref_areas.csv`` waits for the city's row. Names are not needed for a
    city of the province."""
    folder, own = Path(folder).resolve(), load(OWN_ROOT)
    tables = {
        "units": own.units_table.reset_index(),
        "indicators": _indicators(own),
        "ref_areas": _areas(own.ref_areas.reset_index(), code, name_zh.strip(), name_en.strip()),
    }
    refuse("folder_filled", folder.exists() and (not folder.is_dir() or any(folder.iterdir())), folder=folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}.building-", dir=folder.parent) as name:
        building = Path(name) / "data"
        building.mkdir()
        for name, table in TABLES.items():
            frame = tables.get(name, pd.DataFrame(columns=table.columns))[table.columns]
            frame.to_csv(building / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
        write(load(building))
        if folder.exists():
            folder.rmdir()
        os.replace(building, folder)
    return folder


def _indicators(own: Data) -> pd.DataFrame:
    """Indicators of the plan's tables and of the usual accounts, with what is true of them in any city."""
    goals = own.figures[own.figures.record_type == "target"]
    goals = goals[goals.locator.str.contains("指标表 行", regex=False)]
    found = own.indicators.loc[list(dict.fromkeys([*goals.indicator, *_USUAL]))].reset_index()
    found = found[~found.name_zh.str.contains(_LOCAL, regex=False)]
    tied = re.compile(f"{_PARTICULAR}|{own.city.zh.removesuffix('市')}|{own.city.en}", re.I)
    definition = found.definition.mask(found.definition.str.contains(tied), "")
    ascending = found.ascending.map({True: "true", False: "false"})
    return found.assign(definition=definition, breaks="", ascending=ascending)


def _areas(known: pd.DataFrame, code: str, name_zh: str, name_en: str) -> pd.DataFrame:
    """Rows of the country, the province and the city."""
    above = known[known.level.isin(["country", "province"])]
    if not (code or name_zh or name_en):
        return above
    known_form = re.fullmatch(r"\d{4}00", code, re.ASCII) and not code.endswith("0000")
    refuse("no_city", not known_form, code=code or "（空）")
    names = known.set_index("ref_area").reindex([code])[["name_zh", "name_en"]].fillna("").iloc[0]
    name_zh, name_en = name_zh or names.name_zh, name_en or names.name_en
    refuse("no_name", not (name_zh and name_en), code=code)
    province = f"{code[:2]}0000"
    above = above[(above.level == "country") | (above.ref_area == province)]
    parent = province if province in set(above.ref_area) else ""
    city = {"ref_area": code, "name_zh": name_zh, "name_en": name_en, "level": "city", "comment": "", "parent": parent}
    return pd.concat([above, pd.DataFrame([city])])
