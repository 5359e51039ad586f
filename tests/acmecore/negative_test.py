"""NEGATIVE.md speaks of each case, and names tests that there are; and no other way leads to the signer."""
import pathlib
import re
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CASES = 82
# First and last of each group, and what is not in it.
GROUPS = {"N": (1, 12, {10}), "T": (1, 44, {7, 8, 9, 21, 25, 26, 27, 28, 29}),
          "J": (1, 64, set(range(11, 40))), "A": (1, 13, set()), "O": (1, 52, set(range(14, 48))), "F": (1, 16, set()),
          "R": (1, 8, set()), "K": (1, 12, set())}
SIGNERS = {"acmecore/authority_issuance.cpp", "acmecore/server_identity.cpp"}


def tests_there_are():
    names = set()
    for path in HERE.parent.rglob("*_test.cpp"):
        for suite, name in re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", path.read_text(), re.M):
            names.add(suite + "." + name)
    for path in HERE.parent.rglob("*_test.py"):
        names.update(re.findall(r"^    def (test_\w+)", path.read_text(), re.M))
    return names


def numbers(text):
    """"57–58" is both of them."""
    first, _, last = text.partition("–")
    return list(range(int(first), int(last or first) + 1))


def named_cases(name):
    """The cases that the name of a test begins with: test_T10_to_T20_, test_N04_N11_."""
    found, last = set(), None
    parts = name.removeprefix("test_").split("_")
    for position, part in enumerate(parts):
        case = re.fullmatch(r"([A-Z])(\d\d)", part)
        if case is None:
            if part != "to" or last is None:
                break
            continue
        group, number = case.group(1), int(case.group(2))
        first = last + 1 if position > 0 and parts[position - 1] == "to" else number
        found.update((group, each) for each in range(first, number + 1))
        last = number
    return found


class Negative(unittest.TestCase):
    TEXT = (HERE / "NEGATIVE.md").read_text()
    ROWS = [line for line in TEXT.splitlines() if re.match(r"\| \d", line)]

    def test_each_case_has_its_row(self):
        told = [number for row in self.ROWS for number in numbers(row.split("|")[1].strip())]
        self.assertEqual(told, list(range(1, CASES + 1)))

    def test_each_test_exists(self):
        there_are = tests_there_are()
        named = [name for row in self.ROWS for name in re.findall(r"`(\w+\.[A-Z]\w+|test_\w+)`", row)]
        self.assertEqual([name for name in named if name not in there_are], [])
        self.assertGreater(len(named), 2 * CASES)

    def test_each_malformed_request_is_sent_by_a_test(self):
        sent = set()
        for path in (HERE / "http").glob("*_test.py"):
            if path.stem in ("external_accounts_test", "renewal_test"):
                continue  # their numbers are those of the rows above
            for name in re.findall(r"^    def (test_\w+)", path.read_text(), re.M):
                sent |= named_cases(name)
        wanted = {(group, number) for group, (first, last, without) in GROUPS.items()
                  for number in range(first, last + 1) if number not in without}
        self.assertEqual(sorted(wanted - sent), [])

    def test_two_alone_ask_the_issuer_for_a_signature(self):
        askers = {path.relative_to(ROOT).as_posix() for folder in ("acmecore", "app", "base", "dnsserver", "validator")
                  for path in (ROOT / folder).rglob("*.cpp")
                  if re.search(r"(\.|->)sign_leaf\(", path.read_text())}
        self.assertEqual(askers, SIGNERS)


if __name__ == "__main__":
    unittest.main()
