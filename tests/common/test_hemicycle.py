from hypothesis import given
from hypothesis import strategies as st

from common.hemicycle import HEIGHT, RADIUS, WIDTH, seats, taken


def test_every_seat_stands_inside_the_box() -> None:
    assert all(RADIUS <= x <= WIDTH - RADIUS and RADIUS <= y <= HEIGHT - RADIUS for x, y in seats())


def test_no_two_seats_overlap() -> None:
    places = seats()
    gaps = [(a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 for i, a in enumerate(places) for b in places[:i]]
    assert min(gaps) > (2 * RADIUS) ** 2


@given(whole=st.integers(1, 200_000), part=st.integers(0, 200_000))
def test_is_empty_only_for_nobody_and_full_only_for_everybody(whole: int, part: int) -> None:
    part = min(part, whole)
    assert (taken(part, whole) == 0) == (part == 0)
    assert (taken(part, whole) == len(seats())) == (part == whole)


def test_a_house_without_seats_shows_nobody() -> None:
    assert taken(3, 0) == 0
