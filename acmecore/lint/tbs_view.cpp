#include "acmecore/lint/tbs_view.h"

#include "acmecore/der.h"
#include "acmecore/oids.h"

namespace acmecore::lint {

using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

// [1] and [2] of TBSCertificate.
constexpr uint8_t kIssuerUniqueId = der::context(1);
constexpr uint8_t kSubjectUniqueId = der::context(2);

Result<void> view_validity(BytesView content, TbsView& view);
Result<void> view_attributes(BytesView name_content, TbsView& view);
Result<void> view_extensions(BytesView content, TbsView& view);
Result<void> view_names(BytesView value, TbsView& view);

template <class T, size_t size>
Result<void> append(boost::container::static_vector<T, size>& list, T item, const char* too_many) {
  if (list.size() == list.capacity()) return fail(ErrorKind::malformed, too_many);
  list.push_back(item);
  return {};
}

}  // namespace

const ExtensionView* TbsView::find(BytesView oid) const {
  for (const ExtensionView& extension : extensions) {
    if (extension.oid == oid) return &extension;
  }
  return nullptr;
}

Result<TbsView> view_tbs(BytesView tbs_der) {
  TbsView view;
  TRY(const BytesView content, der::only(der::kSequence, tbs_der));
  der::Reader reader(content);
  if (reader.next_is(der::context_constructed(0))) {
    TRY(const der::Element version, reader.next());
    view.version = version.content;
  }
  TRY(const der::Element serial, reader.next(der::kInteger));
  TRY(const der::Element algorithm, reader.next(der::kSequence));
  TRY(const der::Element issuer, reader.next(der::kSequence));
  TRY(const der::Element validity, reader.next(der::kSequence));
  TRY(const der::Element subject, reader.next(der::kSequence));
  TRY(const der::Element spki, reader.next(der::kSequence));
  while (reader.next_is(kIssuerUniqueId) || reader.next_is(kSubjectUniqueId)) {
    CHECK(reader.next());
    view.has_unique_ids = true;
  }
  view.serial = serial.content;
  view.signature_algorithm = algorithm.whole;
  view.issuer = issuer.whole;
  view.subject = subject.whole;
  view.spki = spki.whole;
  CHECK(view_validity(validity.content, view));
  CHECK(view_attributes(subject.content, view));
  if (!reader.at_end()) {
    TRY(const der::Element extensions, reader.next(der::context_constructed(3)));
    CHECK(view_extensions(extensions.content, view));
  }
  CHECK(reader.end());
  if (const ExtensionView* san = view.find(oids::kSubjectAltName)) CHECK(view_names(san->value, view));
  return view;
}

namespace {

std::optional<base::Time> time_of(BytesView element) {
  const auto time = der::Reader(element).time();
  return time ? std::optional(*time) : std::nullopt;
}

Result<void> view_validity(BytesView content, TbsView& view) {
  der::Reader reader(content);
  TRY(const der::Element not_before, reader.next());
  TRY(const der::Element not_after, reader.next());
  view.not_before = time_of(not_before.whole);
  view.not_after = time_of(not_after.whole);
  return reader.end();
}

Result<void> view_attributes(BytesView name_content, TbsView& view) {
  der::Reader rdns(name_content);
  for (size_t rdn = 0; !rdns.at_end(); ++rdn) {
    TRY(const der::Element set, rdns.next(der::kSet));
    der::Reader members(set.content);
    do {
      TRY(const der::Element member, members.next(der::kSequence));
      der::Reader fields(member.content);
      TRY(const BytesView type, fields.oid());
      TRY(const der::Element value, fields.next());
      CHECK(fields.end());
      CHECK(append(view.subject_attributes, {type, value.tag, value.content, rdn},
                   "the subject has more attributes than can be looked at"));
    } while (!members.at_end());
  }
  return {};
}

Result<void> view_extensions(BytesView content, TbsView& view) {
  TRY(const BytesView list, der::only(der::kSequence, content));
  der::Reader reader(list);
  while (!reader.at_end()) {
    TRY(const der::Element element, reader.next(der::kSequence));
    der::Reader fields(element.content);
    ExtensionView extension;
    TRY(extension.oid, fields.oid());
    if (fields.next_is(der::kBoolean)) {
      TRY(const der::Element critical, fields.next());
      extension.critical = critical.whole;
    }
    TRY(const der::Element value, fields.next(der::kOctetString));
    extension.value = value.content;
    CHECK(fields.end());
    CHECK(append(view.extensions, extension, "there are more extensions than can be looked at"));
  }
  return {};
}

Result<void> view_names(BytesView value, TbsView& view) {
  TRY(const BytesView list, der::only(der::kSequence, value));
  der::Reader reader(list);
  while (!reader.at_end()) {
    TRY(const der::Element name, reader.next());
    CHECK(append(view.names, {name.tag, name.content}, "there are more names than can be looked at"));
  }
  return {};
}

}  // namespace

}  // namespace acmecore::lint
