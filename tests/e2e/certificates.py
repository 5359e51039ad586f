"""Certificates of the lab, each of a kind of its own, in the files that other people's programs read."""
from cryptography import x509

# What openssl makes a key of each kind with.
KEYS = {
    "P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "P-384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "RSA 2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "RSA 3072": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
}
END = "-----END CERTIFICATE-----\n"


class Issued:
    """A certificate for these names, which our command line was given for a CSR that openssl made. `label`: of its folder."""

    def __init__(self, net, label, kind, names, profile=None):
        self.names = names
        folder = net.folder / label
        folder.mkdir()
        files = ("key.pem", "csr.pem", "chain.pem", "leaf.pem", "issuing.pem")
        self.key, csr, self.chain, self.leaf, self.issuing = (folder / name for name in files)
        net.command(["openssl", "genpkey", *KEYS[kind], "-out", self.key])
        alternatives = "subjectAltName=" + ",".join("DNS:" + name for name in names)
        net.command(["openssl", "req", "-new", "-key", self.key, "-subj", "/", "-addext", alternatives, "-out", csr])
        chosen = ["--profile", profile] if profile else []
        net.cli("cert", "issue", "--csr", csr, "--cert-out", self.chain, *chosen)
        leaf, issuing = (part.lstrip() + END for part in self.chain.read_text().split(END)[:2])
        self.leaf.write_text(leaf)
        self.issuing.write_text(issuing)
        self.certificate = x509.load_pem_x509_certificate(leaf.encode())
        self.serial = f"{self.certificate.serial_number:034x}"
