"""What house.md says and a program can check."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = "config home demo digest moderation search consultation forum questions accounts notifications mail common tally".split()


def files(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name.endswith(suffixes) and (ROOT / name).is_file()]


def modules() -> list[Path]:
    return [path for path in files(".py") if path.relative_to(ROOT).parts[0] in ROOMS and "migrations" not in path.parts]


def test_every_setting_of_the_environment_is_in_the_example():
    asked = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    asked |= {"SECRET_KEY", "ADDRESS_KEY", "PERSONA_KEY", "CONSULTATION_KEY", "SIGNING_KEY", "BACKUP_KEY"}
    asked |= set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    told = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert asked - told == set()
    assert told - asked == set(), "the example names a setting that nothing reads"


def test_no_template_holds_script_style_or_unsafe_text():
    for path in files(".html"):
        if "templates" not in path.parts or "mail" in path.parts:
            continue
        text = path.read_text()
        assert not re.search(r"\|\s*safe\b|autoescape off", text), path
        assert not re.search(r"\s(style|on[a-z]+)\s*=\s*[\"']", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"<style\b", text), path


def test_no_title_says_error_by_itself():
    for path in files(".html"):
        assert not re.search(r"{% block title %}.*Error: ", path.read_text()), f"{path}: that is for the block `mistaken`"


def test_no_module_is_named_for_nothing():
    names = {path.stem for path in modules()}
    assert names.isdisjoint({"utils", "helpers", "services", "managers", "constants", "misc"} - {"services"})
    assert [path for path in modules() if path.stem == "services" and "embedded" not in path.parts] == []


def test_no_room_imports_another_inside_a_function():
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for inner in ast.walk(node):
                    named = (
                        [inner.module or ""]
                        if isinstance(inner, ast.ImportFrom)
                        else [alias.name for alias in inner.names]
                        if isinstance(inner, ast.Import)
                        else []
                    )
                    found += [f"{path.relative_to(ROOT)}:{inner.lineno}" for name in named if name.split(".")[0] in ROOMS]
    assert found == []


def test_nothing_catches_everything():
    for path in modules():
        assert not re.search(r"except Exception\b|except:\s", path.read_text()), path


def test_public_functions_of_actions_promise_something():
    silent = []
    for path in modules():
        if "actions" not in path.parts:
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert silent == []


def test_an_action_s_name_is_unique():
    seen: dict[str, Path] = {}
    for path in modules():
        if "actions" not in path.parts:
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert node.name not in seen, f"{node.name} in {seen[node.name]} and {path}"
                seen[node.name] = path


def test_modules_stay_small():
    lengths = sorted(len(path.read_text().splitlines()) for path in modules() if path.name != "__init__.py")
    assert lengths[len(lengths) // 2] <= 70, "median"
    assert lengths[int(len(lengths) * 0.9)] < 200, "nine in ten"


@pytest.mark.parametrize("pattern", [r"/root/", r"/work/", r"/home/\w", r"pypi\.org", r"pythonhosted", r"npmjs"])
def test_no_file_names_a_machine_or_a_registry(pattern):
    for path in files(".py", ".toml", ".txt", ".md", ".yml", ".sh", "Makefile", "Dockerfile", ".html", ".js", ".css"):
        if path == Path(__file__):
            continue
        assert not re.search(pattern, path.read_text()), f"{path} holds {pattern}"
