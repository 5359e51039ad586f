"""ATTACKS.md speaks of each problem, and names tests that there are."""
import pathlib
import re
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PROBLEMS = 35


def tests_there_are():
    names = set()
    for path in HERE.parent.rglob("*_test.cpp"):
        for suite, name in re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", path.read_text(), re.M):
            names.add(suite + "." + name)
    for path in HERE.parent.rglob("*_test.py"):
        names.update(re.findall(r"^    def (test_\w+)", path.read_text(), re.M))
    return names


class Attacks(unittest.TestCase):
    ROWS = [line for line in (HERE / "ATTACKS.md").read_text().splitlines() if line.startswith("| ")][1:]

    def test_each_problem_has_its_row(self):
        numbers = [row.split("|")[1].strip() for row in self.ROWS]
        self.assertEqual(numbers, [str(number) for number in range(1, PROBLEMS + 1)] + [""])

    def test_each_test_exists(self):
        there_are = tests_there_are()
        named = [name for row in self.ROWS for name in re.findall(r"`(\w+\.[A-Z]\w+|test_\w+)`", row)]
        self.assertEqual([name for name in named if name not in there_are], [])
        self.assertGreater(len(named), 2 * PROBLEMS)


if __name__ == "__main__":
    unittest.main()
