"""CertificateService.Issue, from a client that has only the .proto files, and from our command line."""
import os
import pathlib
import subprocess
import sys

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import lab
from acme_session import private_pem

NAMES = ["api.corp.test", "*.api.corp.test", "www.corp.test", "*.www.corp.test"]


def generated(folder):
    """Generates Python code from the .proto files and imports it."""
    folder.mkdir()
    protos = pathlib.Path(os.environ["ASSAY_PROTO"])
    subprocess.run([os.environ["PROTOC"], f"-I{protos}", f"--python_out={folder}", f"--grpc_out={folder}",
                    "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin",
                    *(str(p) for p in sorted((protos / "assay/v1").glob("*.proto")))], check=True)
    sys.path.insert(0, str(folder))
    from assay.v1 import certificate_pb2, certificate_pb2_grpc, problem_pb2
    return certificate_pb2, certificate_pb2_grpc, problem_pb2


def csr(key, names):
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    return request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class Issue(lab.CertificateChecks):
    def test_streams_what_happens_and_ends_with_the_certificate(self):
        with lab.Lab() as net:
            messages, stubs, problems = generated(net.folder / "generated")
            credentials = grpc.ssl_channel_credentials(pathlib.Path(net.ca_file).read_bytes())
            token = (net.folder / "token").read_text().strip()
            metadata = [("authorization", "Bearer " + token)]
            key = ec.generate_private_key(ec.SECP256R1())
            with grpc.secure_channel(net.ready["grpc"][0], credentials,
                                     [("grpc.ssl_target_name_override", "localhost")]) as channel:
                service = stubs.CertificateServiceStub(channel)
                request = messages.IssueRequest(names=NAMES, csr_der=csr(key, NAMES))
                events = list(service.Issue(request, metadata=metadata, timeout=60))
                self.events_tell_the_story(events)
                chain, key_file = net.folder / "chain.pem", net.folder / "key.pem"
                chain.write_text(events[-1].certificate_issued.pem_chain)
                key_file.write_bytes(private_pem(key))
                serial = self.check(net, chain, key_file, NAMES)
                self.assertEqual(int(serial.split("=")[1], 16), int(events[-1].certificate_issued.serial, 16))
                # What was published for it is gone again.
                self.assertEqual(net.dig("127.0.0.12", "7f3k9.acme.test", "TXT"), [])

                self.refuses(service, problems, messages, metadata, key)

    def events_tell_the_story(self, events):
        kinds = [event.WhichOneof("event") for event in events]
        told = list(dict.fromkeys(kinds))  # each kind once
        self.assertEqual(told, ["delegation_found", "order_created", "txt_published", "validated", "certificate_issued"])
        paths = {e.delegation_found.name: list(e.delegation_found.path) for e in events
                 if e.WhichOneof("event") == "delegation_found"}
        self.assertEqual(paths["api.corp.test"], ["_acme-challenge.api.corp.test.", "7f3k9.acme.test."])
        self.assertEqual(paths["www.corp.test"], ["_acme-challenge.www.corp.test."])
        evidence = [line for e in events for line in e.validated.evidence]
        self.assertTrue(any("_acme-challenge.api.corp.test" in line for line in evidence), evidence)

    def refuses(self, service, problems, messages, metadata, key):
        def refused(names, csr_names, metadata):
            with self.assertRaises(grpc.RpcError) as error:
                list(service.Issue(messages.IssueRequest(names=names, csr_der=csr(key, csr_names)), metadata=metadata,
                                   timeout=60))
            return error.exception

        self.assertEqual(refused(NAMES, NAMES, []).code(), grpc.StatusCode.UNAUTHENTICATED)
        self.assertEqual(refused(NAMES, NAMES, [("authorization", "Bearer wrong")]).code(),
                         grpc.StatusCode.UNAUTHENTICATED)
        other = refused(["www.corp.test"], ["www.corp.test", "api.corp.test"], metadata)
        self.assertEqual(other.code(), grpc.StatusCode.INVALID_ARGUMENT)
        # Not delegated to us: the answer says which record would do it.
        lost = refused(["nobody.corp.test"], ["nobody.corp.test"], metadata)
        self.assertEqual(lost.code(), grpc.StatusCode.FAILED_PRECONDITION)
        details = dict(lost.trailing_metadata())["grpc-status-details-bin"]
        status = problems.StatusDetails.FromString(details)
        problem = problems.Problem()
        self.assertTrue(status.details[0].Unpack(problem))
        self.assertTrue(problem.type.startswith("urn:ietf:params:acme:error:"), problem.type)
        missing = problem.subproblems[0]
        self.assertEqual(missing.identifier, "nobody.corp.test")
        self.assertIn("_acme-challenge.nobody.corp.test", missing.detail)
        self.assertIn("CNAME", missing.detail)

    def test_from_our_command_line(self):
        with lab.Lab(corporate="bind") as net:
            chain, key = net.folder / "chain.pem", net.folder / "key.pem"
            arguments = [a for name in NAMES for a in ("--name", name)]
            shown = net.cli("cert", "issue", *arguments, "--cert-out", str(chain), "--key-out", str(key)).stdout
            self.check(net, chain, key, NAMES)
            self.assertIn("_acme-challenge.api.corp.test", shown)
            lost = net.cli("cert", "issue", "--name", "nobody.corp.test", "--cert-out", str(net.folder / "no.pem"),
                           "--key-out", str(net.folder / "no.key"), check=False)
            self.assertEqual(lost.returncode, 1)
            self.assertFalse((net.folder / "no.pem").exists())


if __name__ == "__main__":
    lab.run()
