"""False alarms and power of the measure of drift on seeded samples of every size, unit and number of categories."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from mlops_runtime.distance import THRESHOLD, Difference, of_counts, of_numbers
from scipy.stats import norm

DRAWS = 200
SHIFT = 0.5
"""Standard deviations that every test must see."""
Chance = np.random.Generator
Numbers = Callable[[Chance, int, float], np.ndarray]


def normal(chance: Chance, size: int, shift: float) -> np.ndarray:
    return chance.normal(shift, 1, size)


def small(chance: Chance, size: int, shift: float) -> np.ndarray:
    return 1e-5 * normal(chance, size, shift)


def with_an_outlier(chance: Chance, size: int, shift: float) -> np.ndarray:
    """In every sample that has drifted, so that it may hide nothing; and in every second one that has not."""
    values = normal(chance, size, shift)
    if shift or chance.random() < 0.5:
        values[0] = 1e12
    return values


def repeated(chance: Chance, size: int, shift: float) -> np.ndarray:
    return np.round(2 * normal(chance, size, shift))


def skewed(chance: Chance, size: int, shift: float) -> np.ndarray:
    return np.exp(2 * normal(chance, size, shift))


def mostly_nothing(chance: Chance, size: int, shift: float) -> np.ndarray:
    """Amounts that are 0 in 90 % of the rows, or in 70 %."""
    return np.where(chance.random(size) < (0.9 if shift == 0 else 0.7), 0, chance.random(size))


KINDS: list[Numbers] = [normal, small, with_an_outlier, repeated, skewed, mostly_nothing]

CATEGORIES = [(2, False), (20, False), (100, False), (300, False), (200, True)]


def shares(categories: int, shift: float, zipf: bool) -> np.ndarray:
    """A normal variable in so many bins, equally frequent or like Zipf's law, and the same after a shift."""
    weights = 1 / np.arange(1, categories + 1) if zipf else np.ones(categories)
    bounds = norm.ppf(np.append(0, np.cumsum(weights)[:-1] / weights.sum()))
    return np.diff(np.append(norm.cdf(bounds - shift), 1))


def drifted(measure: Callable[[], Difference], draws: int = DRAWS) -> float:
    return float(np.mean([measure().drifted for _ in range(draws)]))


@pytest.mark.parametrize("sizes", [(50, 50), (5000, 50), (50, 5000), (200, 200), (1000, 1000), (1001, 1001)])
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_one_population_hardly_ever_drift(kind: Numbers, sizes: tuple[int, int]) -> None:
    chance = np.random.default_rng(1)
    assert drifted(lambda: of_numbers(kind(chance, sizes[0], 0), kind(chance, sizes[1], 0))) < 0.05


@pytest.mark.parametrize("sizes", [(3000, 200), (250, 250), (1000, 1000), (1001, 1001)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_shift_of_numbers_is_seen(kind: Numbers, sizes: tuple[int, int]) -> None:
    chance = np.random.default_rng(2)
    assert drifted(lambda: of_numbers(kind(chance, sizes[0], 0), kind(chance, sizes[1], SHIFT))) > 0.95


@pytest.mark.parametrize(("sizes", "least"), [((50, 50), 0.4), ((5000, 50), 0.75), ((100, 100), 0.75)])
def test_of_few_rows_a_shift_is_seen_nearly_as_often_as_any_test_can(sizes: tuple[int, int], least: float) -> None:
    """The best test, which knows that it is a shift of normal numbers, sees it in 0.57, 0.88 and 0.89 of the draws."""
    chance = np.random.default_rng(3)
    assert drifted(lambda: of_numbers(normal(chance, sizes[0], 0), normal(chance, sizes[1], SHIFT))) > least


@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_thousand_rows_are_no_other_than_a_thousand(kind: Numbers) -> None:
    chance = np.random.default_rng(4)
    same = [of_numbers(kind(chance, 100_000, 0), kind(chance, 100_000, 0)) for _ in range(5)]
    assert max(found.distance for found in same) < THRESHOLD / 5
    other = of_numbers(kind(chance, 100_000, 0), kind(chance, 100_000, SHIFT))
    assert other.drifted and other.p_value < 1e-6
    slightly = of_numbers(normal(chance, 100_000, 0), normal(chance, 100_000, 0.1))
    assert slightly.p_value < 1e-6 and not slightly.drifted, "a difference that is certain may be small"


@pytest.mark.parametrize("sizes", [(50, 50), (5000, 50), (50, 5000), (200, 200), (1001, 1001), (50_000, 1000)])
@pytest.mark.parametrize(("categories", "zipf"), CATEGORIES)
def test_categories_of_one_population_hardly_ever_drift(categories: int, zipf: bool, sizes: tuple[int, int]) -> None:
    chance, known = np.random.default_rng(5), shares(categories, 0, zipf)
    assert drifted(lambda: of_counts(*(chance.multinomial(size, known) for size in sizes))) < 0.05


@pytest.mark.parametrize("size", [1001, 100_000])
@pytest.mark.parametrize(("categories", "zipf"), CATEGORIES)
def test_a_shift_of_categories_is_seen(categories: int, zipf: bool, size: int) -> None:
    chance, known, now = np.random.default_rng(6), shares(categories, 0, zipf), shares(categories, SHIFT, zipf)
    draws = DRAWS if size < 100_000 else 20
    measure = lambda: of_counts(chance.multinomial(size, known), chance.multinomial(size, now))  # noqa: E731
    assert drifted(measure, draws) > 0.95


def test_the_distance_of_one_shift_is_the_same_at_every_number_of_rows_and_categories() -> None:
    chance = np.random.default_rng(7)
    numbers = [
        np.mean([of_numbers(normal(chance, size, 0), normal(chance, size, SHIFT)).distance for _ in range(40)])
        for size in (200, 1001, 20_000)
    ]
    assert numbers == pytest.approx([0.197] * 3, abs=0.03), "the largest difference of two normal distributions"
    counted = [
        np.mean([
            of_counts(*(chance.multinomial(size, shares(k, shift, False)) for shift in (0, SHIFT))).distance
            for _ in range(40)
        ])
        for size, k in [(1001, 5), (1001, 300), (100_000, 5), (100_000, 300)]
    ]
    assert counted == pytest.approx([0.235] * 4, abs=0.03)


@pytest.mark.parametrize("size", [50, 1001])
def test_more_difference_is_a_higher_score_between_0_and_1(size: int) -> None:
    chance = np.random.default_rng(8)
    known = normal(chance, size, 0)
    now = normal(chance, size, 0)
    numbers = [of_numbers(known, now + shift).score for shift in (1, 1.5, 2, 3, 100)]
    assert all(less < more for less, more in pairwise(numbers)) and numbers[-1] == 1
    half = size // 2
    counts = [of_counts([half, half, 0], [half - part, half - part, 2 * part]).score for part in (10, 15, 20, half)]
    assert all(less < more for less, more in pairwise(counts)) and counts[-1] == 1


def test_what_both_sides_have_alike_is_0_apart() -> None:
    values = np.arange(100.0)
    assert of_numbers(values, values) == Difference(0.0, 1.0)
    assert of_counts([50, 50, 0], [5, 5, 0]) == Difference(0.0, 1.0)
    assert of_counts([70], [30]) == Difference(0.0, 1.0)
    assert of_numbers(np.zeros(50), np.zeros(40)) == Difference(0.0, 1.0)


@pytest.mark.parametrize("sizes", [(50, 50), (5000, 50), (50, 5000), (1001, 1001), (100_000, 1000)])
def test_ids_are_as_far_apart_as_ids_are_and_one_new_value_is_not_lost_among_many(sizes: tuple[int, int]) -> None:
    first, second = sizes
    of_one, of_other = np.arange(first + second) < first, np.arange(first + second) >= first
    assert not of_counts(of_one.astype(int), of_other.astype(int)).drifted
    many = np.append(np.full(100, max(1, first // 100)), 0)
    assert of_counts(many, np.append(np.zeros(100), second)).score > 0.9


def test_a_size_of_one_value_or_two_is_judged_without_a_warning() -> None:
    for sizes in [(1, 1), (1, 100), (2, 50)]:
        numbers = of_numbers(np.arange(sizes[0]) + 0.5, np.arange(sizes[1]) * 1.0)
        counts = of_counts(np.eye(2, dtype=int)[0] * sizes[0], np.eye(2, dtype=int)[1] * sizes[1])
        assert 0 <= numbers.score <= 1 and 0 <= counts.score <= 1
