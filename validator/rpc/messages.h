#pragma once

#include "assay/v1/doctor.pb.h"
#include "base/error.h"
#include "validator/doctor/doctor.h"
#include "validator/doctor/finding.h"
#include "validator/doctor/own_server.h"
#include "validator/doctor/registration.h"

// The doctor's words in DoctorService's messages, and back.
namespace validator::rpc {

// Resolvers that one examination compares with.
inline constexpr int kResolversMax = 8;

// What a request asks for, without who asks. malformed: the detail begins with the name of the field.
base::Result<doctor::Examination> read_examination(const assay::v1::ExamineRequest& request);

void write_finding(const doctor::Finding& finding, assay::v1::Finding& message);

void write_caller(const doctor::Caller& caller, assay::v1::Caller& message);
doctor::Caller read_caller(const assay::v1::Caller& message);

void write_certificate(const doctor::ApiCertificate& certificate, assay::v1::DoorCertificate& message);
// malformed: a name or the time is none.
base::Result<doctor::ApiCertificate> read_certificate(const assay::v1::DoorCertificate& message);

void write_registration(const doctor::Registration& registration, assay::v1::Registration& message);
// malformed: a name, a network or a time is none.
base::Result<doctor::Registration> read_registration(const assay::v1::Registration& message);

}  // namespace validator::rpc
