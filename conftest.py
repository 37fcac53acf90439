"""Tests run on the real PostgreSQL and Valkey, started by the test run itself where no address is given."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as project_settings
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from servestatic.middleware import ServeStaticMiddleware

from common import statements
from config import urls
from tests.emptying import empty
from tests.mail.sink import Server, Sink
from tests.template import migrated

pytest_plugins = ["tests.browser.fixtures", "tests.journeys.fixtures"]

ROOT = Path(__file__).resolve().parent
SHARED_DATA = Path(os.environ.get("PLENARY_SHARED", ROOT.parent / "shared")) / "data"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_keepdb, django_db_blocker):
    """pytest-django's own step before it makes the database: it shall be a copy of what is migrated already."""
    if django_db_keepdb:
        return
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"] |= {"TEMPLATE": migrated(project_settings.DATABASE_URL), "MIGRATE": False}


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_keepdb, django_db_modify_db_settings, django_db_blocker):
    """As pytest-django's own, but always: that makes a database only where one of the tests to be run says `django_db`, and those
    that share the world of their module do not say it."""
    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=verbosity, interactive=False, keepdb=django_db_keepdb)
    yield
    if django_db_keepdb:
        return
    with django_db_blocker.unblock():
        try:
            teardown_databases(made, verbosity=verbosity)
        except DatabaseError as error:  # somebody is still connected; the next run begins with another
            request.node.warn(pytest.PytestWarning(f"The database of the tests is still there: {error}"))


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly():
    """What Django's own flush does after each test that commits, done by ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty())
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_looked_for_once():
    """Each client of a test builds the middleware anew; what lies in the folders of static files is the same for all of them."""
    look, found = ServeStaticMiddleware.add_files_from_finders, {}

    def add_files(self: ServeStaticMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files = dict(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ServeStaticMiddleware, "add_files_from_finders", add_files)
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data to test with; a test that needs it skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("shared data is not here")
    return SHARED_DATA


@pytest.fixture
def sink(settings):
    """A real SMTP server; settings point at it."""
    sink = Sink()
    server = Server(sink)
    server.start()
    settings.SMTP_URL = sink.url
    yield sink
    server.stop()


@pytest.fixture
def short_refusals(monkeypatch):
    """Refusals say why, without the head and foot that every page has: for tests that are refused by the thousand."""

    def in_a_line(status):
        return lambda request, exception: HttpResponse(f"{exception} {request.path}", status=status)

    monkeypatch.setattr(urls, "handler403", in_a_line(403))
    monkeypatch.setattr(urls, "handler404", in_a_line(404))


@pytest.fixture
def statements_as_kept(monkeypatch):
    """Statements are sent as they were kept, and none is built anew beside it to compare: as in production, and for walks of
    thousands of requests that look at what the answers say. All other tests compare; what is drawn and kept, these do too."""
    as_they_are = {name: getattr(project_settings, name) for name in ("DATABASE_PREPARES", "VISITOR_PAGES_KEPT_FOR")}
    theirs = SimpleNamespace(KEPT_IS_COMPARED=False, **as_they_are)
    monkeypatch.setattr(statements, "settings", theirs)
