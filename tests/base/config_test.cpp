#include "base/config.h"
#include "tests/base/config_mistakes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace base {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Config config(std::string_view text) {
  auto parsed = parse_config(text, "t");
  EXPECT_TRUE(parsed) << parsed.error().detail;
  return parsed.value_or(Config());
}

TEST(Config, OfNothingIsUsable) {
  const Config preset = config("");
  EXPECT_EQ(preset.roles, (std::set{Role::dns, Role::ca, Role::validator}));
  EXPECT_THAT(preset.dns.listen, ElementsAre(Endpoint{"127.0.0.1", 5353}));
  EXPECT_EQ(preset.issuance.certificate_lifetime, std::chrono::days(90));
  EXPECT_TRUE(preset.grpc.credentials.empty());
}

constexpr const char* kEverything = R"(
state_directory = "/srv/assay"
roles = ["ca", "dns"]
[log]
level = "debug"
format = "json"
[storage]
size_max = "1GiB"
[dns]
listen = ["127.0.0.1:53", "[::1]:53"]
workers = 2
tcp_idle = "5s"
tcp_connections_max = 10
tcp_connections_per_address_max = 5
tcp_opening = "3s"
nsid = "ns1.corp.example"
cookie_secrets = "cookie-secrets"
cookie_required = true
[dns.rate_limit]
enabled = false
answers_per_second = 20
denials_per_second = 30
errors_per_second = 40
slip = 1
exempt = ["192.0.2.0/24", "2001:db8::/32"]
[dns.tls]
listen = ["127.0.0.1:853"]
certificate = "dot.pem"
key = "dot-key.pem"
names = ["ns1.corp.example"]
[dns.query_log]
file = "queries.log"
format = "text"
[dns.dnstap]
socket = "dnstap.sock"
identity = "ns1"
responses = false
[dns.proxy]
trusted = ["192.0.2.0/24", "2001:db8::1"]
[update]
listen = ["127.0.0.1:5301"]
alias_zones = ["corp.example"]
lifetime = "2d"
allow_hmac_md5 = true
allow_hmac_sha1 = true
[acme]
listen = ["127.0.0.1:443"]
external_url = "https://acme.corp.example"
tls_certificate = "chain.pem"
tls_key = "key.pem"
terms_of_service = "https://corp.example/terms"
website = "https://corp.example"
must_agree_again = true
renewal_explanation = "https://corp.example/renewal"
caa_identities = ["corp.example"]
order_lifetime = "1d"
authorization_lifetime = "2d"
authorization_reuse = '1d'
pre_authorization = true
[issuance]
certificate_lifetime = "7d"
requested_lifetime_max = '14d'
not_before_ahead_max = '2h'
[publish]
listen = ["127.0.0.1:445"]
tls_certificate = "publish.pem"
tls_key = "publish-key.pem"
trusted_proxies = ["192.0.2.0/24", "2001:db8::1"]
cors_origins = ["https://portal.corp.example"]
value_lifetime = "10m"
[publish.registration]
access = "guarded"
zone = "acme.corp.example"
token_file = "register-token"
user = "team"
password_file = "register-password"
networks = ["10.0.0.0/8"]
per_minute = 5
[metrics]
listen = ["127.0.0.1:9100"]
[http]
target_size_max = "1KiB"
header_size_max = "4KiB"
body_size_max = "32KiB"
connections_max = 100
connections_per_address_max = 10
handshake_timeout = "1s"
header_timeout = "2s"
body_timeout = "3s"
write_timeout = "4s"
idle_timeout = "5s"
drain_timeout = "6s"
[grpc]
listen = ["127.0.0.1:444"]
tls_certificate = "grpc.pem"
tls_key = "grpc-key.pem"
client_ca = "clients.pem"
[[grpc.credential]]
name = "automation"
token_file = "token"
permissions = ["challenges", "certificates", "external_accounts"]
[[grpc.credential]]
name = "operator"
certificate_name = "operator.corp.example"
permissions = ["zones"]
[validator]
root_hints = "hints"
trust_anchors = "anchors"
stub = [{zone = "corp.test", addresses = ["127.0.0.1:5300"]}]
timeout = "250ms"
retry_for = '0s'
retry_interval = '7s'
allow_private_addresses = false
)";

TEST(Config, SaysEverythingThatAnOperatorCanSetOfTheServers) {
  const Config all = config(kEverything);

  EXPECT_EQ(all.state_directory, "/srv/assay");
  EXPECT_EQ(all.roles, (std::set{Role::dns, Role::ca}));
  EXPECT_EQ(all.log.level, log::Level::debug);
  EXPECT_EQ(all.log.format, log::Format::json);
  EXPECT_EQ(all.storage.size_max, uint64_t{1} << 30);
  EXPECT_THAT(all.dns.listen, ElementsAre(Endpoint{"127.0.0.1", 53}, Endpoint{"::1", 53}));
  EXPECT_EQ(all.dns.workers, 2u);
  EXPECT_EQ(all.dns.tcp_idle, 5s);
  EXPECT_EQ(all.dns.tcp_connections_max, 10u);
  EXPECT_EQ(all.dns.tcp_connections_per_address_max, 5u);
  EXPECT_EQ(all.dns.nsid, "ns1.corp.example");
  EXPECT_EQ(all.dns.cookie_secrets, "cookie-secrets");
  EXPECT_TRUE(all.dns.cookie_required);
  EXPECT_FALSE(all.dns.rate_limit.enabled);
  EXPECT_EQ(all.dns.rate_limit.answers_per_second, 20u);
  EXPECT_EQ(all.dns.rate_limit.denials_per_second, 30u);
  EXPECT_EQ(all.dns.rate_limit.errors_per_second, 40u);
  EXPECT_EQ(all.dns.rate_limit.slip, 1u);
  EXPECT_THAT(all.dns.rate_limit.exempt, ElementsAre("192.0.2.0/24", "2001:db8::/32"));
  EXPECT_THAT(all.update.listen, ElementsAre(Endpoint{"127.0.0.1", 5301}));
  EXPECT_THAT(all.update.alias_zones, ElementsAre("corp.example"));
  EXPECT_EQ(all.update.lifetime, std::chrono::days(2));
  EXPECT_TRUE(all.update.allow_hmac_md5);
  EXPECT_TRUE(all.update.allow_hmac_sha1);
  EXPECT_EQ(all.dns.tcp_opening, 3s);
  EXPECT_THAT(all.dns.tls.listen, ElementsAre(Endpoint{"127.0.0.1", 853}));
  EXPECT_EQ(all.dns.tls.files.certificate, "dot.pem");
  EXPECT_EQ(all.dns.tls.files.key, "dot-key.pem");
  EXPECT_THAT(all.dns.tls.names, ElementsAre("ns1.corp.example"));
  EXPECT_EQ(all.dns.query_log.file, "queries.log");
  EXPECT_EQ(all.dns.query_log.format, log::Format::text);
  EXPECT_EQ(all.dns.dnstap.socket, "dnstap.sock");
  EXPECT_EQ(all.dns.dnstap.identity, "ns1");
  EXPECT_FALSE(all.dns.dnstap.responses);
  EXPECT_THAT(all.dns.proxy.trusted, ElementsAre(IpNetwork::parse("192.0.2.0/24").value(),
                                                 IpNetwork::parse("2001:db8::1/128").value()));
  EXPECT_THAT(all.acme.listen, ElementsAre(Endpoint{"127.0.0.1", 443}));
  EXPECT_EQ(all.acme.external_url, "https://acme.corp.example");
  EXPECT_EQ(all.acme.tls.certificate, "chain.pem");
  EXPECT_EQ(all.acme.tls.key, "key.pem");
  EXPECT_EQ(all.acme.preset.terms_of_service, "https://corp.example/terms");
  EXPECT_EQ(all.acme.preset.website, "https://corp.example");
  EXPECT_THAT(all.acme.preset.caa_identities, ElementsAre("corp.example"));
  EXPECT_EQ(all.acme.order_lifetime, std::chrono::days(1));
  EXPECT_EQ(all.acme.authorization_lifetime, std::chrono::days(2));
  EXPECT_EQ(all.acme.renewal_explanation, "https://corp.example/renewal");
  EXPECT_EQ(all.acme.authorization_reuse, std::chrono::days(1));
  EXPECT_TRUE(all.acme.pre_authorization && all.acme.preset.must_agree_again);
  EXPECT_EQ(all.issuance.certificate_lifetime, std::chrono::days(7));
  EXPECT_EQ(all.issuance.requested_lifetime_max, std::chrono::days(14));
  EXPECT_EQ(all.issuance.not_before_ahead_max, std::chrono::hours(2));
  EXPECT_EQ(all.http.target_size_max, 1024u);
  EXPECT_EQ(all.http.header_size_max, 4096u);
  EXPECT_EQ(all.http.body_size_max, 32768u);
  EXPECT_EQ(all.http.connections_max, 100u);
  EXPECT_EQ(all.http.connections_per_address_max, 10u);
  EXPECT_EQ(all.http.handshake_timeout, 1s);
  EXPECT_EQ(all.http.header_timeout, 2s);
  EXPECT_EQ(all.http.body_timeout, 3s);
  EXPECT_EQ(all.http.write_timeout, 4s);
  EXPECT_EQ(all.http.idle_timeout, 5s);
  EXPECT_EQ(all.http.drain_timeout, 6s);
}

TEST(Config, SaysEverythingThatAnOperatorCanSetOfWhoAsksAndWhoIsAsked) {
  const Config all = config(kEverything);
  EXPECT_THAT(all.grpc.listen, ElementsAre(Endpoint{"127.0.0.1", 444}));
  EXPECT_EQ(all.grpc.tls.certificate, "grpc.pem");
  EXPECT_EQ(all.grpc.tls.key, "grpc-key.pem");
  EXPECT_EQ(all.grpc.client_ca, "clients.pem");
  ASSERT_EQ(all.grpc.credentials.size(), 2u);
  EXPECT_EQ(all.grpc.credentials[0].name, "automation");
  EXPECT_EQ(all.grpc.credentials[0].token_file, "token");
  EXPECT_EQ(all.grpc.credentials[0].permissions,
            (std::set{Permission::challenges, Permission::certificates, Permission::external_accounts}));
  EXPECT_EQ(all.grpc.credentials[1].certificate_name, "operator.corp.example");
  EXPECT_EQ(all.validator.root_hints, "hints");
  EXPECT_EQ(all.validator.trust_anchors, "anchors");
  ASSERT_EQ(all.validator.stub.size(), 1u);
  EXPECT_EQ(all.validator.stub[0].zone, Name::parse("corp.test").value());
  EXPECT_THAT(all.validator.stub[0].addresses, ElementsAre(Endpoint{"127.0.0.1", 5300}));
  EXPECT_EQ(all.validator.timeout, 250ms);
  EXPECT_EQ(all.validator.retry_for, 0ms);
  EXPECT_EQ(all.validator.retry_interval, 7s);
  EXPECT_FALSE(all.validator.allow_private_addresses);
}

TEST(Config, SaysEverythingThatAnOperatorCanSetOfPublishing) {
  const Config::Publish publish = config(kEverything).publish;
  EXPECT_THAT(publish.listen, ElementsAre(Endpoint{"127.0.0.1", 445}));
  EXPECT_EQ(publish.tls.certificate, "publish.pem");
  EXPECT_EQ(publish.tls.key, "publish-key.pem");
  EXPECT_THAT(publish.trusted_proxies, ElementsAre(IpNetwork::parse("192.0.2.0/24").value(),
                                                   IpNetwork::parse("2001:db8::1/128").value()));
  EXPECT_THAT(publish.cors_origins, ElementsAre("https://portal.corp.example"));
  EXPECT_EQ(publish.value_lifetime, 10min);
  EXPECT_EQ(publish.registration.access, RegistrationAccess::guarded);
  EXPECT_EQ(publish.registration.zone, Name::parse("acme.corp.example").value());
  EXPECT_EQ(publish.registration.token_file, "register-token");
  EXPECT_EQ(publish.registration.user, "team");
  EXPECT_EQ(publish.registration.password_file, "register-password");
  EXPECT_THAT(publish.registration.networks, ElementsAre(IpNetwork::parse("10.0.0.0/8").value()));
  EXPECT_EQ(publish.registration.per_minute, 5u);
  EXPECT_TRUE(config("").publish.listen.empty()) << "nothing is open that nobody has asked for";
  EXPECT_THAT(config(kEverything).metrics.listen, ElementsAre(Endpoint{"127.0.0.1", 9100}));
  EXPECT_TRUE(config("").metrics.listen.empty());
}

TEST(Config, AnUnknownKeyIsAMistakeWithItsPlaceAndTheOneThatWasMeant) {
  EXPECT_EQ(mistakes("[dns]\nworkres = 2\n"), "t:2:1: there is no key dns.workres; is dns.workers meant?");
  EXPECT_EQ(mistakes("[dnss]\n"), "t:1:2: there is no key dnss; is dns meant?");
  EXPECT_EQ(mistakes("colour = 1\n"), "t:1:1: there is no key colour");
  EXPECT_EQ(mistakes("[validator]\nstub = [{zone='a.test', addresses=['127.0.0.1:1'], port=1}]\n"),
            "t:2:52: there is no key validator.stub[].port");
}

TEST(Config, AMistakenValueIsToldWithWhatIsAllowed) {
  EXPECT_EQ(mistakes("[dns]\nworkers = \"2\"\n"), "t:2:11: dns.workers must be a whole number from 0 to 256");
  EXPECT_EQ(mistakes("[log]\nlevel = \"loud\"\n"),
            R"(t:2:9: log.level must be one of "debug", "info", "warning", "error")");
  EXPECT_EQ(mistakes("[dns]\nlisten = [\"localhost:53\"]\n"),
            "t:2:10: dns.listen must be an array of addresses with ports, such as [\"127.0.0.1:5300\", "
            "\"[::1]:5300\"] (\"localhost:53\" is no IP address and port, such as 127.0.0.1:53 or [::1]:53)");
  EXPECT_EQ(mistakes("dns = 1"), "t:1:7: dns must be a table");
}

TEST(Config, TellsAllMistakesAtOnceInTheirOrder) {
  EXPECT_EQ(mistakes("role = [\"dns\"]\n[storage]\nsize_max = 5\n[acme]\nlistne = []\n"),
            "t:1:1: there is no key role; is roles meant?\n"
            "t:3:12: storage.size_max must be a size from \"1MiB\" to \"64TiB\"\n"
            "t:5:1: there is no key acme.listne; is acme.listen meant?");
}

TEST(Config, BadSyntaxIsAMistakeWithItsPlace) {
  EXPECT_THAT(mistakes("[dns]\nworkers = \n"), HasSubstr("t:2:"));
  EXPECT_THAT(mistakes("[dns]\nworkers = 1\nworkers = 2\n"), HasSubstr("t:3:"));
  EXPECT_EQ(mistakes("# ok\na = '\u00e9\xff'\n"), "t:2:7: a character that no text has");
  EXPECT_EQ(mistakes(std::string("[\0]", 3)), "t:1:2: a character that no text has");
  EXPECT_EQ(mistakes("#\x7f"), "t:1:2: a character that no text has");
}

// The ends of every range, and the values next to them.
TEST(Config, KeepsEveryBound) {
  struct Bounds {
    std::string_view section, key, below, least, most, above;
  };
  const Bounds all[] = {
      {"storage", "size_max", "'1023KiB'", "'1MiB'", "'64TiB'", "'65TiB'"},
      {"dns", "workers", "-1", "0", "256", "257"},
      {"dns", "tcp_idle", "'99ms'", "'100ms'", "'1h'", "'3601s'"},
      {"dns", "tcp_connections_max", "0", "1", "1000000", "1000001"},
      {"dns", "tcp_connections_per_address_max", "0", "1", "1000000", "1000001"},
      {"dns", "tcp_opening", "'99ms'", "'100ms'", "'1h'", "'61m'"},
      {"dns.rate_limit", "answers_per_second", "0", "1", "100000000", "100000001"},
      {"dns.rate_limit", "denials_per_second", "0", "1", "100000000", "100000001"},
      {"dns.rate_limit", "errors_per_second", "0", "1", "100000000", "100000001"},
      {"dns.rate_limit", "slip", "-1", "0", "100", "101"},
      {"update", "lifetime", "'59s'", "'1m'", "'30d'", "'31d'"},
      {"acme", "order_lifetime", "'59s'", "'1m'", "'90d'", "'2161h'"},
      {"acme", "authorization_lifetime", "'59s'", "'1m'", "'398d'", "'399d'"},
      {"issuance", "certificate_lifetime", "'119m'", "'2h'", "'3650d'", "'3651d'"},
      {"publish", "value_lifetime", "'59s'", "'1m'", "'30d'", "'31d'"},
      {"publish.registration", "per_minute", "0", "1", "100000", "100001"},
      {"http", "target_size_max", "'255B'", "'256B'", "'64KiB'", "'65KiB'"},
      {"http", "header_size_max", "'1023B'", "'1KiB'", "'1MiB'", "'1025KiB'"},
      {"http", "body_size_max", "'1023B'", "'1KiB'", "'64KiB'", "'65KiB'"},
      {"http", "connections_max", "0", "1", "1000000", "1000001"},
      {"http", "connections_per_address_max", "0", "1", "1000000", "1000001"},
      {"http", "handshake_timeout", "'99ms'", "'100ms'", "'1h'", "'61m'"},
      {"http", "header_timeout", "'99ms'", "'100ms'", "'1h'", "'61m'"},
      {"http", "body_timeout", "'99ms'", "'100ms'", "'1h'", "'61m'"},
      {"http", "write_timeout", "'99ms'", "'100ms'", "'1h'", "'61m'"},
      {"http", "idle_timeout", "'99ms'", "'100ms'", "'1h'", "'61m'"},
      {"http", "drain_timeout", "'-1ms'", "'0ms'", "'1h'", "'61m'"},
      {"validator", "timeout", "'99ms'", "'100ms'", "'5m'", "'6m'"},
      {"validator", "retry_for", "'-1ms'", "'0ms'", "'1h'", "'61m'"},
      {"validator", "retry_interval", "'999ms'", "'1s'", "'1m'", "'61s'"},
  };
  for (const Bounds& b : all) {
    const auto with = [&](std::string_view value) {
      return "[" + std::string(b.section) + "]\n" + std::string(b.key) + " = " + std::string(value) + "\n";
    };
    EXPECT_FALSE(parse_config(with(b.below), "t")) << with(b.below);
    EXPECT_TRUE(parse_config(with(b.least), "t")) << with(b.least);
    EXPECT_TRUE(parse_config(with(b.most), "t")) << with(b.most);
    EXPECT_FALSE(parse_config(with(b.above), "t")) << with(b.above);
  }
}

TEST(Config, AnExternalUrlIsAnOriginAndNothingMore) {
  const auto with = [](std::string_view url) {
    return parse_config("acme.external_url = '" + std::string(url) + "'", "t");
  };
  for (const auto url : {"", "https://acme.corp.example", "https://acme.corp.example:8443",
                         "https://127.0.0.1:8443", "https://[::1]:8443"}) {
    EXPECT_TRUE(with(url)) << url;
  }
  for (const auto url :
       {"http://acme.corp.example", "https://acme.corp.example/", "https://acme.corp.example/acme",
        "https://acme.corp.example?x", "https://u@acme.corp.example", "https://", "acme.corp.example",
        "https://acme.corp.example#x", "https://acme corp.example"}) {
    EXPECT_FALSE(with(url)) << url;
  }
}

TEST(Config, UrlsAndNamesAreWhatTheySay) {
  EXPECT_TRUE(parse_config("acme.website = 'http://corp.example/x?y'", "t"));
  EXPECT_FALSE(parse_config("acme.website = 'ftp://corp.example'", "t"));
  EXPECT_FALSE(parse_config("acme.terms_of_service = 'terms.html'", "t"));
  EXPECT_TRUE(parse_config("acme.caa_identities = []", "t"));
  for (const auto identity : {"corp.example.", "", "a..b", "corp example", "corp.example; a=b", "_x.test"}) {
    EXPECT_FALSE(parse_config("acme.caa_identities = ['" + std::string(identity) + "']", "t")) << identity;
  }
}

TEST(Config, SettingsMustNotContradictEachOther) {
  EXPECT_THAT(mistakes("[acme]\ntls_key = 'k'\n"), HasSubstr("t:2:11: tls_certificate and tls_key"));
  EXPECT_THAT(mistakes("[grpc]\ntls_certificate = 'c'\n"), HasSubstr("t:2:19: tls_certificate and tls_key"));
  EXPECT_THAT(mistakes("[dns.dnstap]\nsocket = 's'\nfile = 'f'\n"),
              HasSubstr("t:3:8: dnstap goes to a socket or"));
  EXPECT_THAT(mistakes("[dns.tls]\nkey = 'k'\n"), HasSubstr("t:2:7: certificate and key are set together"));
  EXPECT_THAT(mistakes("[[grpc.credential]]\nname='a'\npermissions=['zones']\n"),
              HasSubstr("either a token_file or a certificate_name"));
  EXPECT_THAT(
      mistakes(
          "[[grpc.credential]]\nname='a'\npermissions=['zones']\ntoken_file='t'\ncertificate_name='c'\n"),
      HasSubstr("either a token_file or a certificate_name"));
  EXPECT_THAT(mistakes("[[grpc.credential]]\nname='a'\npermissions=['zones']\ncertificate_name='c'\n"),
              HasSubstr("without grpc.client_ca"));
  EXPECT_THAT(mistakes("[[grpc.credential]]\npermissions=['zones']\ntoken_file='t'\n"), HasSubstr("no name"));
  EXPECT_THAT(mistakes("[[grpc.credential]]\nname='a'\ntoken_file='t'\n"), HasSubstr("no permissions"));
  EXPECT_THAT(mistakes("[[grpc.credential]]\nname='a'\ntoken_file='t'\npermissions=[]\n"),
              HasSubstr("grpc.credential[].permissions must be"));
  EXPECT_THAT(mistakes("[[grpc.credential]]\nname='a'\npermissions=['zones']\ntoken_file='t'\n"
                       "[[grpc.credential]]\nname='a'\npermissions=['zones']\ntoken_file='u'\n"),
              HasSubstr("t:6:6: another credential has this name"));
  EXPECT_THAT(mistakes("validator.stub=[{zone='a.test', addresses=['127.0.0.1:1']}, "
                       "{zone='A.TEST.', addresses=['127.0.0.1:1']}]"),
              HasSubstr("another stub zone has this name"));
  EXPECT_THAT(mistakes("update.alias_zones=['a.test']"), HasSubstr("without update.listen"));
  EXPECT_THAT(mistakes("update.alias_zones=['.']"), HasSubstr("below the root"));
  EXPECT_THAT(mistakes("validator.stub=[{zone='a.test'}]"), HasSubstr("a stub zone has addresses"));
  EXPECT_THAT(mistakes("validator.stub=[{addresses=['127.0.0.1:1']}]"), HasSubstr("below the root"));
  EXPECT_THAT(mistakes("validator.stub=[{zone='a.test', addresses=['127.0.0.1:0']}]"), HasSubstr("port 0"));
}

TEST(Config, ListsHoldWhatIsAllowedAndNothingTwice) {
  EXPECT_FALSE(parse_config("roles = []", "t"));
  EXPECT_FALSE(parse_config("roles = 'dns'", "t"));
  EXPECT_FALSE(parse_config("roles = ['dns', 'web']", "t"));
  EXPECT_FALSE(parse_config("dns.listen = []", "t"));
  EXPECT_TRUE(parse_config("dns.proxy.trusted = []", "t"));
  EXPECT_FALSE(parse_config("dns.proxy.trusted = ['192.0.2.0/33']", "t"));
  EXPECT_FALSE(parse_config("dns.proxy.trusted = ['192.0.2.0/24', '192.0.2.1/24']", "t"));
  EXPECT_FALSE(parse_config("dns.listen = ['127.0.0.1:53', '127.0.0.1:53']", "t"));
  EXPECT_TRUE(parse_config("dns.listen = ['127.0.0.1:0', '127.0.0.1:0']", "t"));
  EXPECT_FALSE(parse_config("grpc.credential = 1", "t"));
  EXPECT_FALSE(parse_config("grpc.credential = [1]", "t"));
}

TEST(Config, NetworksAndTheNsidAreWhatTheySay) {
  EXPECT_TRUE(parse_config("dns.rate_limit.exempt = []", "t"));
  EXPECT_TRUE(parse_config("dns.rate_limit.exempt = ['192.0.2.1', '::/0']", "t"));
  for (const auto network : {"192.0.2.0/33", "192.0.2/24", "2001:db8::/129", "corp.example", ""}) {
    EXPECT_FALSE(parse_config("dns.rate_limit.exempt = ['" + std::string(network) + "']", "t")) << network;
  }
  EXPECT_TRUE(parse_config("dns.nsid = '" + std::string(128, 'n') + "'", "t"));
  EXPECT_FALSE(parse_config("dns.nsid = '" + std::string(129, 'n') + "'", "t"));
}

TEST(Config, TextHasNoControlCharacters) {
  EXPECT_FALSE(parse_config(R"(state_directory = "/srv\u0000/x")", "t"));
  EXPECT_FALSE(parse_config(R"(state_directory = "")", "t"));
  EXPECT_FALSE(parse_config(R"(acme.tls_key = "a\nb")", "t"));
}

}  // namespace
}  // namespace base
