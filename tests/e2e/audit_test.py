"""The audit log of a CA that works and is killed: verified by our own command, and by the program that docs/audit.md shows."""
import base64
import json
import pathlib
import re
import subprocess
import sys

from acme import errors

import lab
from acme_session import Session

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "audit.md"
NAME = "api.corp.test"
SETTINGS = """[policy]
deny = ["**.denied.test"]
"""


def program_of_the_page():
    return re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL).group(1)


def verified(exported):
    """What the page's program says of an exported log: the head, or what is wrong, and whether it is intact."""
    done = subprocess.run([sys.executable, "-c", program_of_the_page()], input=exported, capture_output=True, text=True,
                          check=False)
    return (done.stdout + done.stderr).strip(), done.returncode == 0


class Audit(lab.CertificateChecks):
    def issue(self, net, session, names):
        order, _ = session.order(names)
        session.answer(session.publish(order))
        session.finalize(session.wait_valid(order))

    def exported(self, net, *options):
        return net.cli("audit", "export", *options).stdout

    def events(self, net, *options):
        return [json.loads(line) for line in self.exported(net, *options).splitlines()]

    def test_what_happened_is_told_and_linked_also_after_a_sigkill(self):
        with lab.Lab(settings=SETTINGS) as net:
            session = Session(net)
            self.issue(net, session, [NAME, "*." + NAME])
            head = net.cli("audit", "verify").stdout.split()[-1]
            net.kill_assay()
            net.start_assay()
            session = Session(net)
            self.issue(net, session, ["www.corp.test"])
            with self.assertRaises(errors.Error):
                session.order(["a.denied.test"])
            lab.wait_until(lambda: self.events(net, "--kind", "order.refused"), "a refusal that is told", net.assay)

            found = self.events(net, "--kind", "certificate.issued", "--name", NAME)
            self.assertEqual([event["identifiers"] for event in found], [[NAME, "*." + NAME]])
            proofs = self.events(net, "--kind", "challenge.validated")
            told = {authorization for proof in proofs for authorization in proof["authorizations"]}
            self.assertLessEqual(set(found[0]["authorizations"]), told)
            self.assertTrue(all("NOERROR" in proof["evidence"][-1] for proof in proofs), proofs)
            ordered = self.events(net, "--kind", "order.created", "--name", NAME)
            self.assertEqual(ordered[0]["actor"]["address"], "127.0.0.1")
            refused = self.events(net, "--kind", "order.refused")
            self.assertEqual((refused[0]["problem"], refused[0]["identifiers"]), ("rejectedIdentifier", ["a.denied.test"]))
            self.assertEqual(len(self.events(net, "--kind", "server.started")), 2)

            log = self.exported(net)
            last = net.cli("audit", "verify", "--expect", head).stdout.split()[-1]
            self.assertEqual(verified(log), (last, True))
            report = net.cli("audit", "report").stdout
            for text in (NAME, "a.denied.test", "dns-01 (BR 3.2.2.4.7)", last):
                self.assertIn(text, report)

    def test_the_program_of_the_page_sees_what_was_changed(self):
        with lab.Lab() as net:
            self.issue(net, Session(net), [NAME])
            lines = self.exported(net).splitlines(keepends=True)
            self.assertTrue(verified("".join(lines))[1])
            entry = json.loads(lines[3])
            octets = bytearray(base64.b64decode(entry["payload"]))
            octets[-1] ^= 1
            entry["payload"] = base64.b64encode(octets).decode()
            changed = lines[:3] + [json.dumps(entry) + "\n"] + lines[4:]
            for forged in (changed, lines[:3] + lines[4:], lines[:3] + [lines[4], lines[3]] + lines[5:]):
                self.assertEqual(verified("".join(forged)), ("entry 4 is missing, or was changed", False))


if __name__ == "__main__":
    lab.run()
