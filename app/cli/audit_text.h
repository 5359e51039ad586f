#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "assay/v1/audit.pb.h"

// Audit events as a person or another program reads them.
namespace app {

// "credential admin from 192.0.2.1", "account 0fR3… from 2001:db8::1", "192.0.2.1", "this server".
std::string who(const assay::v1::AuditEvent& event);

// The value of a detail; "": there is none with this name.
std::string detail_of(const assay::v1::AuditEvent& event, const std::string& name);

void print_event(std::ostream& out, const assay::v1::AuditEvent& event);

// On one line; what is empty is left out.
std::string json_line(const assay::v1::AuditEvent& event);

// What csv_fields has, in words.
std::vector<std::string> csv_header();
std::vector<std::string> csv_fields(const assay::v1::AuditEvent& event);

}  // namespace app
