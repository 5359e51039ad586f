#pragma once

#include <cstdint>

namespace storage {

// The first octet of every key: whose it is. One list, so that no two components collide. What follows the
// octet is its owner's business, and docs/storage-format.md writes all layouts down. Keys that are made in the
// order of time begin with the time, because keys that arrive in order touch few pages a commit.
namespace table {

// dnsserver (dnsserver/keys.h).
inline constexpr char kZone = 'z';         // zones, by apex
inline constexpr char kStaticRRset = 'r';  // what operators put into a zone, by apex, owner and type
inline constexpr char kChallenge = 'c';    // challenge values, by apex, owner, credential and value
inline constexpr char kNode = 'n';         // what the DNS path reads: all of an owner, rendered
inline constexpr char kCredential = 'd';   // publishing credentials, by id
inline constexpr char kLogin = 'g';        // user name → credential id
inline constexpr char kTsigKey = 't';      // TSIG key name → credential id
inline constexpr char kHandedOut = 'h';    // names that were handed out once and never are again
inline constexpr char kHeldName = 'e';     // names that credentials may write at by name, and by how many
inline constexpr char kKeptAccount = 'm';  // accounts that clients keep here, by credential id and domain

// acmecore.
inline constexpr char kAccount = 'a';        // accounts, by id
inline constexpr char kAccountKey = 'k';     // SHA-256 of a key's SPKI → account id
inline constexpr char kOrder = 'o';          // orders, by id
inline constexpr char kAccountOrder = 'l';   // which orders an account has, by account id and order id
inline constexpr char kWaitingOrder = 'y';   // which orders wait for a person, by id
inline constexpr char kAuthorization = 'u';  // authorizations with their challenges, by id
inline constexpr char kValid = 'v';          // valid authorizations, by account, identifier and id
inline constexpr char kCertificate = 'x';    // certificates and what led to them, by serial
inline constexpr char kBlockedKey = 'b';     // keys that are never accepted again, by SHA-256 of their SPKI
inline constexpr char kPrincipal = 'p';      // gRPC credential → account id
inline constexpr char kRateLimit = 'q';      // what is known of those that a rate limit is about
inline constexpr char kSecret = 's';         // the server's own secrets, by name
inline constexpr char kExternalAccountKey = 'w';  // external account keys, by id
inline constexpr char kFailingName = 'j';  // names that accounts fail to prove, by account; which are paused
// Which certificates a key has, by SHA-256 of its SPKI and serial.
inline constexpr char kKeyCertificate = 'f';
// The same by DNS name, its labels from the root down; by account; by notAfter; and of those that were revoked.
inline constexpr char kNameCertificate = 'N';
inline constexpr char kAccountCertificate = 'A';
inline constexpr char kCertificateEnd = 'E';
inline constexpr char kRevokedCertificate = 'V';
inline constexpr char kInventory = 'I';      // whether those four know all certificates
inline constexpr char kRevoked = 'R';        // what is in CRLs, by CA, shard and serial
inline constexpr char kUnrecorded = 'U';     // those of them that only a CRL knew of, by CA and serial
inline constexpr char kCrl = 'C';            // the latest CRL, by CA and shard
inline constexpr char kRevocationJob = 'J';  // certificates that are to be revoked, by id
// The latest audit event of a kind, by its name, with which the next is compared.
inline constexpr char kLastEvent = 'i';

// Behind all others, so that what is appended fills its pages (storage/lmdb, MDB_APPEND).
inline constexpr char kAudit = '~';  // the ledger of audit events

inline constexpr char kAll[] = {
    kZone,        kNameCertificate, kChallenge,          kNode,          kCredential,     kLogin,
    kTsigKey,     kHandedOut,       kHeldName,           kKeptAccount,   kStaticRRset,    kAccount,
    kAccountKey,  kOrder,           kAccountOrder,       kAuthorization, kValid,          kInventory,
    kCertificate, kCertificateEnd,  kBlockedKey,         kPrincipal,     kSecret,         kExternalAccountKey,
    kRateLimit,   kFailingName,     kAccountCertificate, kWaitingOrder,  kKeyCertificate, kRevoked,
    kCrl,         kRevocationJob,   kRevokedCertificate, kLastEvent,     kUnrecorded,     kAudit};

constexpr bool are_distinct() {
  bool seen[256] = {};
  for (const char table : kAll) {
    bool& before = seen[uint8_t(table)];
    if (before) return false;
    before = true;
  }
  return true;
}
static_assert(are_distinct());

}  // namespace table

}  // namespace storage
