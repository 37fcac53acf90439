"""The rules of a fair consultation (G1–G4, R1–R12 of the design) in one table, judged from plain facts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Verdict = Literal["holds", "fails", "not yet", "does not arise"]
LEAST_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Later:
    """A version of the questionnaire after the first: its number, whether it is material, and whether somebody else than its
    author approved it; `answered` had answered before it, `confirmed` said under it that their answer stands."""

    number: int
    is_material: bool
    is_reviewed: bool
    answered: int = 0
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """What is known of how a consultation is run. None: it has not come to that yet, or nothing keeps it.

    `options` were put to the members; `days` from opening to close as they stand; `root_size` leaves are under the root;
    In a detached one `took_part` stand in the ledger and `current` are ballots, both told from the close on.
    `books` are leaves, withdrawn, erased, excluded and counted, as published, added up once more over so many `segments` of
    nation and list size, `other_books` the same of organisations and of the public; `exclusions` are the reasons; `versions` of
    the questionnaire were put to members, `later` are those after the first; `by_version` are the parts of the books, by the
    number of the version answered. `on_paper` answers came on paper or by e-mail and were typed by organisers, `paper_looks` is
    how often others opened one before the close, `early_looks` how many of these were by somebody who then did not check it.
    """

    opened: bool
    closed: bool
    published: bool
    withdrawn: bool
    options: int
    single_option_reason: str
    documents: int
    discarded: int
    effects: bool
    days: int | None
    ends_at_2359: bool
    versions: int
    digest: str
    identity: str
    current: int
    eligible: int | None = None
    root: str = ""
    root_size: int | None = None
    leaves: int | None = None
    books: tuple[int, int, int, int, int] | None = None
    other_books: Sequence[tuple[str, tuple[int, int, int, int, int]]] = ()
    segments: int | None = None
    exclusions: tuple[str, ...] = ()
    extensions: int = 0
    on_paper: int = 0
    paper_looks: int = 0
    early_looks: int = 0
    redactions: tuple[tuple[str, int], ...] = ()
    kept_back: int = 0
    later: tuple[Later, ...] = ()
    by_version: tuple[tuple[int, int], ...] = ()
    detached: bool = False
    no_documents_reason: str = ""
    none_discarded_reason: str = ""
    took_part: int | None = None

    @property
    def edits(self) -> int:
        """Versions of the questionnaire after the first."""
        return max(self.versions - 1, 0)

    @property
    def taken_out(self) -> int:
        """Passages and whole answers that others do not read."""
        return sum(count for _, count in self.redactions) + self.kept_back


@dataclass(frozen=True, slots=True)
class Ruling:
    """One line of “How this was run”. `proof` is a sentence; `to` names the page that shows it, where there is one."""

    key: str
    promise: str
    verdict: Verdict
    proof: str
    to: str = ""


Judged = tuple[Verdict, str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    key: str
    promise: str
    judge: Callable[[Run], Judged]


def rulings(run: Run) -> list[Ruling]:
    """Every rule in order. Of a consultation that was withdrawn no rule is still to come."""
    found = []
    for rule in RULES:
        verdict, proof, to = rule.judge(run)
        if verdict == "not yet" and run.withdrawn:
            verdict, proof, to = "does not arise", "It was withdrawn before that.", ""
        found.append(Ruling(rule.key, rule.promise, verdict, proof, to))
    return found


def counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _formative(run: Run) -> Judged:
    if run.options >= 2:
        return _on(run.opened, f"{counted(run.options, 'option')} were put to the members while all were open.", "compare")
    if run.single_option_reason:
        return _on(run.opened, f"Fewer than two options, for a reason that is told: {run.single_option_reason}", "detail")
    return _on(run.opened, "Fewer than two options were put, and no reason is told.", "detail", fails=True)


def _reasons(run: Run) -> Judged:
    """What is not there is told by a reason that everybody can read, or the rule fails."""
    parts = (
        ("something to read before answering", counted(run.documents, "document"), run.documents, run.no_documents_reason),
        (
            "routes that were looked at and ruled out",
            f"{counted(run.discarded, 'route')} ruled out with reasons",
            run.discarded,
            run.none_discarded_reason,
        ),
        ("effects by nation and size of practice", "effects by nation and size", run.effects, ""),
    )
    missing = [name for name, _, there, reason in parts if not there and not reason.strip()]
    if missing:
        return _on(run.opened, f"Not told: {'; '.join(missing)}.", "detail", fails=True)
    told = ", ".join(each for _, each, there, _ in parts if there)
    why = [
        f"Without {name}, for a reason that is told: {reason.strip().rstrip('.')}."
        for name, _, there, reason in parts
        if not there
    ]
    return _on(run.opened, " ".join([f"{told[0].upper()}{told[1:]}.", *why]), "detail")


def _time(run: Run) -> Judged:
    if run.days is None:
        return "not yet", "It has not opened.", ""
    told = f"{counted(run.days, 'day')}, to 23:59 London time of the last; {counted(run.extensions, 'extension')}."
    return _on(True, told, fails=run.days < LEAST_DAYS or not run.ends_at_2359)


def _conscientious(_: Run) -> Judged:
    return "not yet", "Answers in members’ own words are counted and not yet read here; directors do not yet sign here.", ""


def _wording(run: Run) -> Judged:
    if not run.opened:
        return "not yet", "The questions are still being written.", ""
    if run.versions == 1:
        return "holds", f"Nothing was changed after the opening. SHA-256 of what is asked: {run.digest}", "questions"
    told = "; ".join(_of_version(later) for later in run.later)
    fails = len(run.later) != run.edits or not all(later.is_reviewed for later in run.later)
    return _on(True, f"{counted(run.versions, 'version')}: {told}.", "versions", fails=fails)


def _of_version(later: Later) -> str:
    approved = "approved by a second person" if later.is_reviewed else "approved by nobody else"
    if not later.is_material:
        return f"version {later.number} mends a slip of the pen, {approved}, counted together with the one before"
    asked = f"{later.answered:,} who had answered were asked again and {later.confirmed:,} said that their answer stands"
    return f"version {later.number} is material, {approved}; {asked if later.answered else 'nobody had answered before'}"


def _looks(run: Run) -> Judged:
    paper = ""
    if run.on_paper:
        who = f"{counted(run.on_paper, 'answer')} came on paper or by e-mail, each read by whoever typed it"
        paper = f" {who} and opened {counted(run.paper_looks, 'time')} to check it."
    if run.early_looks:
        looks = f"{counted(run.early_looks, 'look')} before the close at answers on paper"
        return "fails", f"{looks}, by organisers who neither typed nor checked them.{paper}", ""
    return _on(run.opened, f"No page shows an answer before the close, or a count before everybody sees it; 0 looks.{paper}")


def _one_each(run: Run) -> Judged:
    if run.detached and run.took_part is None:
        return _on(run.opened, "A ballot goes in only with a mark in the ledger, and the database refuses a second mark.")
    if run.detached:
        told = f"{counted(run.took_part or 0, 'member')} took part by the ledger, {counted(run.current, 'ballot')} opened."
        return _on(run.opened, told, fails=run.took_part != run.current)
    if not run.closed:
        return _on(run.opened, "Whoever answers again changes their answer: the database refuses a second current response.")
    return _on(run.opened, f"{counted(run.current, 'current response')}; the database refuses a second one.")


def _identity(run: Run) -> Judged:
    return _on(run.opened, f"{run.identity} since the opening; the database refuses to change it.", "detail")


def _eligible(run: Run) -> Judged:
    if run.eligible is None:
        return "not yet", "Who may answer is asked when they answer; no list was frozen at the opening.", ""
    return "holds", f"{counted(run.eligible, 'member')} could answer, frozen at the opening.", "participation"


def _receipts(run: Run) -> Judged:
    if run.detached and run.root_size is not None:
        told = f"Totals only: root over {counted(run.root_size, 'ballot')}: {run.root}. A single ballot cannot be found again."
        return "does not arise" if run.leaves == run.root_size else "fails", told, "verify"
    if run.detached:
        told = "Totals only, from the close on: nobody has a receipt, since nothing leads from them to their ballot."
        return "does not arise", told, "verify"
    if run.root_size is None:
        return "not yet", "Everybody who answers has a signed receipt; the root is fixed at the close.", "verify"
    told = f"Root over {counted(run.root_size, 'response')}: {run.root}"
    return _on(True, told, "verify", fails=run.leaves != run.root_size)


def _books(run: Run) -> Judged:
    if run.books is None:
        return "not yet", "They are balanced when results are published.", ""
    lines = [("Members" if run.other_books else "", run.books), *run.other_books]
    told = " ".join(_line(who, books) for who, books in lines)
    if run.segments is not None:
        what = "The members" if run.other_books else "The same"
        told += f" {what} added up over {counted(run.segments, 'segment')} of nation and list size, exactly."
    if run.by_version:
        parts = ", ".join(f"{number:,} under version {version}" for version, number in run.by_version)
        told += f" By version: {parts}."
    if run.exclusions:
        told += f" Excluded by two, because: {'; '.join(reason.rstrip('.') for reason in run.exclusions)}."
    fails = any(leaves - sum(left) != published for _, (leaves, *left, published) in lines)
    if run.by_version:
        fails = fails or sum(number for _, number in run.by_version) != run.books[-1]
    if run.root_size is not None:
        fails = fails or run.root_size != sum(books[0] for _, books in lines)
    return _on(True, told, "results", fails=fails)


def _line(who: str, books: tuple[int, int, int, int, int]) -> str:
    leaves, withdrawn, erased, excluded, published = books
    told = f"{leaves:,} − {withdrawn:,} taken back − {erased:,} erased − {excluded:,} excluded = {published:,} counted."
    return f"{who}: {told}" if who else told


def _coding(_: Run) -> Judged:
    return "not yet", "Answers in members’ own words are not coded here yet, so nothing is claimed by theme.", ""


def _disclosure(run: Run) -> Judged:
    return _on(run.published, "Only counts over everybody are published; no table is split by who members are.", "results")


def _evidence(_: Run) -> Judged:
    return "not yet", "What was decided is told in prose that is not yet tied to its evidence.", ""


def _weighting(run: Run) -> Judged:
    return _on(run.published, "No figure is weighted.", "results")


def _machines(run: Run) -> Judged:
    return _on(run.opened, "No machine suggests anything about the answers.")


def _on(is_time: bool, told: str, to: str = "", *, fails: bool = False) -> Judged:
    """Judged once it has come to that."""
    if not is_time:
        return "not yet", "It has not come to that.", ""
    return "fails" if fails else "holds", told, to


RULES: Final[Sequence[Rule]] = (
    Rule("G1", "At least two options are open when members are asked, or it is said why not.", _formative),
    Rule("G2", "Members are told the reasons: documents, what was ruled out, effects by nation and practice size.", _reasons),
    Rule("G3", "At least 28 days, to 23:59 London time; it may be extended, never shortened.", _time),
    Rule("G4", "Nothing is decided while an answer is unread; directors declare interests and sign.", _conscientious),
    Rule("R1", "Other words after the first answer are a new version, marked a slip or material.", _wording),
    Rule("R2", "Nobody looks at results early, unless it was said before the opening; every look is shown.", _looks),
    Rule("R3", "One current response for each member.", _one_each),
    Rule("R4", "Under whose name answers are kept is fixed at the opening.", _identity),
    Rule("R5", "Who may answer is frozen and counted at the opening.", _eligible),
    Rule("R6", "Everybody who answers can check that their answer counted.", _receipts),
    Rule("R7", "The books balance, with each term told.", _books),
    Rule("R8", "Answers in one’s own words are coded by a fixed frame, a part of them twice.", _coding),
    Rule("R9", "No table leaves that could show who answered what.", _disclosure),
    Rule("R10", "Every statement has its evidence.", _evidence),
    Rule("R11", "A weighted figure never stands without the plain one.", _weighting),
    Rule("R12", "What a machine suggests is optional, labelled, and decided by a person.", _machines),
)
