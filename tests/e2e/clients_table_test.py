"""The table of docs/clients.md is what a run recorded: written from it, and told apart from what is not."""
import pathlib
import tempfile
import unittest

import clients_table
from client_facts import COLUMNS, Facts

MARKED = "before\n<!-- Written by tests/e2e/clients_table.py. -->\n<!-- End of what is written. -->\nafter\n"


class Table(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-table-")
        self.addCleanup(folder.cleanup)
        self.facts, self.page = pathlib.Path(folder.name) / "facts", pathlib.Path(folder.name) / "page.md"
        self.page.write_text(MARKED)
        self.record("first", "1.0", COLUMNS)
        self.record("other (2)", "2.0", COLUMNS[:2], "no command")
        clients_table.main("write", self.facts, self.page)

    def record(self, client, version, does, reason=""):
        facts = Facts(client, "page", version, self.facts)
        facts.publishes_by("RFC 2136")
        with facts.does(*does):
            pass
        for column in COLUMNS:
            if column not in does:
                facts.lacks(column, reason, "nothing " * 20, "something")
        return facts

    def check(self):
        clients_table.main("check", self.facts, self.page)

    def check_differs(self, line):
        with self.assertRaises(SystemExit) as differs:
            self.check()
        self.assertIn(line, str(differs.exception))

    def test_what_is_written_is_what_is_compared(self):
        self.check()
        lines = self.page.read_text().splitlines()
        self.assertEqual((lines[0], lines[-1]), ("before", "after"))
        self.assertIn("| [first](clients/page.md) | 1.0 | RFC 2136 |" + " yes |" * 8, lines)
        self.assertIn("| [other (2)](clients/page.md) | 2.0 | RFC 2136 | yes | yes |" + " – |" * 6, lines)
        self.assertIn("- other (2) – renew, revoke, key rollover, EAB, ARI, profiles: no command.", lines)

    def test_a_version_makes_no_difference(self):
        self.record("first", "1.1", COLUMNS)
        self.check()

    def test_less_or_another_reason_is_a_difference(self):
        self.record("first", "1.0", COLUMNS[1:], "none")
        self.check_differs("+- first – certificate: none.")
        self.record("first", "1.0", COLUMNS)
        self.record("other (2)", "2.0", COLUMNS[:2], "no option")
        self.check_differs("profiles: no option.")

    def test_a_client_more_or_less_is_a_difference(self):
        self.record("third", "1.0", COLUMNS)
        self.check_differs("+| [third]")
        for path in self.facts.glob("third*"):
            path.unlink()
        self.check()
        for path in self.facts.glob("other*"):
            path.unlink()
        self.check_differs("-| [other (2)]")

    def test_what_was_skipped_stays_and_cannot_be_written(self):
        Facts("other (2)", "page", "2.0", self.facts).skip("npm cannot be reached")
        self.check()
        with self.assertRaises(SystemExit):
            clients_table.main("write", self.facts, self.page)
        self.record("first", "1.0", COLUMNS[1:], "none")
        self.check_differs("+- first – certificate: none.")

    def test_every_column_is_done_or_lacking(self):
        facts = Facts("first", "page", "1.0", self.facts)
        with facts.does("certificate"):
            pass
        self.check_differs("first: both done and lacking [], neither")
        with facts.does(*COLUMNS):
            pass
        facts.lacks("ARI", "none", "nothing " * 20, "something")
        self.check_differs("first: both done and lacking ['ARI'], neither []")

    def test_a_fact_needs_its_proof(self):
        facts = Facts("first", "page", "1.0", self.facts)
        with self.assertRaises(ValueError), facts.does(*COLUMNS):
            raise ValueError("no certificate")
        self.check_differs("first: both done and lacking [], neither ['ARI', 'EAB'")
        with self.assertRaises(AssertionError):
            facts.lacks("ARI", "none", "renewalInfo " * 20, "renewalInfo")
        with self.assertRaises(AssertionError):
            facts.lacks("ARI", "none", "short", "renewalInfo")


if __name__ == "__main__":
    unittest.main()
