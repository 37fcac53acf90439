"""The demo community's files, read as plain data: nothing here needs Django or a database."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from forum.tagging import different, tags_problem
from questions.kinds import KINDS

CONTENT = Path(__file__).resolve().parents[2] / "demo" / "content"
NATIONS = {"england", "scotland", "wales", "northern-ireland"}
BANDS = {
    "under-5k": range(5_000),
    "5-10k": range(5_000, 10_000),
    "10-15k": range(10_000, 15_000),
    "15-20k": range(15_000, 20_000),
    "20k-plus": range(20_000, 1_000_000),
}
YEARS = {"under-2", "2-4", "5-9", "10-19", "20-plus"}
JOBS = {
    "practice-manager",
    "business-manager",
    "operations-manager",
    "deputy-manager",
    "function-manager",
    "managing-partner",
    "network-manager",
}
LIKES = {"agree", "thanks", "insightful", "disagree"}
ROLES = {"moderator", "organiser", "director"}


def read(name: str) -> dict:
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


MEMBERS = {row["key"]: row for row in read("members.toml")["member"]}
CATEGORIES = {row["slug"]: row for row in read("categories.toml")["category"]}
TOPICS = {path.stem: read(f"topics/{path.name}") for path in sorted(CONTENT.glob("topics/*.toml"))}
POSTS = [(key, post) for key, topic in TOPICS.items() for post in topic["post"]]


def quoted(body: str) -> list[str]:
    return [line[1:].strip() for line in body.splitlines() if line.startswith(">") and line[1:].strip()]


def sentences(text: str) -> list[str]:
    """Sentences of four words and more, folded, without quoted lines; a table row or list item counts as one."""
    own = "\n".join(line for line in text.splitlines() if not line.startswith(">"))
    parts = re.split(r"(?<=[.!?:;])[\s\"”)*]+|\n+", own)
    folded = (" ".join(re.findall(r"[\w'’]+", part.lower())) for part in parts)
    return [part for part in folded if len(part.split()) >= 4]


def test_sixty_members_each_have_a_name_of_their_own():
    assert len(MEMBERS) == len(read("members.toml")["member"]) == 60
    assert len({member["display_name"] for member in MEMBERS.values()}) == 60
    assert len({member["bio"] for member in MEMBERS.values()}) == 60
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", key) for key in MEMBERS)


def test_every_member_states_known_facts_and_a_list_inside_its_band():
    for member in MEMBERS.values():
        assert member["nation"] in NATIONS
        assert member["patients"] in BANDS[member["list_size"]]
        assert member["years"] in YEARS
        assert set(member["roles"]) <= ROLES
        assert member["job_title"]
        assert member["voice"]


def test_members_cover_all_nations_all_bands_and_lists_from_2500_to_25000():
    assert set(Counter(member["nation"] for member in MEMBERS.values())) == NATIONS
    assert min(Counter(member["nation"] for member in MEMBERS.values()).values()) >= 5
    assert min(Counter(member["list_size"] for member in MEMBERS.values()).values()) >= 5
    assert {member["list_size"] for member in MEMBERS.values()} == set(BANDS)
    assert {member["years"] for member in MEMBERS.values()} == YEARS
    assert {member["job"] for member in MEMBERS.values()} == JOBS
    sizes = [member["patients"] for member in MEMBERS.values()]
    assert min(sizes) <= 2_500
    assert max(sizes) >= 25_000


def test_the_first_four_members_are_the_demo_accounts():
    first = list(MEMBERS.values())[:4]
    assert [member["demo"] for member in first] == ["member", "organiser", "director", "moderator"]
    assert [member["roles"] for member in first] == [[], ["organiser"], ["director"], ["moderator"]]
    assert not any("demo" in member for member in list(MEMBERS.values())[4:])


def test_every_member_writes_somewhere():
    assert {post["author"] for _, post in POSTS} == set(MEMBERS)


def test_some_categories_are_public_and_some_for_members_and_none_is_empty():
    assert {category["access"] for category in CATEGORIES.values()} == {"public", "members"}
    assert {topic["category"] for topic in TOPICS.values()} == set(CATEGORIES)


def test_there_are_25_topics_and_at_least_250_posts():
    assert len(TOPICS) == 25
    assert len(POSTS) >= 250


@pytest.mark.parametrize("key", TOPICS)
def test_a_topic_refers_only_to_what_exists(key):
    topic = TOPICS[key]
    assert re.fullmatch(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*", key)
    assert topic["kind"] == "discussion"
    assert topic["tags"] == different(topic["tags"])
    assert tags_problem(topic["tags"]) == ""
    assert topic["category"] in CATEGORIES
    assert topic["author"] == topic["post"][0]["author"]
    assert [post["number"] for post in topic["post"]] == list(range(1, len(topic["post"]) + 1))
    for post in topic["post"]:
        assert post["author"] in MEMBERS
        assert 0 < post.get("reply_to", 1) < max(post["number"], 2)
        likers = [liker for liker, _ in post.get("likes", [])]
        assert set(likers) <= set(MEMBERS) - {post["author"]}
        assert len(likers) == len(set(likers))
        assert {kind for _, kind in post.get("likes", [])} <= LIKES


def test_the_first_post_of_a_topic_replies_to_nobody():
    assert not [key for key, topic in TOPICS.items() if "reply_to" in topic["post"][0]]


def test_most_posts_reply_to_a_particular_earlier_post():
    assert sum("reply_to" in post for _, post in POSTS) >= 0.7 * len(POSTS)


def test_a_quotation_stands_word_for_word_in_the_post_it_names():
    quotations = 0
    for key, post in POSTS:
        lines = quoted(post["body"])
        assert bool(lines) == ("quote" in post)
        for line in lines:
            earlier = TOPICS[key]["post"][post["quote"] - 1]
            assert earlier["number"] < post["number"]
            assert line in " ".join(earlier["body"].split())
            quotations += 1
    assert quotations >= 6


@pytest.mark.parametrize("key", TOPICS)
def test_days_fall_towards_today_and_stay_within_sixty(key):
    days = [post["day"] for post in TOPICS[key]["post"]]
    assert days == sorted(set(days), reverse=True)
    assert days[0] <= 60
    assert days[-1] >= 0.8  # earlier than yesterday evening, so never in the future


@pytest.mark.parametrize("week", range(4))
def test_each_of_the_last_four_weeks_has_at_least_three_active_topics(week):
    active = {key for key, post in POSTS if 7 * week <= post["day"] < 7 * (week + 1)}
    assert len(active) >= 3
    assert sum(7 * week <= post["day"] < 7 * (week + 1) for _, post in POSTS) >= 20


def test_posts_run_from_one_line_to_two_hundred_words_and_more():
    words = sorted(len(post["body"].split()) for _, post in POSTS)
    assert words[0] <= 10
    assert words[-1] <= 260
    assert sum(count <= 20 for count in words) >= 30
    assert sum(count >= 120 for count in words) >= 12


def test_no_two_posts_share_a_sentence():
    seen: dict[str, str] = {}
    for key, post in POSTS:
        where = f"{key}#{post['number']}"
        for sentence in sentences(post["body"]):
            assert sentence not in seen, f"{where} repeats {seen[sentence]}: {sentence}"
            seen[sentence] = where


def test_no_opening_is_used_as_a_stock_phrase():
    openings = Counter(" ".join(re.findall(r"[\w'’]+", post["body"].lower())[:3]) for _, post in POSTS)
    assert not [opening for opening, count in openings.items() if count > 2]


def test_links_lead_nowhere_outside():
    for _, post in POSTS:
        assert not re.search(r"https?://(?!([\w-]+\.)*example\.org)", post["body"])
        assert not re.search(r"@(?!example\.org)\w+\.\w", post["body"])


def test_nobody_is_mute_about_disagreement():
    kinds = Counter(kind for _, post in POSTS for _, kind in post.get("likes", []))
    assert set(kinds) == LIKES
    assert kinds["agree"] > kinds["thanks"] > kinds["disagree"]


# Consultations

RAW = read("consultations.toml")
CONSULTATIONS = {row["key"]: row for row in RAW["consultation"]}
OPEN, *GUARDED = (row for row in CONSULTATIONS.values() if row["state"] == "open")
PUBLISHED = next(row for row in CONSULTATIONS.values() if row["state"] == "published")
ANSWERED = {"published": PUBLISHED, "open": OPEN} | {row["identity"]: row for row in GUARDED}
FACTS = {
    "method",
    "evidence",
    "entry",
    "time",
    "cost",
    "renewal",
    "awarding_body",
    "level",
    "suits",
    "status",
}
TYPES = {"single_choice", "agreement_scale", "ranking", "long_text"}
LEANS = {"for", "against", "conditional"}


def questions(consultation: dict) -> dict[str, dict]:
    return {question["key"]: question for page in consultation["page"] for question in page["question"]}


def choices(consultation: dict, question: dict) -> set[str]:
    if question["choices"] == "options":
        return {option["key"] for option in consultation["option"]}
    return {key for key, _ in question["choices"]}


def test_one_consultation_is_published_one_a_draft_and_one_of_each_identity_mode_is_open():
    assert [row["state"] for row in RAW["consultation"]] == ["published", "open", "open", "open", "draft"]
    assert [row["identity"] for row in GUARDED] == ["confidential", "detached"]
    for row in (OPEN, *GUARDED):
        assert row["opened_day"] - row["closes_day"] >= 28
        assert row["opened_day"] > 0 > row["closes_day"]
        assert row["closes_day"] <= OPEN["closes_day"], "the large one closes first and waits on the front page"
    assert PUBLISHED["opened_day"] - PUBLISHED["closes_day"] >= 28
    assert PUBLISHED["closes_day"] > PUBLISHED["published_day"] > 0


@pytest.mark.parametrize("key", CONSULTATIONS)
def test_a_consultation_refers_only_to_what_exists(key):
    consultation = CONSULTATIONS[key]
    assert consultation["category"] in CATEGORIES
    assert {"organiser", "director"} & set(MEMBERS[consultation["organiser"]]["roles"])
    assert set(consultation["related_topics"]) <= set(TOPICS)
    assert all(set(option["facts"]) == FACTS for option in consultation["option"])
    assert all(consultation[field] for field in ("title", "summary", "background", "effects"))
    assert all(row["label"] and row["reason"] for row in consultation["discarded"])
    asked = [question for page in consultation["page"] for question in page["question"]]
    assert len(asked) == len(questions(consultation))
    for question in asked:
        assert question["type"] in KINDS
        assert question["text"]
        assert ("choices" in question) == (KINDS[question["type"]].takes_choices or question["type"] == "agreement_scale")
        assert "choices" not in question or len(choices(consultation, question)) >= 3


@pytest.mark.parametrize("consultation", GUARDED, ids=lambda row: row["identity"])
def test_a_guarded_consultation_has_options_to_rank_and_asks_few_of_those_who_answer_the_large_one(consultation):
    assert len(consultation["option"]) == 3
    assert len(consultation["discarded"]) >= 2
    assert {"single_choice", "agreement_scale", "ranking", "long_text"} <= {
        question["type"] for question in questions(consultation).values()
    }
    assert all(nation.replace("-", " ") in consultation["effects"].lower() for nation in NATIONS)
    known = {(cell["nation"], cell["list_size"]): cell["count"] for cell in OPEN["respondents"]}
    for cell in consultation["respondents"]:
        assert cell["count"] <= known[cell["nation"], cell["list_size"]], "nobody is made for it"


def test_the_open_consultation_puts_five_routes_and_says_what_was_ruled_out():
    assert [option["key"] for option in OPEN["option"]] == [
        "exam",
        "portfolio",
        "diplomas",
        "appraisal",
        "tiers",
    ]
    assert len(OPEN["discarded"]) >= 2
    assert 4 <= len(OPEN["page"]) <= 5
    assert {question["type"] for question in questions(OPEN).values()} == TYPES
    assert all(nation.replace("-", " ") in OPEN["effects"].lower() for nation in NATIONS)


def test_three_hundred_answers_are_spread_over_nations_and_bands():
    cells = OPEN["respondents"]
    assert sum(cell["count"] for cell in cells) == 300
    assert {cell["nation"] for cell in cells} == NATIONS
    assert {cell["list_size"] for cell in cells} == set(BANDS)
    assert len({(cell["nation"], cell["list_size"]) for cell in cells}) == len(cells)


@pytest.mark.parametrize("consultation", ANSWERED.values(), ids=list(ANSWERED))
def test_every_question_has_one_tendency_that_weighs_exactly_its_choices(consultation):
    tendencies = {tendency["question"]: tendency for tendency in consultation["tendency"]}
    assert len(tendencies) == len(consultation["tendency"])
    assert set(tendencies) == {"lean"} | set(questions(consultation))
    assert set(tendencies["lean"]["base"]) == LEANS
    for key, question in questions(consultation).items():
        tendency = tendencies[key]
        if question["type"] == "long_text":
            assert "base" not in tendency
            assert tendency["match"] in tendencies
            continue
        if question["type"] == "matrix":
            assert set(tendency["each"]) == choices(consultation, question)
            steps = {step for step, _ in question["settings"]["scale"]}
            assert all(set(weights) == steps for weights in tendency["each"].values())
            continue
        known = choices(consultation, question)
        assert set(tendency["base"]) == known
        assert not question["required"] or "answered" not in tendency
        assert ("depth" in tendency) == (question["type"] == "ranking")
        assert all(1 <= int(places) <= len(known) for places in tendency.get("depth", {}))
        assert set(tendency.get("later", known)) <= known
        for factors, groups in (("by_nation", NATIONS), ("by_size", set(BANDS)), ("by_lean", LEANS)):
            assert set(tendency.get(factors, {})) <= groups
            for weights in tendency.get(factors, {}).values():
                assert set(weights) <= known
                assert min(weights.values()) > 0


def test_answers_lean_differently_by_nation_and_by_size():
    order = next(tendency for tendency in OPEN["tendency"] if tendency["question"] == "route-order")

    def favourite(nation: str, size: str) -> str:
        weights = {
            choice: weight * order["by_nation"].get(nation, {}).get(choice, 1) * order["by_size"].get(size, {}).get(choice, 1)
            for choice, weight in order["base"].items()
        }
        return max(weights, key=weights.__getitem__)

    assert len({favourite(nation, size) for nation in NATIONS for size in BANDS}) >= 3
    assert favourite("scotland", "5-10k") != favourite("england", "20k-plus")


@pytest.mark.parametrize("consultation", ANSWERED.values(), ids=list(ANSWERED))
def test_long_answers_are_tagged_with_groups_that_exist(consultation):
    asked = questions(consultation)
    matches = {tendency["question"]: tendency.get("match") for tendency in consultation["tendency"]}
    for answer in consultation["answer"]:
        assert asked[answer["question"]]["type"] == "long_text"
        assert answer["nation"] in NATIONS | {"any"}
        assert answer["list_size"] in set(BANDS) | {"any"}
        match = matches[answer["question"]]
        leans = LEANS if match == "lean" else choices(consultation, asked[match])
        assert answer["lean"] in leans | {"any"}


def test_there_are_at_least_120_long_answers_and_every_group_has_some():
    answers = OPEN["answer"]
    assert len(answers) == len({answer["text"] for answer in answers}) >= 120
    assert {answer["nation"] for answer in answers} >= NATIONS
    assert {answer["list_size"] for answer in answers} >= set(BANDS)
    assert {answer["lean"] for answer in answers} >= LEANS | {option["key"] for option in OPEN["option"]}


def test_the_names_of_silent_members_suffice_for_three_hundred_and_clash_with_nobody():
    given, family = RAW["respondents"]["given"], RAW["respondents"]["family"]
    assert len(set(given)) * len(set(family)) >= 300
    names = {f"{first} {last}" for first in given for last in family}
    assert names.isdisjoint(member["display_name"] for member in MEMBERS.values())


def test_every_member_leans_somewhere():
    assert {member["lean"] for member in MEMBERS.values()} == LEANS


# The weekly

EDITIONS = read("weekly.toml")["edition"]


def test_there_are_four_editions_one_for_each_of_the_last_four_weeks():
    assert [edition["weeks_ago"] for edition in EDITIONS] == [4, 3, 2, 1]
    assert all({"organiser", "director"} & set(MEMBERS[edition["editor"]]["roles"]) for edition in EDITIONS)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition["headline"])
def test_an_edition_picks_topics_that_really_were_active_in_its_week(edition):
    middle = 7 * edition["weeks_ago"]
    assert len(edition["picks"]) >= 3
    for pick in edition["picks"]:
        assert any(abs(post["day"] - middle) < 0.45 for post in TOPICS[pick]["post"]), pick


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition["headline"])
def test_an_editors_note_is_short_and_names_only_public_topics(edition):
    linked = re.findall(r"\]\(topic:([\w-]+)\)", edition["note"])
    words = re.sub(r"\]\([^)]*\)", "", edition["note"]).split()
    assert 60 <= len(words) <= 120
    assert linked
    assert set(linked) <= set(edition["picks"])
    assert all(CATEGORIES[TOPICS[key]["category"]]["access"] == "public" for key in linked)


def test_no_sentence_stands_in_two_places_anywhere():
    texts = [post["body"] for _, post in POSTS]
    texts += [answer["text"] for consultation in ANSWERED.values() for answer in consultation["answer"]]
    texts += [edition["note"] for edition in EDITIONS]
    texts += [row[field] for row in CONSULTATIONS.values() for field in ("background", "effects")]
    texts += [member["bio"] for member in MEMBERS.values()]
    counted = Counter(sentence for text in texts for sentence in sentences(text))
    assert not [sentence for sentence, count in counted.items() if count > 1]
