"""What a researcher meets while typing: completion, docstrings, examples that can be pasted."""

import doctest
import inspect

import pytest

import huzhou_analysis as hz

CALLABLE = [name for name in hz.__all__ if callable(getattr(hz, name))]


def test_completion_offers_public_names_only():
    from IPython.core.completer import IPCompleter, provisionalcompleter

    completer = IPCompleter(namespace={"hz": hz, "data": hz.load()}, use_jedi=False)
    with provisionalcompleter():
        offered, of_data = (
            {c.text.lstrip(".") for c in completer.completions(text, len(text))} for text in ("hz.", "data.")
        )
    assert offered >= set(hz.__all__)
    assert {"figures", "indicators", "select", "figure", "one"} <= of_data
    assert not any(name.startswith("_") for name in of_data)


@pytest.mark.parametrize("name", CALLABLE)
def test_every_public_name_is_documented_and_its_examples_run(name, whole, monkeypatch):
    monkeypatch.delenv("HUZHOU_DATA", raising=False)
    text = inspect.getdoc(getattr(hz, name)) or ""
    assert len(text.splitlines()[0]) > 10
    said = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(
        doctest.DocTestParser().get_doctest(text, {"hz": hz, "data": whole, name: getattr(hz, name)}, name, None, 0),
        out=said.append,
    )
    assert runner.failures == 0, "".join(said)
