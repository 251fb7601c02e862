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

_HOMES = {
    "load": "facts.data",
    "check": "facts.checks",
    "Data": "facts.data",
    "DataError": "facts.problems",
    "default_root": "facts.locking",
    "series": "analysis.series",
    "vintages": "analysis.series",
    "compare_areas": "analysis.compare",
    "area_levels": "analysis.compare",
    "share_levels": "analysis.compare",
    "growth_ledger": "analysis.ledger",
    "Rate": "analysis.growth",
    "BreakWarning": "facts.words",
    "growth_rate": "analysis.growth",
    "implied_base": "analysis.growth",
    "implied_level": "analysis.growth",
    "compound_growth": "analysis.growth",
    "contribution": "analysis.growth",
    "implied_deflator": "analysis.growth",
    "target_gaps": "analysis.gaps",
    "roll_up": "analysis.evidence",
    "latest": "analysis.latest",
    "official_verdicts": "analysis.evidence",
    "outside_view": "analysis.outlook",
    "what_if": "analysis.scenario",
    "path_totals": "analysis.scenario",
    "plans": "analysis.plans",
    "plan": "analysis.plans",
    "plan_pace": "analysis.plans",
    "table_targets": "analysis.plans",
    "required_growth": "analysis.targets",
    "required_points": "analysis.targets",
    "project": "analysis.forecast",
    "project_panel": "analysis.forecast",
    "Projection": "analysis.forecast",
    "outlook": "analysis.outlook",
    "target_probabilities": "analysis.outlook",
    "read": "inbox.documents",
    "find": "analysis.find",
    "findings": "analysis.audit",
    "identities": "analysis.audit",
    "record": "analysis.record",
    "score_record": "analysis.record",
    "record_scores": "analysis.record",
    "hedgehog": "analysis.record",
    "prove": "analysis.provenance",
    "exhibit": "show.exhibit",
    "finding": "show.exhibit",
    "Exhibit": "show.exhibit",
    "exhibits": "report.collect",
    "export": "report.export",
    "cite": "show.sources",
    "Chart": "show.chart",
    "Panel": "show.chart",
    "marks": "show.chart",
    "over_years": "show.chart",
    "ranked": "show.chart",
    "fan": "show.chart",
    "style": "show.canvas",
    "say": "facts.words",
    "text": "facts.words",
    "change": "facts.words",
    "Quantity": "facts.words",
    "total": "facts.words",
    "point": "facts.words",
    "above": "facts.words",
    "joined": "facts.words",
    "ordinal": "facts.words",
    "period_text": "facts.words",
    "name": "show.sources",
    "area_name": "show.sources",
    "target_rows": "show.target_table",
    "explore": "show.explore",
    "open_indicators": "show.explore",
    "TARGET_HEADINGS": "show.target_table",
    "labels": "facts.words",
    "figure_quantity": "facts.words",
    "Interval": "facts.rounding",
    "printed_interval": "facts.rounding",
}
__all__ = [*_HOMES]


def __getattr__(name: str):
    if name in _HOMES:
        value = getattr(_import(f".{_HOMES[name]}", __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
