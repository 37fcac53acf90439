"""What a run says of its time (tests/times.py)."""

from tests.times import MOST_FILES, lines


def test_names_the_longest_files_first_and_when_each_process_was_through():
    files = {f"tests/a/test_{number:02}.py": float(number) for number in range(MOST_FILES + 5)}
    told = lines(files, {"gw1": 61.4, "gw0": 60.0})
    assert told[0] == "Through after: gw0 60 s, gw1 61 s"
    assert told[1].split() == [f"{MOST_FILES + 4}.0", "s", f"tests/a/test_{MOST_FILES + 4}.py"]
    assert len(told) == 1 + MOST_FILES


def test_a_run_of_one_process_says_only_how_long_its_files_took():
    assert lines({"tests/a/test_b.py": 1.25}, {}) == ["    1.2 s  tests/a/test_b.py"]
