import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.urls import reverse

from config.embedded.crew import WEB_PROCESSES, WEB_THREADS
from config.embedded.postgres import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
OURS = {"web", "live", "worker-critical", "worker-notify", "worker-plan", "worker-send", "beat"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_the_compose_file_holds_to_the_compose_schema():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_process_that_stays_has_a_health_check(compose):
    without = {name for name, service in compose.items() if "healthcheck" not in service}
    assert without == {"migrate"}


def test_everything_the_product_needs_is_there(compose):
    assert set(compose) == OURS | {"postgres", "valkey", "cache", "migrate", "caddy", "mailpit"}


def test_the_broker_keeps_what_it_is_told_and_the_cache_need_not(compose):
    broker, cache = " ".join(compose["valkey"]["command"]), " ".join(compose["cache"]["command"])
    assert "--appendonly yes" in broker and "noeviction" in broker
    assert "--appendonly no" in cache and "allkeys-lru" in cache


def test_every_queue_has_a_worker(compose):
    from config.celery import QUEUES

    served = {
        queue for name, service in compose.items() if name.startswith("worker") for queue in service["command"][-1].split(",")
    }
    assert served == set(QUEUES)


def test_our_processes_take_settings_only_from_the_environment_and_have_few_rights(compose):
    for name in OURS:
        service = compose[name]
        assert service["env_file"] == ".env"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["volumes"] == ["files:/srv/plenary/var/files"]  # what members attached, and nothing else
        assert "environment" not in service


def test_the_locale_is_the_one_of_the_embedded_cluster(compose):
    embedded = (ROOT / "config" / "embedded" / "cluster.py").read_text()
    for option in compose["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split():
        assert option in embedded


@pytest.mark.parametrize("name", ["random_page_cost", "jit"])
def test_the_planner_goes_by_what_was_measured(compose, name):
    assert f"{name}={SETTINGS[name]}" in compose["postgres"]["command"]


def test_the_image_does_not_run_as_root():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["plenary"]
    assert not re.search(r"(SECRET|_KEY)=[A-Za-z0-9+/]{8}", "\n".join(lines))


def test_pages_take_no_more_connections_of_the_database_than_what_was_measured():
    served = (ROOT / "Dockerfile").read_text().split("CMD ")[1]
    assert f'"--workers", "{WEB_PROCESSES}", "--blocking-threads", "{WEB_THREADS}"' in served


@pytest.mark.parametrize("missing", ["SIGNING_KEY", "SECRET_KEY"])
def test_production_refuses_to_start_without_its_keys(missing):
    key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    names = ("SECRET_KEY", "ADDRESS_KEY", "PERSONA_KEY", "CONSULTATION_KEY", "SIGNING_KEY", "BACKUP_KEY")
    environment = {name: key for name in names if name != missing} | {"PLENARY_ENV": "production", "PATH": "/usr/bin"}
    command = [sys.executable, "-c", "import config.settings"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert missing in done.stderr


LARGE_BODIES = [
    ("forum:attach", {}, settings.FILE_MAX_MB),
    ("forum:reply", {"pk": 7}, settings.FILE_MAX_MB),
    ("forum:edit", {"pk": 7, "number": 3}, settings.FILE_MAX_MB),
    ("forum:start", {"slug": "the-lounge"}, settings.FILE_MAX_MB),
    ("accounts:register", {}, settings.REGISTER_MAX_MB),
    ("accounts:picture", {}, 5),
    ("mail:inbound", {}, settings.INBOUND_MAX_MB * 1.5),  # as base64 in JSON
]


@pytest.mark.parametrize(("name", "arguments", "megabytes"), LARGE_BODIES)
def test_the_proxy_lets_through_what_the_site_takes(name, arguments, megabytes):
    """As Caddy matches: a star stands for anything without a slash. Each path stands in one limit, and not in `@else`, which is
    for all others."""
    told = (ROOT / "deploy" / "Caddyfile").read_text()
    path, limits = reverse(name, kwargs=arguments), dict(re.findall(r"request_body @(\w+) \{\s*max_size (\d+)MB", told))
    matchers = {
        label: (how.startswith("not"), paths.split()) for label, how, paths in re.findall(r"@(\w+) (not path|path) (.+)", told)
    }
    fitting = [
        label
        for label, (but, paths) in matchers.items()
        if any(re.fullmatch(each.replace("*", "[^/]+"), path) for each in paths) != but
    ]
    assert len(fitting) == 1
    assert int(limits[fitting[0]]) > megabytes


def test_the_proxys_log_blackens_the_secrets_that_ours_does():
    ours = re.search(r'"/\((.+?)\)/', (ROOT / "common" / "logs.py").read_text())
    proxys = re.search(r"regexp /\((.+?)\)/", (ROOT / "deploy" / "Caddyfile").read_text())
    assert (ours and ours[1]) == (proxys and proxys[1])
