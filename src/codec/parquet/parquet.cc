#include "codec/parquet/parquet.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>

#include "base/error.h"
#include "codec/duckdb/database.h"

namespace millrace::codec {

namespace {

// A file without a name in memory, which DuckDB opens by path.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("parquet", MFD_CLOEXEC)) {
    if (descriptor_ < 0) {
      fail("make a file in memory");
    }
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0) {
        fail("write to a file in memory");
      }
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }
  std::string read() const {
    const off_t size = ::lseek(descriptor_, 0, SEEK_END);
    std::string bytes(static_cast<size_t>(size), '\0');
    size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t got =
          ::pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
      if (got <= 0) {
        fail("read a file in memory");
      }
      done += static_cast<size_t>(got);
    }
    return bytes;
  }

 private:
  [[noreturn]] static void fail(std::string_view attempt) {
    throw Error(ErrorCode::io, "cannot " + std::string(attempt) + ": " + std::strerror(errno));
  }

  int descriptor_;
};

// What one thread's calls leave behind for later ones.
constexpr size_t kMostIdle = 4;

}  // namespace

// One thread, so that DuckDB works on the caller's and the bytes depend on the rows alone.
struct Parquet::Engine {
  Engine()
      : database({{"threads", "1"}, {"autoinstall_known_extensions", "false"}}),
        connection(database) {
    connection.expose("rows", &schema, &batches);
  }

  DuckDatabase database;
  DuckConnection connection;
  // What `rows()` reads during encode_query().
  Schema schema;
  std::span<const Batch> batches;
};

// An engine for one call, which nobody else has meanwhile. One whose call failed is not used again.
class Parquet::Borrowed {
 public:
  explicit Borrowed(Parquet& owner) : owner_(owner) {
    const std::lock_guard lock(owner.mutex_);
    if (!owner.idle_.empty()) {
      engine_ = std::move(owner.idle_.back());
      owner.idle_.pop_back();
    }
  }
  ~Borrowed() {
    const std::lock_guard lock(owner_.mutex_);
    if (engine_ != nullptr && std::uncaught_exceptions() == exceptions_ &&
        owner_.idle_.size() < kMostIdle) {
      engine_->batches = {};
      owner_.idle_.push_back(std::move(engine_));
    }
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  Engine* operator->() {
    if (engine_ == nullptr) {
      engine_ = std::make_unique<Engine>();
    }
    return engine_.get();
  }

 private:
  Parquet& owner_;
  std::unique_ptr<Engine> engine_;
  int exceptions_ = std::uncaught_exceptions();
};

Parquet::Parquet() = default;
Parquet::~Parquet() = default;

std::string Parquet::encode(const Schema& schema, std::span<const Batch> batches) {
  return encode_query(schema, batches, "FROM rows()");
}

std::string Parquet::encode_query(const Schema& schema, std::span<const Batch> batches,
                                  const std::string& sql) {
  const MemoryFile file;
  Borrowed engine(*this);
  engine->schema = schema;
  engine->batches = batches;
  // No temporary name beside the file: it has no directory.
  engine->connection.run("COPY (" + sql + ") TO '" + file.path() +
                         "' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)");
  return file.read();
}

std::vector<Batch> Parquet::decode(std::string_view bytes) { return query(bytes, "FROM file"); }

std::vector<Batch> Parquet::query(std::string_view bytes, const std::string& sql) {
  MemoryFile file;
  file.write(bytes);
  Borrowed engine(*this);
  DuckResult result =
      engine->connection.run("WITH file AS (FROM read_parquet('" + file.path() + "')) " + sql);
  std::vector<Batch> batches;
  while (std::optional<Batch> batch = result.next()) {
    batches.push_back(std::move(*batch));
  }
  return batches;
}

}  // namespace millrace::codec
