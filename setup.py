"""Package of label-studio-lite.

The top-level folders ``templates/``, ``static/`` and ``examples/`` become part of the package, and
the labeling editor, which is never committed, is fetched into ``static/editor/`` when the package
is built (see ``label_studio_lite/editor_build.py``). Without npm or pip the package is built
without it, says so, and everything but the Label page works.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.editable_wheel import editable_wheel

HERE = Path(__file__).parent
DATA = ("templates", "static", "examples")


def _version() -> str:
    text = (HERE / "label_studio_lite" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    assert found is not None
    return found[1]


def _editor_build() -> ModuleType:
    path = HERE / "label_studio_lite" / "editor_build.py"
    spec = importlib.util.spec_from_file_location("editor_build", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _fetch_editor() -> None:
    module = _editor_build()
    try:
        module.build(HERE / "static")
    except module.BuildError as error:
        print(f"\nThe labeling editor is missing from this build: {error}\n")


class BuildWithEditor(build_py):
    def run(self) -> None:
        _fetch_editor()
        self.distribution.package_data = _package_data()
        super().run()


class EditableWithEditor(editable_wheel):
    def run(self) -> None:
        _fetch_editor()
        super().run()


def _package_data() -> dict[str, list[str]]:
    return {
        f"label_studio_lite.{name}": [
            path.relative_to(HERE / name).as_posix()
            for path in sorted((HERE / name).rglob("*"))
            if path.is_file()
        ]
        for name in DATA
    }


setup(
    name="label-studio-lite",
    version=_version(),
    description="Label data on your own machine, in a folder of plain JSON files",
    long_description=(HERE / "README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10",
    packages=[
        *find_packages(include=["label_studio_lite", "label_studio_lite.*"]),
        *(f"label_studio_lite.{name}" for name in DATA),
    ],
    package_dir={f"label_studio_lite.{name}": name for name in DATA},
    package_data=_package_data(),
    install_requires=[
        "flask>=3.0,<4",
        "flask-cors>=5.0,<7",
        "tinydb>=4.8,<5",
        "lxml>=5.2,<7",
        "boto3>=1.34,<2",
        "requests>=2.31,<3",
        "click>=8.1.7,<9",
        "waitress>=3.0,<4",
        "msgspec>=0.19,<1",
        "platformdirs>=4.2,<5",
        "regex>=2024.4.16",
    ],
    extras_require={
        "rar": ["rarfile>=4.1,<5"],
        "gcs": ["google-cloud-storage>=2.18,<4"],
        "azure": ["azure-storage-blob>=12.20,<13"],
        "redis": ["redis>=5.0,<9"],
        "test": [
            "pytest>=8.2,<10",
            "pytest-timeout>=2.3,<3",
            "pytest-xdist>=3.6,<4",
            "hypothesis>=6.100,<7",
            "jsonschema>=4.20,<5",
            "schemathesis>=4.10,<5",
            "playwright>=1.45,<2",
            "axe-playwright-python>=0.1.4,<0.2",
            "ruff>=0.17,<0.18",
            "mypy>=2.4,<3",
            "lxml-stubs>=0.5.1,<1",
            "types-jsonschema>=4.20,<5",
            "types-requests>=2.31",
            "google-cloud-storage>=2.18,<4",
            "azure-storage-blob>=12.20,<13",
            "redis>=5.0,<9",
        ],
    },
    entry_points={
        "console_scripts": [
            "label-studio=label_studio_lite.cli.main:main",
            "label-studio-lite=label_studio_lite.cli.main:main",
        ]
    },
    cmdclass={"build_py": BuildWithEditor, "editable_wheel": EditableWithEditor},
    zip_safe=False,
)
