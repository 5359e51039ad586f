#include "app/cli/acme_dns_database.h"

#include <sqlite3.h>

#include <functional>
#include <memory>

namespace app {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

// acme-dns holds a lock for the moment of a write.
constexpr int kBusyTimeoutMs = 5000;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : path_(path) {}

  Result<void> open() {
    sqlite3* opened = nullptr;
    const int status = sqlite3_open_v2(path_.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
    database_.reset(opened);
    if (status != SQLITE_OK) return cannot_read();
    sqlite3_busy_timeout(opened, kBusyTimeoutMs);
    // One moment for all that is read.
    return run("BEGIN", [](sqlite3_stmt*) {});
  }

  Result<void> check_has_table(const std::string& table) {
    bool has = false;
    CHECK(run("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '" + table + "'",
              [&](sqlite3_stmt*) { has = true; }));
    if (has) return {};
    return fail(
        ErrorKind::malformed,
        path_.string() + " is not the database of acme-dns 0.3 or later: it has no table \"" + table + "\"");
  }

  // Calls `take` for each row.
  Result<void> run(const std::string& sql, const std::function<void(sqlite3_stmt*)>& take) {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK)
      return cannot_read();
    const Statement statement(prepared);
    for (;;) {
      const int status = sqlite3_step(prepared);
      if (status == SQLITE_DONE) return {};
      if (status != SQLITE_ROW) return cannot_read();
      take(prepared);
    }
  }

 private:
  tl::unexpected<base::Error> cannot_read() const {
    const int status = sqlite3_errcode(database_.get());
    if (status == SQLITE_NOTADB) return fail(ErrorKind::malformed, path_.string() + " is no SQLite database");
    const auto kind =
        status == SQLITE_ERROR || status == SQLITE_CORRUPT ? ErrorKind::malformed : ErrorKind::unavailable;
    return fail(kind, "cannot read " + path_.string() + ": " + sqlite3_errmsg(database_.get()));
  }

  const std::filesystem::path& path_;
  Database database_;
};

// A password is a BLOB where acme-dns wrote it, and TEXT where somebody else did.
std::string text_at(sqlite3_stmt* row, int column) {
  const void* octets = sqlite3_column_blob(row, column);
  const int size = sqlite3_column_bytes(row, column);
  return octets == nullptr ? "" : std::string(static_cast<const char*>(octets), size_t(size));
}

}  // namespace

Result<AcmeDnsDatabase> read_acme_dns_database(const std::filesystem::path& path) {
  Reader reader(path);
  CHECK(reader.open());
  CHECK(reader.check_has_table("records"));
  CHECK(reader.check_has_table("txt"));
  AcmeDnsDatabase database;
  CHECK(reader.run(
      "SELECT Username, Password, Subdomain, AllowFrom FROM records ORDER BY Username",
      [&](sqlite3_stmt* row) {
        database.accounts.push_back({text_at(row, 0), text_at(row, 1), text_at(row, 2), text_at(row, 3)});
      }));
  CHECK(reader.run(
      "SELECT Subdomain, Value, LastUpdate FROM txt ORDER BY Subdomain, LastUpdate, rowid",
      [&](sqlite3_stmt* row) {
        database.values.push_back({text_at(row, 0), text_at(row, 1), sqlite3_column_int64(row, 2)});
      }));
  return database;
}

}  // namespace app
