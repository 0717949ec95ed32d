#include "query/pgwire/messages.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace millrace::query::pgwire {

namespace {

std::string frame(char type, const std::string& payload) {
  std::string out;
  append_message(type, payload, out);
  return out;
}

std::string startup_frame(const std::string& payload) { return frame('?', payload).substr(1); }

}  // namespace

TEST_CASE("messages are cut from bytes however they arrive") {
  using std::string_literals::operator""s;
  const std::string bytes =
      frame('Q', "SELECT 1\0"s) + frame('P', "s\0SELECT $1\0\0\1\0\0\0\x17"s) + frame('S', "");
  for (const size_t step : {size_t{1}, size_t{3}, bytes.size()}) {
    MessageReader reader;
    std::vector<Message> messages;
    for (size_t i = 0; i < bytes.size(); i += step) {
      reader.append(std::string_view(bytes).substr(i, step));
      while (std::optional<Message> message = reader.next()) {
        messages.push_back(std::move(*message));
      }
    }
    REQUIRE(messages.size() == 3);
    CHECK(std::get<Query>(messages[0]).sql == "SELECT 1");
    CHECK(std::get<Parse>(messages[1]).parameter_oids == std::vector<uint32_t>{23});
    CHECK(std::holds_alternative<Sync>(messages[2]));
    CHECK(reader.buffered() == 0);
  }
}

TEST_CASE("Bind tells NULL from the empty value") {
  using std::string_literals::operator""s;
  MessageReader reader;
  reader.append(frame('B', "p\0s\0\0\0\0\2\xFF\xFF\xFF\xFF\0\0\0\0\0\1\0\1"s));
  const Bind bind = std::get<Bind>(*reader.next());
  CHECK(bind.portal == "p");
  CHECK(bind.statement == "s");
  REQUIRE(bind.parameters.size() == 2);
  CHECK_FALSE(bind.parameters[0]);
  CHECK(bind.parameters[1] == "");
  CHECK(bind.result_formats == std::vector<int16_t>{1});
}

TEST_CASE("start-up messages") {
  using std::string_literals::operator""s;
  MessageReader reader;
  reader.append(startup_frame("\x04\xD2\x16\x2F"s));
  reader.append(startup_frame("\0\3\0\0user\0ann\0database\0lake\0\0"s));
  CHECK(std::holds_alternative<SslRequest>(*reader.next_startup()));
  const Startup startup = std::get<Startup>(*reader.next_startup());
  CHECK(startup.parameters.at("user") == "ann");
  CHECK(startup.parameters.at("database") == "lake");
  CHECK_FALSE(reader.next_startup());
}

TEST_CASE("bytes that are no messages are refused") {
  using std::string_literals::operator""s;
  for (const std::string& bytes :
       {"Q\0\0\0\3"s, "Q\x7F\xFF\xFF\xFF"s, frame('Q', "no end"), frame('?', ""),
        frame('B', "p\0s\0\0\0\0\1\0\0\0\x09x"s), frame('B', "p\0s\0\0\1\0\2"s),
        frame('D', "Xname\0"s), frame('P', "s\0q\0\xFF\xFF"s)}) {
    MessageReader reader;
    reader.append(bytes);
    CHECK_THROWS_AS(reader.next(), Error);
  }
  MessageReader reader;
  reader.append(startup_frame("\0\2\0\0"s));
  CHECK_THROWS_AS(reader.next_startup(), Error);
}

}  // namespace millrace::query::pgwire
