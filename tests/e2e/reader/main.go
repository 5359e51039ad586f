// What Go's crypto/x509 and golang.org/x/crypto/ocsp make of a certificate and of what is told of its status: the
// verdicts as one JSON object on stdout.
//
//	reader ROOT.pem CHAIN.pem HOST OTHER-HOST CRL.der OCSP-RESPONSE.der
package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"log"
	"os"

	"golang.org/x/crypto/ocsp"
)

type verdicts struct {
	Host        string // "good", or why it is not for this host
	OtherHost   string
	Crl         string // "good" or "revoked"
	CrlReason   int    // where it is revoked; -1: the CRL gives none
	Ocsp        string
	OcspReason  int
	WrongIssuer string // why the OCSP response is refused as one of the root
}

func read(name string) []byte {
	octets, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	return octets
}

func certificates(octets []byte) []*x509.Certificate {
	var found []*x509.Certificate
	for block, rest := pem.Decode(octets); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			log.Fatal(err)
		}
		found = append(found, certificate)
	}
	return found
}

func verified(chain []*x509.Certificate, roots *x509.CertPool, host string) string {
	intermediates := x509.NewCertPool()
	for _, certificate := range chain[1:] {
		intermediates.AddCert(certificate)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, DNSName: host})
	if err != nil {
		return err.Error()
	}
	return "good"
}

func byCrl(der []byte, chain []*x509.Certificate) (string, int) {
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		log.Fatal(err)
	}
	if err := list.CheckSignatureFrom(chain[1]); err != nil {
		log.Fatal(err)
	}
	// Go 1.19 gives the whole value of the extension, later versions the identifier in it.
	ofIssuer := bytes.HasSuffix(list.AuthorityKeyId, chain[1].SubjectKeyId)
	if list.Number == nil || list.Number.Sign() <= 0 || !ofIssuer {
		log.Fatal("the CRL has no number, or another key identifier")
	}
	for _, entry := range list.RevokedCertificates {
		if entry.SerialNumber.Cmp(chain[0].SerialNumber) != 0 {
			continue
		}
		for _, extension := range entry.Extensions {
			if extension.Id.String() == "2.5.29.21" { // reasonCode, an ENUMERATED of one octet
				return "revoked", int(extension.Value[2])
			}
		}
		return "revoked", -1
	}
	return "good", -1
}

func byOcsp(der []byte, chain []*x509.Certificate) (string, int) {
	response, err := ocsp.ParseResponseForCert(der, chain[0], chain[1])
	if err != nil {
		log.Fatal(err)
	}
	switch response.Status {
	case ocsp.Good:
		return "good", -1
	case ocsp.Revoked:
		return "revoked", response.RevocationReason
	}
	return "unknown", -1
}

func main() {
	if len(os.Args) != 7 {
		log.Fatal("reader ROOT.pem CHAIN.pem HOST OTHER-HOST CRL.der OCSP-RESPONSE.der")
	}
	roots := x509.NewCertPool()
	root := certificates(read(os.Args[1]))[0]
	roots.AddCert(root)
	chain := certificates(read(os.Args[2]))
	response := read(os.Args[6])
	var found verdicts
	found.Host = verified(chain, roots, os.Args[3])
	found.OtherHost = verified(chain, roots, os.Args[4])
	found.Crl, found.CrlReason = byCrl(read(os.Args[5]), chain)
	found.Ocsp, found.OcspReason = byOcsp(response, chain)
	if _, err := ocsp.ParseResponseForCert(response, chain[0], root); err != nil {
		found.WrongIssuer = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		log.Fatal(err)
	}
}
