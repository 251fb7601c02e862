"""Sliders for JupyterLab: an indicator, a pace, and what follows."""

from __future__ import annotations

import base64
import math
import os

from ..analysis.gaps import target_gaps
from ..analysis.plans import plan
from ..analysis.scenario import Scenario, what_if
from ..analysis.series import series
from ..facts.data import Data, NotOnFile
from . import canvas, picture
from .chart import Chart, Panel, chart_record, marks, over_years
from .exhibit import EXPORT_VARIABLE, finding
from .sources import name


def explore(data: Data):
    """Choose an indicator and a pace; path, verdict and sentence follow.

    Returns
    -------
    ipywidgets.VBox or Finding
        Its children are indicator, pace, and what follows; while a report is made, a line that says where the sliders
        work.
    """
    if os.environ.get(EXPORT_VARIABLE):
        return finding("滑块在 JupyterLab 中可用。", "The sliders work in JupyterLab.")
    import ipywidgets as widgets

    lang = canvas.language()
    words = ("指标", "每年变动") if lang == "zh" else ("Indicator", "Change a year")
    look = {"layout": {"width": "520px"}, "style": {"description_width": "initial"}}
    names = [(name(data, i)[lang], i) for i in open_indicators(data)]
    which = widgets.Dropdown(options=names, description=words[0], **look)
    pace = widgets.FloatSlider(description=words[1], continuous_update=False, readout_format=".1f", step=0.1, **look)
    shown = widgets.HTML()

    def redraw(*_) -> None:
        scenario = what_if(data, which.value, f"{pace.value:.1f}")
        drawn = base64.b64encode(canvas.png(_picture(data, scenario, lang), 90)).decode()
        image = f'<img class="huzhou-scenario" src="data:image/png;base64,{drawn}">'
        shown.value = f"<p><b>{scenario.sentence[lang]}</b></p>{image}"

    def choose(*_) -> None:
        needed = what_if(data, which.value)
        reach = max(10.0 if needed.kind == "growth" else 1.0, 3 * abs(needed.growth))
        pace.min, pace.max = max(-99.0, -math.ceil(reach)), math.ceil(reach)
        # Rounded towards the target, so that the pace that is shown does reach it.
        pace.value = math.copysign(math.ceil(abs(needed.growth) * 10) / 10, needed.growth)
        redraw()

    choose()
    which.observe(choose, "value")
    pace.observe(redraw, "value")
    return widgets.VBox([which, pace, shown])


def open_indicators(data: Data) -> list[str]:
    """Indicators with a yearly target ahead and a comparable actual of the plan's years, from which a pace can be counted."""

    def counts(indicator: str) -> bool:
        try:
            return bool(what_if(data, indicator))
        except NotOnFile:
            return False

    gaps = target_gaps(data)
    return [indicator for indicator in gaps.indicator[gaps.required_pace.notna()].unique() if counts(indicator)]


def _picture(data: Data, scenario: Scenario, lang: str):
    """History, assumed path and the plan's path."""
    goals = plan(data, scenario.indicator)
    try:
        history = series(data, scenario.indicator)
    except NotOnFile:  # but parts of years are
        history = series(data, scenario.indicator, everything=True)
    since = int(goals.year.min()) - 6
    drawn = over_years(data, history[history.unit == scenario.unit], goals, since=since).panels[0]
    path = marks(scenario.path.reset_index(), "scenario", label="last")
    chart = chart_record(Chart([Panel([drawn.marks, path], scenario.unit)]), data.units)
    nothing = {"zh": "", "en": ""}
    return picture.picture({"title": nothing, "subtitle": nothing, "chart": chart}, lang, "page")
