"""Running Plenary: prepares what is due, starts every process, says where it is, stops all in order."""

import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

from django.conf import settings
from django.core.management import CommandError
from django.db import connections

from config import preparing
from config.embedded import ports, services
from config.embedded.children import Child
from config.embedded.crew import crew, environment, mailbox
from config.embedded.follow import Follower
from config.embedded.lines import LineLog
from config.embedded.places import Places
from config.embedded.supervisor import Supervisor

ROOT = Path(settings.BASE_DIR)


@dataclass(frozen=True)
class Timeouts:
    """In seconds: for each process to stop; for the pages to answer after the start."""

    stop: float = 10.0
    open: float = 90.0


@dataclass(frozen=True)
class Told:
    """What the processes are told: where they listen, and their environment."""

    host: str
    port: int
    env: Mapping[str, str]
    mail: socket.socket | None

    @classmethod
    def by(cls, environ: Mapping[str, str], places: Places, host: str, port: int) -> Self:
        """Where no mail server is configured, opens the port of one that keeps what it is given."""
        mail = None if environ.get("SMTP_URL") else socket.create_server(("127.0.0.1", 0))
        smtp_port = mail.getsockname()[1] if mail else None
        return cls(host, port, environment(environ, places, host, port, smtp_port), mail)

    @property
    def address(self) -> str:
        return self.env["SITE_URL"]


class Run:
    """One run of `up`."""

    def __init__(self, places: Places, told: Told, timeouts: Timeouts, *, demo: bool) -> None:
        self.places = places
        self.told = told
        self.timeouts = timeouts
        self.demo = demo
        self.log = LineLog(sys.stdout)
        self.stopping = Stopping()
        self.accounts: list[preparing.DemoAccount] = []
        self.embedded = not told.env.get("DATABASE_URL")

    def until_stopped(self) -> None:
        """Returns once everything has stopped."""
        self.tell("starting PostgreSQL and Valkey" if self.embedded else "using the servers that are configured")
        with services.hold(self.places) if self.embedded else nullcontext():
            follower = Follower(self.places.logs / "services.log")
            with Supervisor(self.log.tell) as supervisor:
                self.stopping.waits(supervisor)
                if self.told.mail:
                    supervisor.start(mailbox(self.places, ROOT, self.told.mail))
                self.prepare(supervisor)
                for child in self.crew():
                    supervisor.start(child)
                self.wait_for_pages(supervisor)
                supervisor.run(lambda: self.watch(follower))
                self.tell("stopping")
                supervisor.stop(hurry=self.stopping.is_insisted_on)
            if self.embedded:
                self.tell("stopping Valkey and PostgreSQL")
        self.tell("stopped")

    def crew(self) -> list[Child]:
        told = self.told
        return crew(self.places, ROOT, told.env, told.host, told.port, grace=self.timeouts.stop)

    def prepare(self, supervisor: Supervisor) -> None:
        """Each only when it is due. Commands of their own, because they are told what the pages are told."""
        if due := preparing.migrations_due():
            self.tell(f"bringing the database up to date ({due} migrations)")
            self.command(supervisor, "migrate", "migrate", "--verbosity", "0")
            connections.close_all()
        stamp, fingerprint = self.places.var / "static.stamp", preparing.static_fingerprint()
        if not stamp.exists() or stamp.read_text() != fingerprint or not self.places.static.exists():
            self.tell("collecting styles, scripts and pictures")
            self.command(supervisor, "static", "collectstatic", "--noinput", "--verbosity", "0")
            stamp.write_text(fingerprint)
        if self.demo and preparing.wants_demo():
            self.tell("loading the demo community")
            self.command(supervisor, "demo", "seed_demo")
        preparing.count_words()
        self.accounts = preparing.demo_accounts()
        connections.close_all()

    def command(self, supervisor: Supervisor, name: str, *arguments: str) -> None:
        argv: list[str | Path] = [sys.executable, ROOT / "manage.py", *arguments]
        code = supervisor.finish(Child(name, argv, env=self.told.env, cwd=ROOT), unless=self.stopping.is_asked)
        if code:
            raise CommandError(f"`manage.py {' '.join(arguments)}` failed (exit code {code}); its words stand above.")

    def wait_for_pages(self, supervisor: Supervisor) -> None:
        def open_now() -> bool:
            here = ports.answers(self.told.host, self.told.port) and ports.answers(self.told.host, self.told.port + 1)
            return here or self.stopping.is_asked()

        if not supervisor.run(open_now, every=0.1, timeout=self.timeouts.open):
            self.tell(f"the pages do not answer after {self.timeouts.open:g} s; still trying")
        elif not self.stopping.is_asked():
            sys.stdout.write(self.welcome())
            sys.stdout.flush()

    def watch(self, follower: Follower) -> bool:
        """Called every second: passes on what the servers' keeper tells, and replaces it if it was killed."""
        for line in follower.lines():
            self.log.pass_on(line)
        if self.embedded and not self.stopping.is_asked() and services.revive(self.places):
            self.tell("the keeper of PostgreSQL and Valkey was killed; started again")
        return self.stopping.is_asked()

    def welcome(self) -> str:
        lines = ["", f"  Plenary is at {self.told.address}", ""]
        lines += [f"  {who.role:<15}{who.email:<34}{who.password:<22}{who.note}".rstrip() for who in self.accounts]
        if self.accounts:
            lines.append("")
        if self.told.mail:
            lines.append(f"  Mail is not sent but kept in  {self.places.mail}")
        if self.embedded:
            lines.append(f"  The database lies in          {self.places.cluster}")
        return "\n".join([*lines, "  Ctrl-C stops everything.", "", ""])

    def tell(self, text: str) -> None:
        self.log.tell("plenary", text)


class Stopping:
    """Counts the signals that ask to stop: one asks, two insist."""

    def __init__(self) -> None:
        self.asked = 0
        self.interrupts = True
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._ask)

    def waits(self, supervisor: Supervisor) -> None:
        """From now on somebody looks at `is_asked`; before, a signal ends whatever is being waited for."""
        self.interrupts = False

    def is_asked(self) -> bool:
        return self.asked > 0

    def is_insisted_on(self) -> bool:
        return self.asked > 1

    def _ask(self, signum: int, frame: FrameType | None) -> None:
        self.asked += 1
        if self.interrupts:
            sys.exit(128 + signum)
