"""The city among those of its province: rank, share and pace, for comparison only."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from .. import charts
from ..analysis.series import series
from ..exhibit import Column, Exhibit, Native, Trace, citations, native_unit
from ..facts.data import Data, NotOnFile
from ..facts.words import text
from .common import answering, area_name, name, shown, value_places

WORDS = {
    "fdi_utilized": text("实际利用外资", "utilised FDI"),
    "exports": text("出口", "goods exports"),
    "retail_sales": text("社会消费品零售总额", "retail sales"),
    "gdp": text("地区生产总值", "GDP"),
}


PACE_YEARS = 5


@answering("neighbours_{indicator}", "在省内各市中的位次", "Rank among the cities of the province")
def rank(data: Data, indicator: str) -> Exhibit:
    """Where the city stands among the cities of its province, in the last year that nearly all of them print.

    Parameters
    ----------
    indicator : str
        A key of ``WORDS``.
    """
    cities, usual, panel = province_panel(data, indicator)
    count = panel.groupby("year").area.nunique()
    known = count.index[(count >= max(2, len(cities) - 1)) & count.index.isin(panel.year[panel.area == data.home])]
    if not len(known):
        raise _unknown(data, indicator)
    year, first = int(known.max()), int(known.min())
    now = panel[panel.year == year].sort_values("value")
    place = int((now.value > now.value[now.area == data.home].iloc[0]).sum()) + 1
    share = now.value[now.area == data.home].iloc[0] / now.value.sum()
    then = panel[panel.year == first]
    share_then = then.value[then.area == data.home].iloc[0] / then.value.sum()
    mine = shown(
        data, now.value[now.area == data.home].iloc[0], usual, value_places(now.value[now.area == data.home].iloc[0])
    )
    words, home = WORDS.get(indicator) or name(data, indicator), data.city
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
    pace = text("", "")
    if data.home in paces:
        mean = f"{paces[data.home]:.1f}%"
        pace = text(
            f"；{PACE_YEARS}年年均增长{mean}，在{len(paces)}市中列第{quicker}",
            f"; over {PACE_YEARS} years it grew {mean} a year, {quicker} of {len(paces)} by pace",
        )
    reading = text(
        f"份额由{first}年的{share_then:.1%}变为{year}年的{share:.1%}（{len(now)}市合计为分母，推算）{pace['zh']}。各市数字只作比较，不用来补{home['zh'].removesuffix('市')}的缺口。",
        f"The share went from {share_then:.1%} in {first} to {share:.1%} in {year} (of the cities with a figure, derived){pace['en']}. Other cities are for "
        f"comparison only and fill no gap of {home['en']}'s.",
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
            f"{name(data, indicator)['zh']}，{data.province['zh']}各市，{year}年",
            f"{name(data, indicator)['en']}, cities of {_province_en(data)}, {year}",
        ),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, [*now.figure_id, *then.figure_id, *panel.figure_id[panel.year == year - PACE_YEARS]]),
        draw,
        notes,
        natives=[
            Native(
                "bar",
                [area_name(data, area) for area in now.area],
                [
                    Trace(home, [v if a == data.home else None for a, v in zip(now.area, now.value, strict=True)]),
                    Trace(
                        text("其他城市", "other cities"),
                        [None if a == data.home else v for a, v in zip(now.area, now.value, strict=True)],
                        "comparison",
                    ),
                ],
                **native_unit(data, usual),
            )
        ],
    )


@answering("neighbours_share_{indicator}", "占全省的份额", "Share of the province's total")
def share(data: Data, indicator: str) -> Exhibit:
    """The city's share of its province's total over the years, with its rank, where every city prints a figure.

    Parameters
    ----------
    indicator : str
        A key of ``WORDS``.
    """
    cities, _, panel = province_panel(data, indicator)
    wide = panel.pivot_table(index="year", columns="area", values="value", aggfunc="last")
    wide = wide.dropna()[list(cities)] if len(cities) > 1 and set(cities) <= set(wide.columns) else wide.iloc[:0]
    if wide.empty:
        raise _unknown(data, indicator)
    shares = wide[data.home] / wide.sum(axis=1) * 100
    ranks = wide.rank(axis=1, ascending=False)[data.home].astype(int)
    words, home = WORDS.get(indicator) or name(data, indicator), data.city
    first, last, top = int(shares.index[0]), int(shares.index[-1]), int(shares.idxmax())
    title = text(
        f"{home['zh']}{words['zh']}占全省份额：{last}年{shares[last]:.1f}%，{top}年最高，{shares[top]:.1f}%",
        f"{home['en']}'s share of the province's {words['en']}: {shares[last]:.1f}% in {last}, at most {shares[top]:.1f}% in {top}",
    )
    best, worst = int(ranks.min()), int(ranks.max())
    reading = text(
        f"{len(cities)}市都有数字的年份共{len(shares)}个；{home['zh']}的位次在第{best}至第{worst}之间，{last}年居第{ranks[last]}。份额为推算，各市数字只作比较。",
        f"All {len(cities)} cities print a figure in {len(shares)} years; {home['en']} ranked between {best} and {worst}, and {ranks[last]} in "
        f"{last}. Shares are derived; other cities are for comparison only.",
    )
    rows = [
        {"year": text(f"{year}年", str(year)), "share": shares[year], "rank": float(ranks[year])}
        for year in shares.index
    ]

    def draw(canvas: charts.Canvas) -> None:
        lang = canvas.lang
        upper, lower = canvas.axes(2, 1, left=0.5, right=0.4, top=0.15, bottom=0.4, hspace=0.4, ratios=[1.6, 1])
        for ax, values, label in (
            (upper, shares, text("份额，%", "share, %")),
            (lower, ranks, text("位次", "rank")),
        ):
            years = values.index.to_numpy()
            for start, stop in runs(years):
                ax.plot(
                    years[start:stop],
                    values.iloc[start:stop],
                    "o-",
                    color=charts.DERIVED,
                    markersize=3.5,
                    linewidth=1.3,
                )
            ax.set_ylabel(label[lang], fontsize=8.5)
            ax.set_xlim(first - 0.8, last + 0.8)
            ax.tick_params(axis="x", pad=7)
        upper.set_ylim(0, shares.max() * 1.18)
        lower.set_ylim(worst + 0.6, best - 0.6)
        from matplotlib.ticker import MaxNLocator

        for ax in (upper, lower):
            ax.xaxis.set_major_locator(MaxNLocator(5 if canvas.narrow else 10, integer=True))
        lower.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        for year in sorted({top, last}):
            charts.place_label(upper, year, shares[year], f"{shares[year]:.1f}", prefer=("center", "bottom"))
        charts.place_label(lower, last, ranks[last], str(ranks[last]), prefer=("center", "bottom"))

    used = panel[panel.year.isin(shares.index)]
    return Exhibit(
        f"neighbours_share_{indicator}",
        title,
        text(
            f"{name(data, indicator)['zh']}，{home['zh']}占{data.province['zh']}各市合计的份额与位次（推算），{first}—{last}年",
            f"{name(data, indicator)['en']}, {home['en']}'s share of the sum of the cities of {_province_en(data)} and its rank (derived), {first}–{last}",
        ),
        reading,
        pd.DataFrame(rows),
        [
            Column("year", text("年份", "Year")),
            Column("share", text("份额（%，推算）", "Share (%, derived)"), 1),
            Column("rank", text("位次（推算）", "Rank (derived)"), 0),
        ],
        citations(data, used.figure_id),
        draw,
        heights={"phone": 5.6},
        natives=[
            Native(
                "line",
                list(range(first, last + 1)),
                [Trace(label, [values.get(y) for y in range(first, last + 1)], "derived")],
                label,
                heading=label,
            )
            for values, label in ((shares, text("份额，%", "share, %")), (ranks, text("位次", "rank")))
        ],
    )


def _province_en(data: Data) -> str:
    return data.province["en"].removesuffix(" Province")


def _unknown(data: Data, indicator: str) -> NotOnFile:
    info = name(data, indicator)
    return NotOnFile(f"省内各市同一年的{info['zh']}", f"{info['en']} of the cities of the province in one year")


def runs(years) -> list[tuple[int, int]]:
    """Stretches of years without a gap, as slices."""
    cuts = [0, *[i for i in range(1, len(years)) if years[i] - years[i - 1] > 1], len(years)]
    return list(pairwise(cuts))


def province_panel(data: Data, indicator: str) -> tuple[pd.Index, str, pd.DataFrame]:
    """The cities of the province, the indicator's usual unit, and every whole year that each city prints in it."""
    name(data, indicator)
    areas, usual = data.ref_areas, data.indicators.unit[indicator]
    cities = areas.index[(areas.level == "city") & (areas.parent == areas.parent[data.home])]
    frames = []
    for city in cities:
        points = series(data, indicator, city)
        whole = points.time_period.str.fullmatch(r"\d{4}")
        frames.append(points[(points.origin == "printed") & (points.unit == usual) & whole].assign(area=city))
    return cities, usual, pd.concat(frames)


__all__ = ["WORDS", "rank", "share"]
