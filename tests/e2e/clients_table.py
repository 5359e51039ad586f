"""The table of docs/clients.md: written from what a test run recorded (client_facts.py), or compared with it.

clients_table.py write|check FOLDER
Versions are shown and not compared: a point release of Debian makes no table wrong.
"""
import difflib
import json
import pathlib
import re
import sys

from client_facts import COLUMNS

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/clients.md"
TABLE = re.compile(r"(?P<begin><!-- Written by \S+clients_table\.py\. -->\n)(?P<table>.*?)"
                   r"(?P<end><!-- End of what is written\. -->\n)", re.S)


def read(folder):
    """What is known of each client, by its name."""
    known = [json.loads(path.read_text()) for path in pathlib.Path(folder).glob("*.json")]
    return sorted(known, key=lambda facts: facts["client"].casefold())


def check_complete(facts):
    """Each column is something that the client did or something that it lacks."""
    both = set(facts["does"]) & set(facts["lacks"])
    neither = set(COLUMNS) - set(facts["does"]) - set(facts["lacks"])
    if both or neither:
        raise SystemExit(f"{facts['client']}: both done and lacking {sorted(both)}, neither {sorted(neither)}")


def row(facts):
    cells = [f"[{facts['client']}](clients/{facts['page']}.md)", facts["version"], ", ".join(facts["doors"])]
    cells += ["yes" if column in facts["does"] else "–" for column in COLUMNS]
    return "| " + " | ".join(cells) + " |"


def reasons(facts):
    """What the client lacks, the columns of one reason together; nothing if there is nothing."""
    by_reason = {}
    for column in COLUMNS:
        if column in facts["lacks"]:
            by_reason.setdefault(facts["lacks"][column], []).append(column)
    told = "; ".join(f"{', '.join(columns)}: {reason}" for reason, columns in by_reason.items())
    return [f"- {facts['client']} – {told}."] if told else []


def lines_of_each(known):
    """The row and the reasons of each client."""
    for facts in known:
        check_complete(facts)
    return {facts["client"]: [row(facts), *reasons(facts)] for facts in known}


def render(known):
    head = ["client", "version", "publishes by", *COLUMNS]
    each = lines_of_each(known).values()
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *(lines[0] for lines in each), "",
             "What is not there, and why:", "", *(line for lines in each for line in lines[1:])]
    return "\n".join(lines) + "\n"


def without_versions(text):
    return re.sub(r"^(\| \[[^|]*\|)[^|]*", r"\1 ", text, flags=re.M)


def without_clients(text, names):
    of_one = re.compile(r"\| \[(?P<row>[^\]]+)\]|- (?P<reasons>.+?) – ")
    kept = []
    for line in text.splitlines():
        match = of_one.match(line)
        if not match or (match["row"] or match["reasons"]) not in names:
            kept.append(line)
    return "\n".join(kept)


def main(action, folder, page=PAGE):
    known = read(folder)
    skipped = {facts["client"]: facts["skipped"] for facts in known if facts["skipped"]}
    seen = render([facts for facts in known if not facts["skipped"]])
    text = page.read_text()
    committed = TABLE.search(text)
    if not committed:
        raise SystemExit(f"{page}: where the table stands is not marked")
    if action == "write":
        if skipped:
            raise SystemExit(f"a table is written from a run that skipped nothing: {skipped}")
        page.write_text(TABLE.sub(lambda match: match["begin"] + seen + match["end"], text))
    elif action == "check":
        compare(committed["table"], seen, skipped, f"tests/e2e/clients_table.py write {folder}")
        print(f"{len(known)} clients did what docs/clients.md says, without those that were skipped: {skipped}")
    else:
        raise SystemExit(__doc__)


def compare(committed, seen, skipped, remedy):
    expected, found = (without_clients(without_versions(table), skipped).splitlines() for table in (committed, seen))
    if expected != found:
        difference = difflib.unified_diff(expected, found, "docs/clients.md", "this run", lineterm="")
        raise SystemExit("\n".join(difference) + f"\nIf this is right: {remedy}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
