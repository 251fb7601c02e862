"""Read, check and project the economy of Huzhou from what its documents print.

>>> import huzhou_analysis as hz
>>> data = hz.load()                       # every printed figure, checked
>>> fdi = hz.series(data, "实际利用外资")    # one number a year, each with its citation
>>> hz.exhibit(data, "fdi", hz.over_years(data, fdi), title=("外资", "FDI"))  # doctest: +SKIP

Notebooks are made of these names; a report is made of notebooks. Parts are imported when first used, so that importing
the package costs next to nothing.
"""

from importlib import import_module as _import

__version__ = "0.2.0"
_NAMES = {
    "facts.checks": "check",
    "facts.data": "load Data find name area_name",
    "facts.locking": "default_root",
    "facts.problems": "DataError",
    "facts.rounding": "Interval printed_interval",
    "facts.words": "BreakWarning say text change Quantity total point above joined ordinal period_text labels "
    "figure_quantity",
    "analysis.audit": "findings identities",
    "analysis.compare": "compare_areas area_levels share_levels",
    "analysis.evidence": "roll_up official_verdicts",
    "analysis.forecast": "project project_panel Projection",
    "analysis.gaps": "target_gaps",
    "analysis.growth": "Rate growth_rate implied_base implied_level compound_growth contribution implied_deflator",
    "analysis.ledger": "growth_ledger",
    "analysis.outlook": "outside_view outlook target_probabilities",
    "analysis.plans": "plans plan plan_pace table_targets",
    "analysis.provenance": "prove",
    "analysis.record": "record score_record record_scores hedgehog",
    "analysis.scenario": "what_if path_totals",
    "analysis.series": "series vintages latest",
    "analysis.targets": "required_growth required_points",
    "show.canvas": "style",
    "show.chart": "Chart Panel marks over_years ranked fan",
    "show.exhibit": "exhibit finding Exhibit explore open_indicators",
    "show.sources": "cite target_rows TARGET_HEADINGS",
    "inbox.documents": "read",
    "report.collect": "exhibits",
    "report.export": "export",
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}
__all__ = [*_HOMES]


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(_import(f".{_HOMES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
