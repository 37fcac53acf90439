from consultation.readability import read_age, syllables


def test_syllables_are_counted_by_vowels_heard():
    counted = {
        word: syllables(word)
        for word in ("cat", "table", "scheme", "manager", "rhythm", "asked", "wanted", "accreditation", "I’m")
    }
    assert counted == {
        "cat": 1,
        "table": 2,
        "scheme": 1,
        "manager": 3,
        "rhythm": 1,
        "asked": 1,
        "wanted": 2,
        "accreditation": 5,
        "I’m": 1,
    }


def test_plain_words_need_a_younger_reader_than_long_ones():
    plain = read_age("Should we ask for proof of skill? We think that the cost is low.")
    hard = read_age(
        "Notwithstanding organisational accreditation considerations, should professional registration be prioritised?"
    )
    assert plain.age is not None
    assert hard.age is not None
    assert plain.age < 10 < 16 < hard.age


def test_the_formula_is_the_published_one():
    told = read_age("The cat sat on the mat. The dog ran to the door.")
    assert (told.words, told.sentences, told.syllables) == (12, 2, 12)
    assert round(told.grade, 2) == round(0.39 * 6 + 11.8 - 15.59, 2)


def test_of_a_line_or_of_nothing_the_formula_says_nothing():
    assert read_age("Who pays?").age is None
    assert read_age("").grade < 0
