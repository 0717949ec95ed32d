// What readers are given while the log changes under them.

#include <doctest/doctest.h>

#include <functional>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "io/simulated_files.h"
#include "kafka/records.h"
#include "topic/partition.h"

namespace millrace::topic {

namespace {

// A disk of which one read takes so long that something else happens meanwhile.
class SlowFiles final : public io::Files {
 public:
  explicit SlowFiles(io::Files* files) : files_(files) {}

  void during_next_read(std::function<void()> happens) { happens_ = std::move(happens); }

  std::unique_ptr<io::File> open(const std::string& path, io::OpenMode mode) override {
    return std::make_unique<SlowFile>(files_->open(path, mode), &happens_);
  }
  bool put_if_absent(const std::string& path, std::string_view bytes) override {
    return files_->put_if_absent(path, bytes);
  }
  void replace(const std::string& path, std::string_view bytes) override {
    files_->replace(path, bytes);
  }
  void replace_secret(const std::string& path, std::string_view bytes) override {
    files_->replace_secret(path, bytes);
  }
  void rename(const std::string& from, const std::string& to) override { files_->rename(from, to); }
  void remove(const std::string& path) override { files_->remove(path); }
  void remove_tree(const std::string& path) override { files_->remove_tree(path); }
  bool exists(const std::string& path) override { return files_->exists(path); }
  bool is_directory(const std::string& path) override { return files_->is_directory(path); }
  void make_directories(const std::string& path) override { files_->make_directories(path); }
  void sync_directory(const std::string& path) override { files_->sync_directory(path); }
  std::vector<std::string> list(const std::string& path) override { return files_->list(path); }

 private:
  class SlowFile final : public io::File {
   public:
    SlowFile(std::unique_ptr<io::File> file, std::function<void()>* happens)
        : file_(std::move(file)), happens_(happens) {}
    void append(std::string_view bytes) override { file_->append(bytes); }
    size_t read(uint64_t offset, char* to, size_t size) const override {
      const size_t got = file_->read(offset, to, size);
      if (const auto happens = std::exchange(*happens_, nullptr)) {
        happens();
      }
      return got;
    }
    uint64_t size() const override { return file_->size(); }
    void truncate(uint64_t size) override { file_->truncate(size); }
    void sync() override { file_->sync(); }

   private:
    std::unique_ptr<io::File> file_;
    std::function<void()>* happens_;
  };

  io::Files* files_;
  std::function<void()> happens_;
};

}  // namespace

TEST_CASE("aborted records are known as such though compaction takes them while they are read") {
  ManualClock clock{Timestamp{1'700'000'000'000}};
  io::SimulatedFiles disk{1};
  disk.make_directories("data");
  SlowFiles files{&disk};
  Random random{1};
  Log log{&clock, LogLevel::off, [](const LogEntry&) {}};
  Metrics metrics;
  Partition partition({&clock, &random, &files, &log, &metrics},
                      std::make_shared<OpenFiles>(&files, 1), "data", "orders-0",
                      options_of({{"segment.bytes", "1"}, {"cleanup.policy", "compact"}}));
  const auto send = [&](std::string_view key, const kafka::BatchBuilder::Producer& producer) {
    kafka::BatchBuilder batch;
    batch.add(clock.now(), key, "value");
    REQUIRE(partition.append(batch.finish(producer)).error_code == kafka::ErrorCode::none);
  };
  send("a", {.id = 1, .epoch = 0, .base_sequence = 0, .attributes = kafka::kTransactionalBit});
  partition.append(kafka::EndMarker{1, 0, 0, kafka::TransactionResult::abort});
  send("b", {});

  files.during_next_read([&] { partition.clean(clock.now()); });
  const auto read = partition.read_committed(Offset(0), 1000);
  REQUIRE(read.ok());
  const auto batch = kafka::BatchView::front_of(read->batches.view());
  REQUIRE(batch.has_value());
  REQUIRE(batch->base_offset() == Offset(0));
  CHECK(is_aborted(*batch, read->aborted));
  // The next one finds nothing but what was committed.
  const auto next = partition.read_committed(Offset(0), 1000);
  CHECK(kafka::BatchView::front_of(next->batches.view())->base_offset() == Offset(2));
}

}  // namespace millrace::topic
