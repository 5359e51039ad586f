"""What a real client did in this test run. The table of docs/clients.md is made of it (clients_table.py)."""
import contextlib
import json
import os
import pathlib
import re
import subprocess

COLUMNS = ("certificate", "wildcard", "renew", "revoke", "key rollover", "EAB", "ARI", "profiles")


class Facts:
    """Those of one client, which has one script. They are written into `folder`, if there is one, as they come: what an
    earlier run of the script has found is forgotten first."""

    def __init__(self, client, page, version, folder=os.environ.get("ASSAY_CLIENT_FACTS")):
        self._folder = folder
        self._known = {"client": client, "page": page, "version": version, "doors": [], "does": [], "lacks": {},
                       "skipped": ""}
        self._write()

    def publishes_by(self, door):
        """How values get to us: RFC 2136, httpreq, acme-dns."""
        self._known["doors"].append(door)
        self._write()

    @contextlib.contextmanager
    def does(self, *columns):
        """The block is the proof: what it raises makes none of them a fact."""
        assert set(columns) <= set(COLUMNS), columns
        yield
        self._known["does"] = sorted({*self._known["does"], *columns}, key=COLUMNS.index)
        self._write()

    @contextlib.contextmanager
    def fails(self, column, reason):
        """The block is the proof that the client does not."""
        assert column in COLUMNS, column
        yield
        self._known["lacks"][column] = reason
        self._write()

    def lacks(self, column, reason, shown, word):
        """`shown` is what the client says of itself, its help or its own files, and `word`, a regular expression, what would
        be there if the client could do it: when a newer version can, this fails, and there is a test to be written."""
        assert column in COLUMNS, column
        assert len(shown) > 100, f"this is all that the client says of itself: {shown}"
        found = re.search(word, shown)
        assert not found, f"{self._known['client']} may know {column}: {found[0]}"
        self._known["lacks"][column] = reason
        self._write()

    def skip(self, reason):
        """Nothing can be known of the client where the tests run: its row stays as it is."""
        self._known["skipped"] = reason
        self._write()

    def _write(self):
        if self._folder:
            pathlib.Path(self._folder).mkdir(parents=True, exist_ok=True)
            name = re.sub(r"\W+", "-", self._known["client"])
            pathlib.Path(self._folder, name + ".json").write_text(json.dumps(self._known, indent=1) + "\n")


def debian_version(package):
    """The version of a Debian package, without what Debian adds: "4.9.1" of "4.9.1-1+b5"."""
    whole = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], check=True, capture_output=True,
                           text=True).stdout
    return re.sub(r"^\d+:|[-~+][^-]*$", "", whole)


def debian_files(package, suffix):
    """The text of all files of a Debian package whose names end so."""
    listed = subprocess.run(["dpkg-query", "-L", package], check=True, capture_output=True, text=True).stdout
    paths = [pathlib.Path(line) for line in listed.splitlines() if line.endswith(suffix)]
    return "".join(path.read_text("latin-1") for path in paths if path.is_file())


def said_by(*command):
    """What a program says, such as its help."""
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60)
    return done.stdout
