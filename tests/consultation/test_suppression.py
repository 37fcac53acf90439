"""No cell that is kept back can be worked out from what is shown: tried by laying out every table that fits."""

from itertools import product
from random import Random

import pytest

from consultation.suppression import LEAST, SUM, Count, bounds, kept_back, with_sums

ROWS, COLUMNS = ("england", "wales", "scotland"), ("small", "large", "huge")


def a_table(rng, most=14):
    cells = {}
    for cell in product(ROWS, COLUMNS):
        people = rng.choice([0, rng.randint(1, most), rng.randint(most, 3 * most)])
        cells[cell] = Count(people, rng.randint(0, people))
    return with_sums(cells, ROWS, COLUMNS)


def fits(whole, back):
    """For every inner cell that is kept back the values it may have, by trying all tables up to the largest number there is: the
    sum of all leaves the last one no choice."""
    unknown = [cell for cell in product(ROWS, COLUMNS) if cell in back]
    shown = {cell: count.took_part for cell, count in whole.items() if cell not in back}
    left = whole[SUM, SUM].took_part - sum(shown.get(cell, 0) for cell in product(ROWS, COLUMNS))
    found = {cell: set() for cell in unknown}
    for start in product(range(19), repeat=len(unknown) - 1):
        values = dict(zip(unknown, [*start, left - sum(start)], strict=True))
        if min(values.values()) >= 0 and consistent(values, shown):
            for cell, value in values.items():
                found[cell].add(value)
    return found


def consistent(values, shown):
    inner = {cell: values.get(cell, shown.get(cell)) for cell in product(ROWS, COLUMNS)}
    for row in ROWS:
        if (row, SUM) in shown and sum(inner[row, column] for column in COLUMNS) != shown[row, SUM]:
            return False
    for column in COLUMNS:
        if (SUM, column) in shown and sum(inner[row, column] for row in ROWS) != shown[SUM, column]:
            return False
    return sum(inner.values()) == shown[SUM, SUM]


@pytest.mark.parametrize("seed", range(60))
def test_a_small_cell_stays_open_over_five_numbers(seed):
    whole = a_table(Random(seed))
    back = kept_back(whole, ROWS, COLUMNS)
    small = {cell for cell, count in whole.items() if count.is_small}
    assert small <= back
    if back == set(whole):
        return
    told = bounds(whole, back, ROWS, COLUMNS)
    for cell in small:
        low, high = told[cell]
        assert high - low >= LEAST or back >= set(whole) - {(SUM, SUM)}
        assert low <= whole[cell].took_part <= high


def test_by_trying_every_table_no_value_is_the_only_one():
    tried = 0
    for seed in range(200):
        whole = a_table(Random(seed), most=6)
        back = kept_back(whole, ROWS, COLUMNS)
        unknown = [cell for cell in product(ROWS, COLUMNS) if cell in back]
        if not 2 <= len(unknown) <= 4:
            continue
        tried += 1
        for cell, values in fits(whole, back).items():
            if whole[cell].is_small:
                assert len(values) > 1, (seed, cell)
    assert tried >= 2


def test_what_is_large_is_shown_with_its_sums():
    cells = {cell: Count(40, 20) for cell in product(ROWS, COLUMNS)}
    assert kept_back(with_sums(cells, ROWS, COLUMNS), ROWS, COLUMNS) == set()


def test_one_small_cell_takes_others_along():
    cells = {cell: Count(40, 20) for cell in product(ROWS, COLUMNS)} | {("wales", "huge"): Count(9, 2)}
    back = kept_back(with_sums(cells, ROWS, COLUMNS), ROWS, COLUMNS)
    assert ("wales", "huge") in back
    assert len([cell for cell in back if cell[0] == "wales"]) >= 2
    assert len([cell for cell in back if cell[1] == "huge"]) >= 2


def test_of_a_handful_nothing_is_shown():
    whole = with_sums({("wales", "small"): Count(60, 4)}, ROWS, COLUMNS)
    assert kept_back(whole, ROWS, COLUMNS) == set(whole)
    assert not Count(0, 0).is_small
    assert Count(40, 40).is_small, "that all took part says it of each"
