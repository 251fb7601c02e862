"""What a researcher meets while typing: completion, docstrings, examples that can be pasted, messages that lead on."""

import doctest
import inspect
import re

import pytest

import huzhou_analysis as hz

PUBLIC = list(hz.__all__)
DOCUMENTED_BY_ATTRIBUTES = {name for name in PUBLIC if inspect.isclass(getattr(hz, name))}


def sections(thing):
    return set(re.findall(r"(?m)^(\w+)\n-{4,}$", inspect.getdoc(thing)))


# ---------------------------------------------------------------------------------------------------------- completion


def completions(text):
    """What IPython offers after a text, with jedi and without, as names."""
    from IPython.core.completer import IPCompleter, provisionalcompleter

    found = []
    for jedi in (True, False):
        completer = IPCompleter(namespace={"hz": hz, "data": hz.load()}, use_jedi=jedi)
        with provisionalcompleter():
            found.append({c.text.lstrip(".") for c in completer.completions(text, len(text))})
    return found


def test_the_package_offers_its_public_names():
    for offered in completions("hz."):
        assert offered == set(hz.__all__)


def test_completion_of_the_data():
    for offered in completions("data."):
        assert {"figures", "indicators", "select", "figure", "one"} <= offered
        assert not any(name.startswith("_") for name in offered)


# ---------------------------------------------------------------------------------------------------------- docstrings


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented_with_an_example(name):
    thing = getattr(hz, name)
    there = sections(thing)
    assert "Examples" in there
    assert ">>> " in inspect.getdoc(thing)
    if name not in DOCUMENTED_BY_ATTRIBUTES:
        signature = inspect.signature(thing)
        assert "Returns" in there
        assert ("Parameters" in there) == bool(signature.parameters)
        described = inspect.getdoc(thing).split("Parameters\n", 1)[-1]
        for parameter in signature.parameters:
            assert re.search(rf"(?m)^[\w, *]*\b{parameter}\b[\w, ]* : ", described), parameter


@pytest.mark.parametrize("name", PUBLIC)
def test_the_examples_run(name, whole, monkeypatch):
    monkeypatch.delenv("HUZHOU_DATA", raising=False)
    monkeypatch.delenv("HUZHOU_EXHIBITS", raising=False)
    parser = doctest.DocTestParser()
    text = inspect.getdoc(getattr(hz, name))
    example = parser.get_doctest(text, {"hz": hz, "data": whole}, name, None, 0)
    assert example.examples
    said = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(example, out=said.append)
    assert runner.failures == 0, "".join(said)


# ------------------------------------------------------------------------------------------------------------ messages

MISTAKES = {
    "a figure that is not there": lambda data: data.figure("D001-GWR.gdp.2031"),
    "no target": lambda data: hz.what_if(data, "no_such_indicator"),
    "a pace of minus everything": lambda data: hz.what_if(data, "fdi_utilized", -100),
    "no base": lambda data: hz.growth_rate(hz.Interval.point(1), hz.Interval.point(0)),
    "growth of minus everything": lambda data: hz.implied_base(hz.Interval.point(1), hz.Interval.point(-1)),
    "no years": lambda data: hz.required_growth(1, 2, 0),
    "a share without years": lambda data: hz.required_points(1, 2, 0),
    "a negative level": lambda data: hz.required_growth(-1, 2, 3),
    "no documents": lambda data: hz.prove(data, "no such folder"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_explained_in_both_languages_with_what_to_do(mistake, whole):
    with pytest.raises((KeyError, LookupError, ValueError, TypeError, FileNotFoundError)) as caught:
        MISTAKES[mistake](whole)
    message = str(caught.value.args[0])
    zh, slash, en = message.partition(" / ")
    assert slash, message
    assert re.search(r"[\u4e00-\u9fff]{2}", zh), message
    assert re.search(r"[a-z]{3,} [a-z]{1,}", en), message
    # After what is wrong comes what to do.
    assert re.search(
        r"[:;,] [^:;,]*\b(choose|check|use|take|name|keep|look|looks|lists|save|write|state|see)\b|such as", en
    ), message
