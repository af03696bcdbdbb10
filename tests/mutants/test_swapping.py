import types

import pytest

from tests.mutants.swapping import find_functions, swap_functions

pytestmark = pytest.mark.without_servers
PATH = "/nowhere/product.py"
SOURCE = """
def decorate(function):
    def around():
        return function()
    return around

class Price:
    def double(self):
        return [number * 2 for number in (1,
            2)]

@decorate
def add():
    return 1 + 1
"""


@pytest.fixture
def product() -> types.ModuleType:
    module = types.ModuleType("product")
    exec(compile(SOURCE, PATH, "exec"), module.__dict__)  # noqa: S102 - the code is above
    return module


def swap(mutated: str) -> bool:
    return swap_functions(find_functions("/nowhere")[PATH], PATH, SOURCE, mutated)


def test_decorated_function_runs_the_mutant(product: types.ModuleType) -> None:
    assert swap(SOURCE.replace("1 + 1", "1 - 1"))

    assert product.add() == 0


def test_method_that_another_function_precedes_runs_the_mutant(product: types.ModuleType) -> None:
    assert swap(SOURCE.replace("number * 2", "number / 2"))

    assert product.Price().double() == [0.5, 1.0]


def test_functions_below_a_mutant_with_fewer_lines_stay_as_they_are(
    product: types.ModuleType,
) -> None:
    assert swap(SOURCE.replace("(1,\n            2)", "(1, 2, 3)"))

    assert product.Price().double() == [2, 4, 6]
    assert product.add() == 2


def test_change_outside_of_functions_is_refused(product: types.ModuleType) -> None:
    assert not swap(SOURCE + "LIMIT = 1\n")
