// SPDX-License-Identifier: Apache-2.0
#include "onenet/devices.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

#include "port/unique_fd.h"
#include "port/user_error.h"

namespace m531x::onenet {
namespace {

constexpr std::int64_t kApplicationId = 0x4d353331;  // "M531"
constexpr std::int64_t kSchemaVersion = 2;

constexpr const char* kSchema =
    "BEGIN;"
    "CREATE TABLE devices(id INTEGER PRIMARY KEY AUTOINCREMENT, imei TEXT NOT NULL UNIQUE,"
    " imsi TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,"
    " psk TEXT NOT NULL DEFAULT '');"
    "INSERT INTO sqlite_sequence(name, seq) VALUES('devices', 500500177);"
    "PRAGMA application_id = 1295332145;"
    "PRAGMA user_version = 2;"
    "COMMIT;";
// Version 1 had no keys.
constexpr const char* kFromVersion1 =
    "BEGIN;"
    "ALTER TABLE devices ADD COLUMN psk TEXT NOT NULL DEFAULT '';"
    "PRAGMA user_version = 2;"
    "COMMIT;";
static_assert(kFirstDeviceId == 500500177 + 1 && kApplicationId == 1295332145 &&
                  kSchemaVersion == 2,
              "kSchema has them as literals");

// The columns that make a Device, of the rows that `condition` chooses.
std::string select(std::string_view condition) {
  return std::string("SELECT id, imei, imsi, title, description, psk FROM devices ")
      .append(condition);
}

// What a user is told of a file that SQLite does not take.
std::string words_of(int code, sqlite3* db) {
  if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) return "it is damaged, or no database";
  return sqlite3_errmsg(db);
}

// What was there before may be readable for others, and keys come into it.
void keep_private(const std::string& file) {
  struct stat now {};
  if (::stat(file.c_str(), &now) == 0 && (now.st_mode & (S_IRWXG | S_IRWXO)) == 0) return;
  if (::chmod(file.c_str(), S_IRUSR | S_IWUSR) == 0) return;
  throw port::UserError("others may read it, and its mode cannot be changed: " +
                        port::words_of(errno));
}

}  // namespace

// One statement, its parameters in order.
class Devices::Statement {
 public:
  Statement(sqlite3* db, const char* sql) : db_(db) {
    if (sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr) != SQLITE_OK) fail();
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::string_view text) {
    if (sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                          SQLITE_TRANSIENT) != SQLITE_OK) {
      fail();
    }
    return *this;
  }
  Statement& bind(std::int64_t value) {
    if (sqlite3_bind_int64(statement_, ++bound_, value) != SQLITE_OK) fail();
    return *this;
  }
  // Whether there is a row. A broken constraint is `constraint()`, anything else throws.
  bool step() {
    const int code = sqlite3_step(statement_);
    constraint_ = code == SQLITE_CONSTRAINT;
    if (code != SQLITE_ROW && code != SQLITE_DONE && !constraint_) fail();
    return code == SQLITE_ROW;
  }
  [[nodiscard]] bool constraint() const { return constraint_; }
  [[nodiscard]] std::int64_t number(int column) { return sqlite3_column_int64(statement_, column); }
  [[nodiscard]] std::string text(int column) {
    const auto* const bytes = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
  }

 private:
  [[noreturn]] void fail() {
    const std::string words = words_of(sqlite3_errcode(db_), db_);
    sqlite3_finalize(std::exchange(statement_, nullptr));
    throw std::runtime_error(words);
  }

  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
  bool constraint_ = false;
};

Devices::Devices(const std::string& file) {
  const auto refuse = [&](const std::string& words) {
    sqlite3_close(std::exchange(db_, nullptr));
    throw port::UserError("--db " + file + ": " + words);
  };
  try {
    open(file);
    check_schema();
    if (!file.empty()) keep_private(file);
  } catch (const port::UserError& error) {
    refuse(error.what());
  } catch (const std::runtime_error& error) {
    refuse(error.what());
  }
}

Devices::~Devices() { sqlite3_close(db_); }

void Devices::open(const std::string& file) {
  // SQLite would make it readable for all.
  if (!file.empty()) {
    const port::UniqueFd made(::open(file.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  }
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(file.empty() ? ":memory:" : file.c_str(), &db_, flags, nullptr) !=
      SQLITE_OK) {
    throw port::UserError(words_of(sqlite3_errcode(db_), db_));
  }
}

void Devices::check_schema() {
  const std::int64_t application = number("PRAGMA application_id");
  const std::int64_t version = number("PRAGMA user_version");
  if (application == 0 && version == 0 && number("SELECT count(*) FROM sqlite_master") == 0) {
    return execute(kSchema);
  }
  if (application != kApplicationId) throw port::UserError("it is another program's database");
  if (version != 1 && version != kSchemaVersion) {
    throw port::UserError("it has version " + std::to_string(version) +
                          " of the tables, and this program knows version " +
                          std::to_string(kSchemaVersion));
  }
  Statement check(db_, "PRAGMA quick_check(1)");
  if (!check.step() || check.text(0) != "ok") {
    throw port::UserError(words_of(SQLITE_CORRUPT, db_));
  }
  if (version == 1) execute(kFromVersion1);
  Statement(db_, select("LIMIT 1").c_str()).step();
}

void Devices::execute(const char* sql) const {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(words_of(sqlite3_errcode(db_), db_));
  }
}

std::int64_t Devices::number(const char* sql) const {
  Statement statement(db_, sql);
  return statement.step() ? statement.number(0) : 0;
}

Devices::Created Devices::create(Device& device) {
  if (number("SELECT count(*) FROM devices") >= static_cast<std::int64_t>(kMaxDevices)) {
    return Created::full;
  }
  Statement insert(
      db_, "INSERT INTO devices(imei, imsi, title, description, psk) VALUES(?, ?, ?, ?, ?)");
  insert.bind(device.imei).bind(device.imsi).bind(device.title).bind(device.desc);
  insert.bind(device.psk).step();
  if (insert.constraint()) return Created::exists;
  device.id = sqlite3_last_insert_rowid(db_);
  return Created::done;
}

std::optional<Device> Devices::device_of(Statement& statement) {
  if (!statement.step()) return std::nullopt;
  return Device{.id = statement.number(0),
                .imei = statement.text(1),
                .imsi = statement.text(2),
                .title = statement.text(3),
                .desc = statement.text(4),
                .psk = statement.text(5)};
}

std::optional<Device> Devices::find(std::int64_t id) const {
  Statement statement(db_, select("WHERE id = ?").c_str());
  return device_of(statement.bind(id));
}

std::optional<Device> Devices::find_imei(std::string_view imei) const {
  Statement statement(db_, select("WHERE imei = ?").c_str());
  return device_of(statement.bind(imei));
}

bool Devices::remove(std::int64_t id) {
  Statement(db_, "DELETE FROM devices WHERE id = ?").bind(id).step();
  return sqlite3_changes(db_) > 0;
}

}  // namespace m531x::onenet
