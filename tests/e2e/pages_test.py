"""No page of docs/clients shows a command that no test runs, is missing from the table, or links to nothing."""
import pathlib
import re
import unittest

import pages

TESTS = [path.read_text() for path in pathlib.Path(__file__).parent.glob("clients_*_test.py")]


class Pages(unittest.TestCase):
    def test_every_titled_block_is_run(self):
        for path in sorted(pages.FOLDER.glob("*.md")):
            if path.stem == "README":
                continue  # pages.ClientLab runs it
            tests = "".join(text for text in TESTS if f'open("{path.stem}")' in text)
            titles = set(pages.Page(path.stem, {}).titles())
            run = set(re.findall(r'net\.run\("(\w+)"', tests))
            self.assertEqual({title for title in titles if not title.startswith("/")} - run, set(), path.name)

    def test_the_table_has_every_page(self):
        table = (pages.FOLDER / "README.md").read_text()
        for path in pages.FOLDER.glob("*.md"):
            if path.stem != "README":
                self.assertIn(f"[{path.name}]({path.name})", table)

    def test_every_link_leads_somewhere(self):
        for path in pages.FOLDER.glob("*.md"):
            for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
                self.assertTrue((path.parent / link).exists(), f"{path.name}: {link}")


if __name__ == "__main__":
    unittest.main()
