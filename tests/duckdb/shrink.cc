#include <algorithm>
#include <set>

#include "codec/duckdb/database.h"
#include "duckdb/trial.h"

namespace millrace::random_queries {

namespace {

constexpr int kMostTries = 1'500;

class Shrinking {
 public:
  Shrinking(Trial trial, Verdict verdict, codec::DuckConnection& duckdb)
      : trial_(std::move(trial)), verdict_(verdict), duckdb_(duckdb) {}

  Trial run() {
    while (shrink_query() || shrink_rows()) {
    }
    return trial_;
  }

 private:
  bool is_as_bad(const Trial& candidate) {
    return tries_++ < kMostTries && judge(candidate, duckdb_).verdict == verdict_;
  }

  bool accept(Trial candidate) {
    if (!is_as_bad(candidate)) {
      return false;
    }
    trial_ = std::move(candidate);
    return true;
  }

  bool shrink_query() {
    for (Piece& query : smaller(trial_.query)) {
      Trial candidate = trial_;
      candidate.query = std::move(query);
      if (accept(std::move(candidate))) {
        return true;
      }
    }
    return false;
  }

  // All changes of an id go together.
  bool shrink_rows() {
    bool shrank = false;
    for (size_t table = 0; table < trial_.tables.size(); ++table) {
      std::set<Value> ids;
      for (const Change& change : trial_.tables[table].changes) {
        ids.insert(change.values[0]);
      }
      for (const Value& id : ids) {
        Trial candidate = trial_;
        std::erase_if(candidate.tables[table].changes,
                      [&](const Change& change) { return change.values[0] == id; });
        shrank = accept(std::move(candidate)) || shrank;
      }
    }
    return shrank;
  }

  Trial trial_;
  Verdict verdict_;
  codec::DuckConnection& duckdb_;
  int tries_ = 0;
};

}  // namespace

Trial shrunk(Trial trial, Verdict verdict, codec::DuckConnection& duckdb) {
  return Shrinking(std::move(trial), verdict, duckdb).run();
}

}  // namespace millrace::random_queries
