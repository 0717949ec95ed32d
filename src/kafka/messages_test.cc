// The generated codecs, by a few messages that have everything in them.

#include <doctest/doctest.h>

#include "base/error.h"
#include "kafka/header.h"
#include "kafka/messages/api_versions.h"
#include "kafka/messages/fetch.h"
#include "kafka/messages/join_group.h"
#include "kafka/messages/metadata.h"
#include "kafka/messages/offset_fetch.h"
#include "kafka/wire.h"

namespace millrace::kafka {

namespace {

template <typename Message>
std::string encoded(const Message& message, int16_t version) {
  Writer out;
  message.encode(out, version);
  return out.take();
}

template <typename Message>
Message decoded(const std::string& bytes, int16_t version) {
  Reader in(SharedBytes::copy_of(bytes));
  Message message = Message::decode(in, version);
  CHECK(in.empty());
  return message;
}

// Encodes, decodes and encodes again in every version: the same bytes; and no beginning of them is
// taken for the whole.
template <typename Message>
void check_all_versions(const Message& message) {
  for (int16_t version = Message::kMinVersion; version <= Message::kMaxVersion; ++version) {
    CAPTURE(version);
    const std::string bytes = encoded(message, version);
    CHECK(encoded(decoded<Message>(bytes, version), version) == bytes);
    for (size_t size = 0; size < bytes.size(); ++size) {
      Reader in(SharedBytes::copy_of(std::string_view(bytes).substr(0, size)));
      CHECK_THROWS_AS(Message::decode(in, version), Error);
    }
  }
}

}  // namespace

TEST_CASE("messages survive encoding in every version, and cut ones are refused") {
  MetadataResponse metadata;
  metadata.brokers = {{1, "localhost", 9092, std::nullopt}, {2, "other", 9093, "rack"}};
  metadata.cluster_id = "cluster";
  auto& topic = metadata.topics.emplace_back();
  topic.name = "orders";
  topic.topic_id.bytes[3] = 7;
  topic.partitions.push_back({ErrorCode::none, 0, 1, 0, {1}, {1, 2}, {}});
  check_all_versions(metadata);

  FetchResponse fetch;
  auto& partition =
      fetch.topics.emplace_back(FetchResponse::Topic{"orders", {}, {}}).partitions.emplace_back();
  partition.records = SharedBytes::copy_of("batches");
  partition.aborted_transactions = {{1, 2}};
  check_all_versions(fetch);

  JoinGroupRequest join;
  join.group_id = "g";
  join.group_instance_id = "i";
  join.protocols = {{"range", std::string("\0\1binary", 8)}};
  check_all_versions(join);

  OffsetFetchRequest offsets;
  offsets.group_id = "g";
  offsets.topics = {{"orders", {0, 1}}};
  offsets.groups = {{"g", std::nullopt, -1, std::nullopt}};
  check_all_versions(offsets);
}

TEST_CASE("bytes are those of the specification") {
  // A request header of version 2 and ApiVersions of version 3, as a client sends them.
  const std::string bytes(
      "\0\x12\0\x03\0\0\0\x2A\0\2me\0"
      "\4lib\3"
      "10\0",
      21);
  Reader in(SharedBytes::copy_of(bytes));
  const RequestHeader header = RequestHeader::decode(in);
  CHECK(header.api_key == ApiKey::api_versions);
  CHECK(header.correlation_id == 42);
  CHECK(header.client_id == "me");
  const auto request = ApiVersionsRequest::decode(in, header.api_version);
  CHECK(request.client_software_name == "lib");
  CHECK(request.client_software_version == "10");
  CHECK(in.empty());

  ApiVersionsResponse response;
  response.api_keys = {{0, 3, 11}};
  Writer out;
  encode_response_header(header, out);  // version 0: no tags, though the body has them
  response.encode(out, header.api_version);
  CHECK(out.take() == std::string("\0\0\0\x2A"
                                  "\0\0"
                                  "\2"
                                  "\0\0\0\3\0\x0B\0"
                                  "\0\0\0\0"
                                  "\0",
                                  19));
}

TEST_CASE("unknown tagged fields are passed over, known ones are read") {
  FetchRequest fetch;
  fetch.cluster_id = "c";
  std::string bytes = encoded(fetch, 12);
  CHECK(decoded<FetchRequest>(bytes, 12).cluster_id == "c");
  REQUIRE(bytes.substr(bytes.size() - 5) == std::string("\1\0\2\2c", 5));
  bytes.replace(bytes.size() - 5, 1, "\2");
  bytes += std::string("\x63\3abc", 5);
  CHECK(decoded<FetchRequest>(bytes, 12).cluster_id == "c");
}

TEST_CASE("an array cannot claim more elements than there are bytes") {
  Reader in(SharedBytes::copy_of(std::string("\x7F\xFF\xFF\xFF", 4)));
  CHECK_THROWS_AS(MetadataRequest::decode(in, 1), Error);
}

TEST_CASE("a string is no longer than every version can say, in and out") {
  for (const size_t size : {size_t{INT16_MAX}, size_t{INT16_MAX} + 1}) {
    CAPTURE(size);
    const bool fits = size <= INT16_MAX;
    NetworkWriter compact;
    compact.write_varint(size + 1);
    compact.write_bytes(std::string(size, 'x'));
    Reader in(SharedBytes::copy_of(compact.bytes()));
    Writer out;
    if (fits) {
      CHECK(in.read_string(true).size() == size);
      CHECK_NOTHROW(out.write_string(std::string(size, 'x'), true));
    } else {
      CHECK_THROWS_AS(in.read_string(true), Error);
      CHECK_THROWS_AS(out.write_string(std::string(size, 'x'), true), Error);
    }
  }
}

}  // namespace millrace::kafka
