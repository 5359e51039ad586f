"""No page of docs/clients shows a command that no test runs, is missing from docs/clients.md, or links to nothing."""
import pathlib
import re
import unittest

import pages

TESTS = [path.read_text() for path in pathlib.Path(__file__).parent.glob("clients_*_test.py")]


class Pages(unittest.TestCase):
    def test_every_titled_block_is_run(self):
        for path in sorted(pages.FOLDER.glob("*.md")):
            tests = "".join(text for text in TESTS if f'open("{path.stem}")' in text)
            titles = set(pages.Page(path, {}).titles())
            run = set(re.findall(r'net(?:\.run\(|, FACTS, )"(\w+)"', tests))  # by itself, or as a step of PageTest
            self.assertEqual({title for title in titles if not title.startswith("/")} - run, set(), path.name)

    def test_the_overview_has_every_page(self):
        overview = pages.OVERVIEW.read_text()
        for path in pages.FOLDER.glob("*.md"):
            self.assertIn(f"](clients/{path.name})", overview)

    def test_every_link_leads_somewhere(self):
        for path in [pages.OVERVIEW, *pages.FOLDER.glob("*.md")]:
            prose = re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S)
            for link in re.findall(r"\]\(([^)#:]+)\)", prose):
                self.assertTrue((path.parent / link).exists(), f"{path.name}: {link}")


if __name__ == "__main__":
    unittest.main()
