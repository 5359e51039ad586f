#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "base/openssl.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/lint/tbs_draft.h"
#include "tests/acmecore/weak_moduli.h"

namespace acmecore::lint {

using base::BignumHandle;
using base::Bytes;
using base::BytesView;
using namespace std::string_view_literals;

namespace {

constexpr BytesView k65537 = "\x01\x00\x01"sv;

Bytes octets_of(const BIGNUM* number) {
  Bytes octets(size_t(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(octets.data()));
  return octets;
}

Bytes modulus_of(EVP_PKEY* key) {
  BIGNUM* modulus = nullptr;
  EVP_PKEY_get_bn_param(key, "n", &modulus);
  return octets_of(BignumHandle(modulus).get());
}

const Bytes& good_modulus() {
  static const Bytes modulus = modulus_of(make_rsa(2048).get());
  return modulus;
}

// Of 2048 bits, and 3 divides it.
Bytes divisible_modulus() {
  BignumHandle number(BN_bin2bn(base::octets(good_modulus()), int(good_modulus().size()), nullptr));
  while (BN_mod_word(number.get(), 3) != 0)
    BN_sub_word(number.get(), 2);
  return octets_of(number.get());
}

void certify_rsa(TbsDraft& draft, BytesView modulus, BytesView exponent) {
  draft.spki = rsa_spki(modulus, exponent);
}
void certify_good_rsa(TbsDraft& draft) { certify_rsa(draft, good_modulus(), k65537); }

// BIT STRING of what the SPKI of a key on P-256 holds, below another AlgorithmIdentifier.
void rename_algorithm(TbsDraft& draft, BytesView algorithm) {
  const Bytes point = draft.spki.substr(draft.spki.size() - 65);
  draft.spki = der::sequence({algorithm, der::bit_string(point)});
}

Bytes domain_component() {
  return rdn("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"sv, der::kIa5String, "corp");
}

}  // namespace

std::vector<Case> key_cases() {
  return {
      {"key_algorithm", "RSA without NULL",
       [](TbsDraft& d) {
         certify_good_rsa(d);
         const Bytes bits = d.spki.substr(4 + 15);
         d.spki = der::sequence({"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"sv, bits});
       },
       certify_good_rsa},
      {"key_algorithm", "secp256k1",
       [](TbsDraft& d) {
         rename_algorithm(d, "\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x0a"sv);
       }},
      {"rsa_modulus_size", "1024 bits",
       [](TbsDraft& d) { certify_rsa(d, modulus_of(make_rsa(1024).get()), k65537); }, certify_good_rsa},
      {"rsa_modulus_size", "2049 bits", [](TbsDraft& d) { certify_rsa(d, "\x01" + good_modulus(), k65537); }},
      {"rsa_exponent", "1", [](TbsDraft& d) { certify_rsa(d, good_modulus(), "\x01"); }, certify_good_rsa},
      {"rsa_exponent", "3", [](TbsDraft& d) { certify_rsa(d, good_modulus(), "\x03"); }},
      {"rsa_exponent", "65538", [](TbsDraft& d) { certify_rsa(d, good_modulus(), "\x01\x00\x02"sv); }},
      {"key_is_sound", "a point off the curve", [](TbsDraft& d) { d.spki.back() = char(d.spki.back() ^ 1); }},
      {"key_is_sound", "a compressed point",
       [](TbsDraft& d) {
         const Bytes point = '\x02' + d.spki.substr(d.spki.size() - 64, 32);
         d.spki = der::sequence({d.spki.substr(2, 21), der::bit_string(point)});
       }},
      {"key_is_sound", "an RSA modulus with a small factor",
       [](TbsDraft& d) { certify_rsa(d, divisible_modulus(), k65537); }, certify_good_rsa},
      {"key_is_sound", "an RSA modulus with the fingerprint of ROCA",
       [](TbsDraft& d) { certify_rsa(d, octets_of(roca_modulus().get()), k65537); }, certify_good_rsa},
      {"key_is_sound", "an RSA modulus of two primes that Fermat's method finds",
       [](TbsDraft& d) { certify_rsa(d, octets_of(modulus_of_close_factors().get()), k65537); },
       certify_good_rsa},
  };
}

// Of the development CA's own extensions; what these cases make is linted as a CA's certificate.
std::vector<Case> ca_cases() {
  return {
      {"ca_signature_algorithm", "SHA-1",
       [](TbsDraft& d) { d.signature_algorithm = "\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01"sv; }},
      {"ca_signature_algorithm", "SHA-384 by a key on P-256",
       [](TbsDraft& d) { d.signature_algorithm = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv; }},
      {"subject_strings", "an organization in IA5String beside a domainComponent",
       [](TbsDraft& d) {
         d.subject = name({domain_component(), rdn(oids::kOrganizationName, der::kIa5String, "Corp")});
       },
       [](TbsDraft& d) {
         d.subject = name({domain_component(), rdn(oids::kOrganizationName, der::kUtf8String, "Corp")});
       }},
      {"ca_basic_constraints", "none", [](TbsDraft& d) { d.erase(oids::kBasicConstraints); }},
      {"ca_basic_constraints", "not critical",
       [](TbsDraft& d) { d.extension(oids::kBasicConstraints).critical = ""; }},
      {"ca_basic_constraints", "no CA",
       [](TbsDraft& d) { d.extension(oids::kBasicConstraints).value = "\x30\x00"sv; }},
      {"ca_key_usage", "none", [](TbsDraft& d) { d.erase(oids::kKeyUsage); }},
      {"ca_key_usage", "keyCertSign alone",
       [](TbsDraft& d) { d.extension(oids::kKeyUsage).value = "\x03\x02\x02\x04"sv; },
       [](TbsDraft& d) { d.extension(oids::kKeyUsage).value = "\x03\x02\x01\x06"sv; }},
      {"ca_key_usage", "not critical", [](TbsDraft& d) { d.extension(oids::kKeyUsage).critical = ""; }},
      {"ca_subject_key_identifier", "none", [](TbsDraft& d) { d.erase(oids::kSubjectKeyIdentifier); }},
      {"ca_authority_key_identifier", "none below another CA",
       [](TbsDraft& d) { d.erase(oids::kAuthorityKeyIdentifier); },
       [](TbsDraft& d) {
         d.erase(oids::kAuthorityKeyIdentifier);
         d.subject = d.issuer;
       }},
      {"ca_authority_key_identifier", "another key's",
       [](TbsDraft& d) {
         d.extension(oids::kAuthorityKeyIdentifier).value = "\x30\x16\x80\x14" + Bytes(20, 'x');
       }},
      {"ca_authority_key_identifier", "a serial number alone",
       [](TbsDraft& d) { d.extension(oids::kAuthorityKeyIdentifier).value = "\x30\x03\x82\x01\x01"sv; },
       [](TbsDraft& d) {
         Bytes& value = d.extension(oids::kAuthorityKeyIdentifier).value;
         value = der::sequence({value.substr(2), "\x82\x01\x01"sv});
       }},
      {"ca_name_constraints", "not critical",
       [](TbsDraft& d) { d.add(oids::kNameConstraints, permitted("assay.dev")); },
       [](TbsDraft& d) { d.add(oids::kNameConstraints, permitted("assay.dev"), true); }},
      {"ca_name_constraints", "empty ones",
       [](TbsDraft& d) { d.add(oids::kNameConstraints, "\x30\x00"sv, true); }},
      {"ca_subject_present", "an empty one", [](TbsDraft& d) { d.subject = "\x30\x00"sv; }},
  };
}

}  // namespace acmecore::lint
