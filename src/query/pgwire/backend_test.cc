#include "query/pgwire/backend.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/random.h"
#include "io/simulated_files.h"

namespace millrace::query::pgwire {

namespace {

// An engine over an empty lake, and the types of the messages that come back.
class Client {
 public:
  std::string send(const Message& message) {
    std::string out;
    Progress progress = backend_.handle(message, out);
    std::string types = types_of(out);
    while (progress == Progress::more) {
      ++portions_;
      out.clear();
      progress = backend_.resume(out);
      types += types_of(out);
    }
    return types;
  }
  // Field C of the last ErrorResponse, and field P where there is one.
  const std::string& sql_state() const { return sql_state_; }
  const std::string& position() const { return position_; }
  char transaction() const { return transaction_; }
  size_t portions() const { return portions_; }

 private:
  std::string types_of(std::string_view bytes) {
    std::string types;
    while (!bytes.empty()) {
      const auto size = static_cast<size_t>(load<int32_t, Endian::big>(bytes.data() + 1));
      const std::string_view payload = bytes.substr(5, size - 4);
      types += types.ends_with('D') && bytes[0] == 'D' ? "" : bytes.substr(0, 1);
      if (bytes[0] == 'E') {
        sql_state_ = field(payload, 'C');
        position_ = field(payload, 'P');
      } else if (bytes[0] == 'Z') {
        transaction_ = payload[0];
      }
      bytes.remove_prefix(size + 1);
    }
    return types;
  }
  static std::string field(std::string_view payload, char wanted) {
    while (payload.size() > 1) {
      const size_t end = payload.find('\0');
      if (payload[0] == wanted) {
        return std::string(payload.substr(1, end - 1));
      }
      payload.remove_prefix(end + 1);
    }
    return "";
  }

  ManualClock clock_{Timestamp{0}};
  Random random_{1};
  io::SimulatedFiles files_{1};
  io::World world_{&clock_, &random_, &files_, nullptr, nullptr};
  Engine engine_{world_, {.lake_directory = "/lake"}};
  Backend backend_{engine_};
  std::string sql_state_;
  std::string position_;
  char transaction_ = 0;
  size_t portions_ = 0;
};

}  // namespace

TEST_CASE("a simple query runs statement by statement until one fails") {
  Client client;
  CHECK(client.send(Query{"SELECT 1; SELECT 2"}) == "TDCTDCZ");
  CHECK(client.send(Query{"SELECT 1; SELECT é; SELECT 3"}) == "TDCEZ");
  CHECK(client.sql_state() == "42703");
  CHECK(client.position() == "18");
  CHECK(client.send(Query{" -- nothing"}) == "IZ");
  CHECK(client.send(Query{"SELECT 1 WHERE false"}) == "TCZ");
}

TEST_CASE("an error in the extended protocol lasts until Sync") {
  Client client;
  CHECK(client.send(Parse{"s", "SELEC 1", {}}) == "E");
  CHECK(client.sql_state() == "42601");
  CHECK(client.send(Bind{"", "s", {}, {}, {}}).empty());
  CHECK(client.send(Execute{"", 0}).empty());
  CHECK(client.send(Sync{}) == "Z");
  CHECK(client.send(Bind{"", "s", {}, {}, {}}) == "E");
  CHECK(client.sql_state() == "26000");
  CHECK(client.send(Sync{}) == "Z");
}

TEST_CASE("Parse, Describe, Bind, Execute, Close") {
  Client client;
  CHECK(client.send(Parse{"s", "SELECT i FROM range(5) t(i) WHERE i >= $1", {}}) == "1");
  CHECK(client.send(Describe{Target::statement, "s"}) == "tT");
  CHECK(client.send(Bind{"p", "s", {}, {std::string("2")}, {}}) == "2");
  CHECK(client.send(Describe{Target::portal, "p"}) == "T");
  CHECK(client.send(Execute{"p", 2}) == "Ds");
  CHECK(client.send(Execute{"p", 2}) == "DC");
  CHECK(client.send(Close{Target::portal, "p"}) == "3");
  CHECK(client.send(Close{Target::statement, "s"}) == "3");
  CHECK(client.send(Describe{Target::statement, "s"}) == "E");
}

TEST_CASE("a failed transaction ends with ROLLBACK") {
  Client client;
  CHECK(client.send(Query{"BEGIN"}) == "CZ");
  CHECK(client.transaction() == 'T');
  CHECK(client.send(Query{"SELECT nothing"}) == "EZ");
  CHECK(client.transaction() == 'E');
  CHECK(client.send(Query{"SELECT 1"}) == "EZ");
  CHECK(client.sql_state() == "25P02");
  CHECK(client.send(Query{"ROLLBACK"}) == "CZ");
  CHECK(client.transaction() == 'I');
  CHECK(client.send(Query{"SELECT 1"}) == "TDCZ");
}

TEST_CASE("statements about the session are answered") {
  Client client;
  CHECK(client.send(Query{"SET application_name = 'x'; SHOW application_name"}) == "SCTDCZ");
  CHECK(client.send(Query{"UNLISTEN *; CLOSE ALL; RESET ALL; DISCARD ALL; DEALLOCATE ALL"}) ==
        "CCCCCZ");
  CHECK(client.send(Query{"SHOW nothing"}) == "EZ");
  CHECK(client.sql_state() == "42704");
  CHECK(client.send(Query{"INSERT INTO t VALUES (1)"}) == "EZ");
  CHECK(client.sql_state() == "25006");
}

TEST_CASE("a large result comes in portions") {
  Client client;
  CHECK(client.send(Query{"SELECT repeat('x', 1000) FROM range(1000); SELECT 2"}) == "TDDDDCTDCZ");
  CHECK(client.portions() == 3);
}

}  // namespace millrace::query::pgwire
