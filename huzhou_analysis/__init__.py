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
    "load": "data",
    "check": "data",
    "Data": "data",
    "DataError": "data",
    "default_root": "data",
    "series": "assembly",
    "vintages": "assembly",
    "growth_ledger": "ledger",
    "growth_rate": "growth",
    "implied_base": "growth",
    "implied_level": "growth",
    "compound_growth": "growth",
    "contribution": "growth",
    "implied_deflator": "growth",
    "target_gaps": "gaps",
    "what_if": "whatif",
    "path_totals": "whatif",
    "plan_pace": "targets",
    "table_targets": "targets",
    "required_growth": "targets",
    "required_points": "targets",
    "project": "projection",
    "project_panel": "projection",
    "Projection": "projection",
    "measured_coverage": "projection",
    "outlook": "prospects",
    "target_probabilities": "prospects",
    "find": "lookup",
    "findings": "audit",
    "identities": "audit",
    "prove": "provenance",
    "show": "exhibit",
    "cite": "exhibit",
    "compose": "exhibit",
    "Exhibit": "exhibit",
    "Interval": "rounding",
    "printed_interval": "rounding",
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
