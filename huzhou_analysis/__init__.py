"""Read, check and project the economy of Huzhou from what its documents print.

>>> import huzhou_analysis as hz
>>> data = hz.load()                       # every printed figure, checked
>>> hz.show(hz.foreign_investment.trajectory(data), lang="zh")

Everything else hangs from here: :func:`load`, :func:`series`, :func:`growth_ledger`, :func:`target_gaps`,
:func:`project`, :func:`cite`, :func:`compose`, :func:`show`, and one module of exhibits for each theme. Parts are imported when first
used, so that importing the package costs next to nothing.
"""

from importlib import import_module as _import

__version__ = "0.1.0"

_HOMES = {
    "load": "facts.data",
    "check": "facts.data",
    "Data": "facts.data",
    "DataError": "facts.data",
    "default_root": "facts.data",
    "series": "analysis.series",
    "vintages": "analysis.series",
    "growth_ledger": "analysis.ledger",
    "growth_rate": "analysis.growth",
    "implied_base": "analysis.growth",
    "implied_level": "analysis.growth",
    "compound_growth": "analysis.growth",
    "contribution": "analysis.growth",
    "implied_deflator": "analysis.growth",
    "target_gaps": "analysis.gaps",
    "what_if": "analysis.scenario",
    "path_totals": "analysis.scenario",
    "plan_pace": "analysis.targets",
    "table_targets": "analysis.targets",
    "required_growth": "analysis.targets",
    "required_points": "analysis.targets",
    "project": "analysis.projection",
    "project_panel": "analysis.projection",
    "Projection": "analysis.projection",
    "measured_coverage": "analysis.projection",
    "outlook": "analysis.outlook",
    "target_probabilities": "analysis.outlook",
    "read": "inbox.documents",
    "find": "analysis.find",
    "findings": "analysis.audit",
    "identities": "analysis.audit",
    "prove": "analysis.provenance",
    "show": "exhibit",
    "cite": "exhibit",
    "compose": "exhibit",
    "Exhibit": "exhibit",
    "Interval": "facts.rounding",
    "printed_interval": "facts.rounding",
}
_THEMES = (
    "overview",
    "foreign_investment",
    "exports",
    "industrial_investment",
    "transport",
    "scoreboard",
    "target_paths",
    "target_cards",
    "targets_2027",
    "scenarios",
    "projections",
    "growth_rates",
    "neighbours",
    "context",
    "document_audit",
)

__all__ = [*_HOMES, *_THEMES]


def __getattr__(name: str):
    if name in _HOMES:
        value = getattr(_import(f".{_HOMES[name]}", __name__), name)
    elif name in _THEMES:
        value = _import(f".exhibits.{name}", __name__)
        value.__dir__ = value.__all__.copy  # completion offers the exhibits, not what the module imports
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
