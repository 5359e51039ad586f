// Gets, renews and revokes certificates by certmagic, which is Caddy's ACME client, and publishes as Caddy's DNS plugins do.
//
//	certmagic acmedns|rfc2136 SETTINGS.json obtain|renew|revoke NAME...
//
// Debian has neither Caddy's plugins nor their libdns providers; what of them meets a server is here.
package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/libdns/libdns"
	"github.com/mholt/acmez/acme"
	"github.com/miekg/dns"
)

type settings struct {
	Directory, Root, Storage string
	ServerURL                string `json:"server_url"`
	Username, Password       string
	Subdomain                string
	Server, KeyName, Key     string
	KeyID, MACKey            string
}

// acmeDNS sends one request for each value and takes exactly 200 for an answer. Nothing is ever taken away.
type acmeDNS struct{ settings }

func (p acmeDNS) AppendRecords(ctx context.Context, _ string, records []libdns.Record) ([]libdns.Record, error) {
	for _, record := range records {
		body, _ := json.Marshal(map[string]string{"subdomain": p.Subdomain, "txt": record.Value})
		request, err := http.NewRequestWithContext(ctx, "POST", p.ServerURL+"/update", bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		request.Header.Set("X-Api-User", p.Username)
		request.Header.Set("X-Api-Key", p.Password)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		response.Body.Close()
		if response.StatusCode != 200 {
			return nil, fmt.Errorf("acme-dns: %s", response.Status)
		}
	}
	return records, nil
}

func (acmeDNS) DeleteRecords(context.Context, string, []libdns.Record) ([]libdns.Record, error) {
	return nil, nil
}

// update sends one signed message over TCP, for the zone that certmagic has found.
type update struct{ settings }

func (p update) AppendRecords(ctx context.Context, zone string, records []libdns.Record) ([]libdns.Record, error) {
	return records, p.exchange(ctx, zone, records, (*dns.Msg).Insert)
}

func (p update) DeleteRecords(ctx context.Context, zone string, records []libdns.Record) ([]libdns.Record, error) {
	return records, p.exchange(ctx, zone, records, (*dns.Msg).Remove)
}

func (p update) exchange(ctx context.Context, zone string, records []libdns.Record, add func(*dns.Msg, []dns.RR)) error {
	message := new(dns.Msg)
	message.SetUpdate(zone)
	for _, record := range records {
		rr, err := dns.NewRR(fmt.Sprintf("%s %d IN TXT %q", libdns.AbsoluteName(record.Name, zone),
			int(record.TTL.Seconds()), record.Value))
		if err != nil {
			return err
		}
		add(message, []dns.RR{rr})
	}
	key := dns.Fqdn(p.KeyName)
	message.SetTsig(key, dns.HmacSHA256, 300, time.Now().Unix())
	client := dns.Client{Net: "tcp", TsigSecret: map[string]string{key: p.Key}}
	response, _, err := client.ExchangeContext(ctx, message, p.Server)
	if err == nil && response.Rcode != dns.RcodeSuccess {
		err = fmt.Errorf("update: %s", dns.RcodeToString[response.Rcode])
	}
	return err
}

func read(path string) []byte {
	octets, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	return octets
}

func main() {
	var given settings
	if err := json.Unmarshal(read(os.Args[2]), &given); err != nil {
		log.Fatal(err)
	}
	providers := map[string]certmagic.ACMEDNSProvider{"acmedns": acmeDNS{given}, "rfc2136": update{given}}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(read(given.Root))

	var config *certmagic.Config
	cache := certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return config, nil },
	})
	config = certmagic.New(cache, certmagic.Config{Storage: &certmagic.FileStorage{Path: given.Storage}})
	issuer := certmagic.NewACMEIssuer(config, certmagic.ACMEIssuer{
		CA: given.Directory, TestCA: given.Directory, Email: "team@corp.test", Agreed: true, TrustedRoots: roots,
		ExternalAccount:      &acme.EAB{KeyID: given.KeyID, MACKey: given.MACKey},
		DisableHTTPChallenge: true, DisableTLSALPNChallenge: true,
		DNS01Solver: &certmagic.DNS01Solver{DNSProvider: providers[os.Args[1]], TTL: time.Minute},
	})
	config.Issuers = []certmagic.Issuer{issuer}
	actions := map[string]func(context.Context, string) error{
		"obtain": config.ObtainCertSync,
		"renew":  func(ctx context.Context, name string) error { return config.RenewCertSync(ctx, name, true) },
		"revoke": func(ctx context.Context, name string) error {
			// Only this makes it look for the account by its e-mail address.
			if err := issuer.PreCheck(ctx, []string{name}, false); err != nil {
				return err
			}
			return config.RevokeCert(ctx, name, acme.ReasonSuperseded, false)
		},
	}
	for _, name := range os.Args[4:] {
		if err := actions[os.Args[3]](context.Background(), name); err != nil {
			log.Fatalf("%s: %v", name, err)
		}
	}
}
