"""What all folders of tests share."""

from importlib.util import find_spec

import pytest


def pytest_addoption(parser):
    """Add --need-all."""
    text = "fail where a package that a test needs is missing, rather than skip"
    parser.addoption("--need-all", action="store_true", help=text)


def pytest_runtest_setup(item):
    """Skip a test whose packages are missing, or fail it."""
    for marker in item.iter_markers("needs"):
        missing = [package for package in marker.args if find_spec(package) is None]
        if missing:
            stop = pytest.fail if item.config.getoption("need_all") else pytest.skip
            stop(f"needs {', '.join(missing)}")
