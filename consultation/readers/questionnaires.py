"""The questionnaire of a version: out of its canonical form once published, out of its rows while it is being written."""

from consultation.models import Consultation, Option, Question, Version
from consultation.models.option import FACTS
from consultation.paths.conditions import condition_of
from consultation.questionnaire import Questionnaire, Sheet
from questions.definitions import Choice, Definition, Passage
from questions.kinds import KINDS


def current_version(consultation: Consultation) -> Version:
    """What is asked: the latest published one once it has opened, before that the one that is being written. A later one that is
    still being written is nobody's but its organisers'. One statement."""
    versions = consultation.versions.all()
    return (versions.filter(published_at__isnull=False) if consultation.opened_at else versions).latest("number")


def published_versions(consultation: Consultation) -> list[Version]:
    """All that were ever put to the members, the first on top. One statement."""
    return list(consultation.versions.filter(published_at__isnull=False).order_by("number"))


def version_shown(consultation: Consultation, number: int | None, *, otherwise: Version) -> Version:
    """The published version of that number; `otherwise` where there is none, or no number. No statement where it is that one."""
    if number is None or number == otherwise.number:
        return otherwise
    return consultation.versions.filter(published_at__isnull=False, number=number).first() or otherwise


def questionnaire_of(version: Version) -> Questionnaire:
    """No statement for a published version."""
    return Questionnaire.of(version.canonical) if version.canonical is not None else written(version)


def written(version: Version) -> Questionnaire:
    """As its rows stand now: four statements, however many there are."""
    options = list(Option.objects.filter(consultation=version.consultation_id))
    pages = version.pages.prefetch_related("questions__choices")
    sheets = (
        Sheet(
            number=number,
            key=page.key,
            title=page.title,
            intro=page.intro,
            questions=tuple(_definition(row, options) for row in page.questions.all()),
            when=condition_of(page.when) if page.when else None,
            whens={row.key: condition_of(row.when) for row in page.questions.all() if row.when},
        )
        for number, page in enumerate(pages, start=1)
    )
    return Questionnaire(tuple(sheets), tuple(option_facts(option) for option in options))


def option_facts(option: Option) -> dict[str, str]:
    """An option as it is put to the members: letter, key, name, summary and facts."""
    return {name: getattr(option, name) for name in ("letter", "key", "name", "summary", *FACTS)}


def version_asked(consultation_id: int, number: int | None = None) -> Version:
    """The one that is asked now, or the published one of that number where there is such. One statement, then perhaps two."""
    published = Version.objects.filter(consultation=consultation_id, published_at__isnull=False)
    return (published.filter(number=number).first() if number else None) or published.latest("number")


def question_ids(version: Version) -> dict[str, int]:
    """The row of each question by its key. One statement."""
    return dict(Question.objects.filter(version=version).values_list("key", "pk"))


def questions_now_and_before(consultation: Consultation) -> tuple[dict[str, Definition], dict[str, Definition]]:
    """By key: those of the last published version in their order; then what is not asked any more, as it was asked last. One
    statement."""
    versions = published_versions(consultation)
    now = {asked.key: asked for asked in questionnaire_of(versions[-1]).questions} if versions else {}
    before: dict[str, Definition] = {}
    for version in reversed(versions[:-1]):
        for asked in questionnaire_of(version).questions:
            if asked.key not in now:
                before.setdefault(asked.key, asked)
    return now, before


def questions_ever_asked(consultation: Consultation) -> list[Definition]:
    """Both, one behind the other. One statement."""
    now, before = questions_now_and_before(consultation)
    return [*now.values(), *before.values()]


def _definition(row: Question, options: list[Option]) -> Definition:
    return Definition(
        key=row.key,
        kind=row.kind,
        text=row.text,
        hint=row.hint,
        required=row.required,
        longest=row.longest,
        choices=_choices(row, options),
        settings=row.settings,
        passage=Passage(**row.passage) if row.passage else None,
    )


def _choices(row: Question, options: list[Option]) -> tuple[Choice, ...]:
    if KINDS[row.kind].fixed_choices:
        return KINDS[row.kind].fixed_choices
    if row.offers_options:
        return tuple(Choice(option.key, option.name, option.letter, _note(option)) for option in options)
    return tuple(Choice(choice.key, choice.label) for choice in row.choices.all())


def _note(option: Option) -> str:
    """The two facts that one weighs while choosing, under the name."""
    return " · ".join(fact for fact in (option.time, option.cost) if fact)
