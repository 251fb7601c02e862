"""Huzhou among the province's eleven cities: rank, share and pace, for comparison only."""

from __future__ import annotations

import pandas as pd

from .. import charts
from ..assembly import series
from ..data import Data
from ..exhibit import Column, Exhibit, citations
from ..i18n import text
from .common import area_name, name, shown, value_places

WORDS = {
    "fdi_utilized": text("实际利用外资", "utilised FDI"),
    "exports": text("出口", "goods exports"),
    "retail_sales": text("社会消费品零售总额", "retail sales"),
    "gdp": text("地区生产总值", "GDP"),
}


PACE_YEARS = 5


def rank(data: Data, indicator: str) -> Exhibit:
    """Where the city stands among the cities of its province, in the last year that nearly all of them print.

    Parameters
    ----------
    indicator : str
        A key of ``WORDS``.
    """
    cities = data.ref_areas.index[
        (data.ref_areas.level == "city") & (data.ref_areas.parent == data.ref_areas.parent[data.home])
    ]
    usual = data.indicators.unit[indicator]
    frames = []
    for city in cities:
        points = series(data, indicator, city)
        points = points[(points.origin == "printed") & (points.unit == usual)]
        frames.append(points.assign(area=city))
    panel = pd.concat(frames)
    panel = panel[panel.time_period.str.fullmatch(r"\d{4}")]
    count = panel.groupby("year").area.nunique()
    year = int(count.index[count >= len(cities) - 1].max())
    now = panel[panel.year == year].sort_values("value")
    first = int(count.index[count >= len(cities) - 1].min())
    place = int((now.value > now.value[now.area == data.home].iloc[0]).sum()) + 1
    share = now.value[now.area == data.home].iloc[0] / now.value.sum()
    then = panel[panel.year == first]
    share_then = then.value[then.area == data.home].iloc[0] / then.value.sum()
    mine = shown(
        data, now.value[now.area == data.home].iloc[0], usual, value_places(now.value[now.area == data.home].iloc[0])
    )
    words, home = WORDS[indicator], area_name(data, data.home)
    missing = [c for c in cities if c not in set(now.area)]
    ago = panel[panel.year == year - PACE_YEARS].set_index("area").value
    paces = {
        r.area: ((r.value / ago[r.area]) ** (1 / PACE_YEARS) - 1) * 100 for r in now.itertuples() if r.area in ago.index
    }
    quicker = sum(p > paces[data.home] for p in paces.values()) + 1 if data.home in paces else 0
    rows = [
        {
            "area": area_name(data, r.area),
            "value": shown(data, r.value, usual, value_places(r.value)),
            "share": r.value / now.value.sum() * 100,
            "pace": paces.get(r.area, float("nan")),
            "figure_id": r.figure_id,
        }
        for r in now.iloc[::-1].itertuples()
    ]
    title = text(
        f"{year}年{words['zh']}：{home['zh']}{mine['zh']}，居全省{len(now)}市第{place}位，占{share:.1%}",
        f"{words['en'][0].upper() + words['en'][1:]} in {year}: {home['en']} with {mine['en']} ranks {place} of {len(now)} cities, {share:.1%} of the total",
    )
    notes = []
    if missing:
        gone = [area_name(data, c) for c in missing]
        notes.append(
            text(
                "未见该年数字：" + "、".join(g["zh"] for g in gone),
                "No figure for that year: " + ", ".join(g["en"] for g in gone) + ".",
            )
        )
    mine_then = panel[(panel.area == data.home) & panel.year.isin([year - PACE_YEARS, year])]
    if mine_then.segment.nunique() > 1:
        notes.append(
            text(
                f"{year - PACE_YEARS}—{year}年间统计口径有变动，增速只作各市之间的比较",
                f"Counting changed between {year - PACE_YEARS} and {year}: read the growth as a comparison between cities only.",
            )
        )
    reading = text(
        f"份额由{first}年的{share_then:.1%}变为{year}年的{share:.1%}（{len(now)}市合计为分母，推算）；{PACE_YEARS}年年均增长{paces.get(data.home, float('nan')):.1f}%，在{len(paces)}市中列第{quicker}。各市数字只作比较，不用来补湖州的缺口。",
        f"The share went from {share_then:.1%} in {first} to {share:.1%} in {year} (of the cities with a figure, derived); over {PACE_YEARS} years it grew {paces.get(data.home, float('nan')):.1f}% a year, {quicker} of {len(paces)} by pace. Other cities are for "
        "comparison only and fill no gap of Huzhou's.",
    )

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang
        ax = canvas.axes(left=0.95, right=0.95, bottom=0.1, top=0.1)
        for y, r in enumerate(now.itertuples()):
            own = r.area == data.home
            ax.barh(y, r.value, height=0.62, color=charts.ACTUAL if own else charts.LIGHT)
            ax.text(
                r.value + now.value.max() * 0.01,
                y,
                shown(data, r.value, usual, value_places(r.value))[lang],
                va="center",
                fontsize=8.5,
                color=charts.INK,
            )
        ax.set_yticks(range(len(now)), [area_name(data, a)[lang] for a in now.area], fontsize=9, color=charts.INK)
        ax.set_xticks([])
        ax.grid(False)

    columns = [
        Column("area", text("城市", "City")),
        Column("value", text("数值", "Value")),
        Column("share", text("份额（%）", "Share (%)"), 1),
        Column(
            "pace", text(f"{PACE_YEARS}年年均增长（%，推算）", f"Growth a year over {PACE_YEARS} years (%, derived)"), 1
        ),
    ]
    return Exhibit(
        f"neighbours_{indicator}",
        title,
        text(
            f"{name(data, indicator)['zh']}，浙江省各市，{year}年",
            f"{name(data, indicator)['en']}, cities of Zhejiang, {year}",
        ),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [*now.figure_id, *then.figure_id, *panel.figure_id[panel.year == year - PACE_YEARS]]),
        draw,
        notes,
    )


__all__ = ["WORDS", "rank"]
