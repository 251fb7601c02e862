"""Notebooks lose their results before they are committed, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huzhou_analysis.cli import main
from huzhou_analysis.tidy import tidied

ROOT = Path(__file__).resolve().parent.parent
RESULT = {"output_type": "stream", "name": "stdout", "text": ["/home/someone/secret\n"]}


def dirty(*sources, **metadata):
    """A notebook as JupyterLab leaves it after a run."""
    cells = [
        {"cell_type": "code", "execution_count": n, "id": f"c{n}", "metadata": {"collapsed": True, "tags": ["x"]},
         "outputs": [RESULT], "source": source} for n, source in enumerate(sources, 1)
    ]  # fmt: skip
    kernel = {"display_name": "huzhou (conda)", "language": "python", "name": "conda-env-huzhou-py"}
    info = {"name": "python", "version": "3.12.1", "mimetype": "text/x-python"}
    return json.dumps({"metadata": {"language_info": info, "kernelspec": kernel, "widgets": {}, **metadata},
                       "nbformat": 4, "nbformat_minor": 5, "cells": cells})  # fmt: skip


def test_results_counts_and_machine_go_and_source_stays():
    made = json.loads(tidied(dirty("x = 1\ny = '湖州'", "  \n")))
    assert made["metadata"] == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert made["cells"] == [{"cell_type": "code", "execution_count": None, "id": "c1", "metadata": {}, "outputs": [],
                              "source": ["x = 1\n", "y = '湖州'"]}]  # fmt: skip


def test_what_the_project_itself_notes_stays():
    own = {"ref_area": "330500"}
    assert json.loads(tidied(dirty("1", huzhou_analysis=own)))["metadata"]["huzhou_analysis"] == own


def test_a_pasted_picture_is_not_lost():
    cell = {
        "cell_type": "markdown",
        "id": "m",
        "metadata": {},
        "source": "",
        "attachments": {"a.png": {"image/png": "aGk="}},
    }
    text = json.dumps({"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [cell]})
    assert json.loads(tidied(text))["cells"][0]["attachments"] == cell["attachments"]


def test_an_older_notebook_gets_ids_and_doubled_ids_part():
    old = json.loads(dirty("1", "2"))
    old["cells"][1]["id"] = old["cells"][0]["id"]
    ids = [cell["id"] for cell in json.loads(tidied(json.dumps(old)))["cells"]]
    assert len(set(ids)) == 2
    old["nbformat_minor"] = 4
    for cell in old["cells"]:
        del cell["id"]
    made = json.loads(tidied(json.dumps(old)))
    assert made["nbformat_minor"] == 5
    assert len({cell["id"] for cell in made["cells"]}) == 2


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=4))
def test_tidying_twice_changes_nothing_more(sources):
    once = tidied(dirty(*sources))
    assert tidied(once) == once
    assert once.endswith("}\n")
    assert [cell.source for cell in nbformat.reads(once, 4).cells] == [s for s in sources if s.strip()]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 1}', '{"nbformat": 9, "cells": []}', "hello"])
def test_what_is_no_notebook_is_refused(text):
    with pytest.raises(ValueError, match=r"^\w+: "):
        tidied(text)


def test_the_command_checks_tidies_and_says_what_to_do(tmp_path, capsys):
    path, broken = tmp_path / "湖州 一.ipynb", tmp_path / "broken.ipynb"
    path.write_text(dirty("1"), encoding="utf-8")
    assert main(["tidy", "--check", str(path)]) == 1
    assert "make tidy" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == dirty("1")
    broken.write_text("{", encoding="utf-8")
    assert main(["tidy", str(path), str(broken)]) == 1  # the one is tidied, the other is named
    assert "broken.ipynb" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == tidied(dirty("1"))
    assert broken.read_text(encoding="utf-8") == "{"
    assert main(["tidy", "--check", str(path)]) == 0
    assert main(["tidy", str(tmp_path / "missing.ipynb")]) == 1
    assert "missing.ipynb" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.ipynb", "湖州 一.ipynb"]


# ------------------------------------------------------------------------------------------------------------ the hook

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="needs git")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What the hook needs of the project, in a place of its own."""
    folder = tmp_path_factory.mktemp("hook") / "湖州 project"
    folder.mkdir()
    for name in ("bootstrap.py", "pyproject.toml", "requirements.txt", "environment.yml"):
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(ROOT / ".githooks", folder / ".githooks")
    shutil.copytree(ROOT / "huzhou_analysis", folder / "huzhou_analysis", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "notebooks").mkdir()
    return folder


@pytest.fixture
def repository(whole, tmp_path):
    """A repository with the hook in it, its environment being the one that runs the tests."""
    folder = tmp_path / "湖州 project"
    shutil.copytree(whole, folder)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {
        "ENV": "current",
        "PYTHON": sys.executable,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def git(*arguments, status=0):
        names = ["-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "core.autocrlf=false"]
        done = subprocess.run(
            ["git", *names, *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == status, done.stderr
        return done.stdout if status == 0 else done.stderr

    git("init", "--quiet")
    (folder / "notebooks" / "a.ipynb").write_text(tidied(dirty("1")), encoding="utf-8")
    git("add", "--all")
    git("commit", "--quiet", "--message", "first")
    done = subprocess.run([sys.executable, "bootstrap.py", "hooks"], cwd=folder, env=environment, capture_output=True)
    assert done.returncode == 0
    return folder, git


@needs_git
@pytest.mark.parametrize("way", [["--all"], []], ids=["all", "staged"])
def test_a_notebook_with_results_is_committed_without_them(repository, way):
    folder, git = repository
    path = folder / "notebooks" / "a.ipynb"
    path.write_text(dirty("2"), encoding="utf-8")
    if not way:
        git("add", "--all")
    git("commit", "--quiet", *way, "--message", "second")
    assert git("show", "HEAD:notebooks/a.ipynb") == tidied(dirty("2")) == path.read_text(encoding="utf-8")
    assert git("status", "--porcelain") == ""


@needs_git
def test_changes_that_are_not_staged_are_never_touched(repository):
    folder, git = repository
    path = folder / "notebooks" / "a.ipynb"
    path.write_text(dirty("2"), encoding="utf-8")
    git("add", "--all")
    path.write_text(dirty("3 # not to be committed yet"), encoding="utf-8")
    said = git("commit", "--quiet", "--message", "second", status=1)
    assert "notebooks/a.ipynb" in said
    assert "git add or git stash" in said
    assert path.read_text(encoding="utf-8") == dirty("3 # not to be committed yet")
    assert git("show", ":notebooks/a.ipynb") == dirty("2")
    assert git("log", "--format=%s").split() == ["first"]


@needs_git
def test_a_commit_of_named_files_waits_until_they_are_tidy(repository):
    folder, git = repository
    path = folder / "notebooks" / "a.ipynb"
    path.write_text(dirty("2"), encoding="utf-8")
    said = git("commit", "--quiet", "--message", "second", "--", "notebooks/a.ipynb", status=1)
    assert "make tidy" in said
    assert path.read_text(encoding="utf-8") == dirty("2")


@needs_git
def test_a_broken_notebook_and_one_with_a_chinese_name(repository):
    folder, git = repository
    (folder / "notebooks" / "外资.ipynb").write_text(dirty("2"), encoding="utf-8")
    (folder / "notebooks" / "b.ipynb").write_text("{", encoding="utf-8")
    git("add", "--all")
    said = git("commit", "--quiet", "--message", "second", status=1)
    assert "b.ipynb" in said
    git("rm", "--quiet", "--force", "notebooks/b.ipynb")
    git("commit", "--quiet", "--message", "second")
    assert git("show", "HEAD:notebooks/外资.ipynb") == tidied(dirty("2"))


@needs_git
def test_other_commits_do_not_wait_for_python(repository):
    folder, git = repository
    (folder / "bootstrap.py").write_text("raise SystemExit('not to be called')", encoding="utf-8")
    git("add", "--all")
    git("commit", "--quiet", "--message", "second")
    assert git("log", "--format=%s").split() == ["second", "first"]


@needs_git
def test_hooks_that_are_set_already_are_left_alone(repository):
    folder, git = repository
    git("config", "core.hooksPath", "elsewhere")
    done = subprocess.run([sys.executable, "bootstrap.py", "hooks"], cwd=folder, capture_output=True)
    assert done.returncode == 1
    assert b"elsewhere" in done.stderr
    assert git("config", "core.hooksPath").strip() == "elsewhere"
