#include "kinesis/cbor.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "kinesis/writer.h"

namespace millrace::kinesis {

static std::string dumped(std::string_view bytes) { return parse_cbor(bytes).dump(); }

// Of RFC 8949, appendix A.
TEST_CASE("CBOR is read as its specification shows it") {
  using namespace std::string_view_literals;
  CHECK(dumped("\x00"sv) == "0");
  CHECK(dumped("\x18\x64"sv) == "100");
  CHECK(dumped("\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00"sv) == "1000000000000");
  CHECK(dumped("\x39\x03\xe7"sv) == "-1000");
  CHECK(dumped("\xf9\x3e\x00"sv) == "1.5");
  CHECK(dumped("\xfa\x47\xc3\x50\x00"sv) == "1e+05");
  CHECK(dumped("\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a"sv) == "1.1");
  CHECK(dumped("\xf9\x00\x01"sv) == "5.960464477539063e-08");
  CHECK(dumped("\xf5"sv) == "true");
  CHECK(dumped("\xf6"sv) == "null");
  CHECK(dumped("\xc1\x1a\x51\x4b\x67\xb0"sv) == "1363896240");
  CHECK(dumped("\x44\x01\x02\x03\x04"sv) == "\"\\u0001\\u0002\\u0003\\u0004\"");
  CHECK(parse_cbor("\x62\xc3\xbc"sv).as_string() == "\xc3\xbc");
  CHECK(dumped("\x83\x01\x82\x02\x03\x82\x04\x05"sv) == "[1,[2,3],[4,5]]");
  CHECK(dumped("\xa2\x61\x61\x01\x61\x62\x82\x02\x03"sv) == R"({"a":1,"b":[2,3]})");
  CHECK(dumped("\x7f\x65strea\x64ming\xff"sv) == "\"streaming\"");
  CHECK(dumped("\x9f\x01\x82\x02\x03\x9f\x04\x05\xff\xff"sv) == "[1,[2,3],[4,5]]");
  CHECK(dumped("\xbf\x63"
               "Fun\xf5\x63"
               "Amt\x21\xff"sv) == R"({"Fun":true,"Amt":-2})");
}

TEST_CASE("CBOR that is none is refused") {
  using namespace std::string_view_literals;
  for (const std::string_view bad :
       {""sv, "\x18"sv,
        "\x62"
        "a"sv,
        "\x62\xc3\x28"sv, "\x1c"sv, "\x9b\xff\xff\xff\xff\xff\xff\xff\xff"sv,
        "\x5b\xff\xff\xff\xff\xff\xff\xff\xff"sv, "\xa1\x01\x02"sv, "\x00\x00"sv, "\xff"sv,
        "\x9f\x01"sv, "\x7f\x41\x61\xff"sv, "\xf8\x20"sv}) {
    CHECK_THROWS_AS(static_cast<void>(parse_cbor(bad)), Error);
  }
  CHECK_THROWS_AS(static_cast<void>(parse_cbor(std::string(1'000'000, '\x81'))), Error);
  CHECK_THROWS_AS(static_cast<void>(parse_cbor(std::string(1'000'000, '\xc1'))), Error);
}

TEST_CASE("an answer says the same in both encodings") {
  const auto write = [](Encoding encoding) {
    Writer out(encoding);
    out.begin_object();
    out.text("Text", "a\"\xFF\xC3\xBC");
    out.name("List");
    out.begin_list();
    out.number(-1000);
    out.number(70'000);
    out.begin_object();
    out.end_object();
    out.flag(true);
    out.end_list();
    out.time("Time", {1'700'000'000'042});
    out.blob("Data", "\x01\x02");
    out.end_object();
    return out.take();
  };
  const std::string start =
      "{\"Text\":\"a\\\"\xEF\xBF\xBD\xC3\xBC\",\"List\":[-1000,70000,{},true],\"Time\":";
  CHECK(write(Encoding::json) == start + "1700000000.042,\"Data\":\"AQI=\"}");
  CHECK(parse_cbor(write(Encoding::cbor)).dump() ==
        start + "1700000000042,\"Data\":\"\\u0001\\u0002\"}");
}

}  // namespace millrace::kinesis
