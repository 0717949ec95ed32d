#include "exec/layers.h"

#include <doctest/doctest.h>

#include <cstring>

#include "io/simulated_files.h"
#include "state/table_store.h"

namespace millrace::exec {

namespace {

// A slot without anything in it.
class Nothing final : public state::SlotKind {
 public:
  std::string describe() const override { return "nothing"; }
  size_t size() const override { return 0; }
  void init(char*) const override {}
  void save(const char*, ByteWriter&) const override {}
  void load(char*, ByteReader&) const override {}
  void destroy(char*) const override {}
};

// Groups by a number, and the layers of the epochs in which they came.
class Groups {
 public:
  // An epoch in which these change, or come.
  void change(int64_t from, int64_t end) {
    const Epoch epoch{++epochs_};
    for (int64_t number = from; number < end; ++number) {
      char key[2 * sizeof(int64_t)] = {};  // no NULL, and the number
      std::memcpy(key + sizeof(int64_t), &number, sizeof(number));
      table_.upsert(key, table_.layout().hash(key));
    }
    for (int turn = 0; turn < 8; ++turn) {
      layers_.after_turn(store_, epoch);
    }
    layers_.finish(store_, epoch);
    layers_.take_finished();
    layers_.remove_others();
  }
  size_t layers() { return files_.list("state").size(); }
  uint64_t on_disk() {
    uint64_t bytes = 0;
    for (const std::string& name : files_.list("state")) {
      bytes += files_.open(io::join("state", name), io::OpenMode::read)->size();
    }
    return bytes;
  }
  uint64_t whole() const {
    ByteWriter out;
    table_.save(out);
    return out.size();
  }

 private:
  static io::SimulatedFiles& made(io::SimulatedFiles& files) {
    files.make_directories("state");
    return files;
  }

  io::SimulatedFiles files_{1};
  Layers layers_{"state", &made(files_), {.large = 0, .slack = 0}, {}};
  state::TableStore store_;
  state::KeyedTable& table_ =
      store_.keyed_table("groups", {Type::of(TypeKind::bigint)}, std::make_shared<Nothing>());
  int64_t epochs_ = 0;
};

}  // namespace

TEST_CASE("state that only grows is written once") {
  Groups groups;
  constexpr int64_t kEach = 2000;
  for (int64_t epoch = 0; epoch < 40; ++epoch) {
    groups.change(epoch * kEach, (epoch + 1) * kEach);
  }
  CHECK(groups.layers() == 40);
  CHECK(groups.on_disk() < groups.whole() * 11 / 10);
}

TEST_CASE("state that changes is written again, so that layers stay about what there is") {
  Groups groups;
  for (int64_t epoch = 0; epoch < 40; ++epoch) {
    groups.change(0, 2000);
  }
  CHECK(groups.layers() < 10);
  CHECK(groups.on_disk() < groups.whole() * 5);
}

}  // namespace millrace::exec
