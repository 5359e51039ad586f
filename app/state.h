#pragma once

#include <filesystem>

// What a server keeps in its state directory: the store with everything it knows, and the keys of its CAs.
namespace app {

inline constexpr const char* kStoreDirectory = "store";
inline constexpr const char* kCaDirectory = "ca";            // of the issuer "default"
inline constexpr const char* kIssuersDirectory = "issuers";  // of each other one, by its name
inline constexpr const char* kCrlDirectory = "crl";  // the latest CRLs, which also know what is revoked
inline constexpr const char* kIssuerCertificatesDirectory = "issuer-certificates";  // of the CAs, for all
inline constexpr const char* kRootFile = "root.pem";  // to be read by all: of the CAs

}  // namespace app
