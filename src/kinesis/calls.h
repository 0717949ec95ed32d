#pragma once

// The calls of the API. calls.cc is their table; each file of calls/ is one call, or the two or
// three that say the same of two kinds of name.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Operations.html

#include <memory>
#include <span>
#include <string_view>

#include "kinesis/parameters.h"
#include "kinesis/reply.h"
#include "kinesis/service.h"

namespace millrace::kinesis {

struct Call {
  Service& service;
  const Caller& caller;
  const Parameters& in;
};

struct CallDescription {
  std::string_view name;
  void (*serve)(const Call& call, const std::shared_ptr<Reply>& reply);
  std::string_view why_not = "";  // it is AWS's and not offered here
};

std::span<const CallDescription> all_calls();
const CallDescription* find_call(std::string_view name);  // nullptr where AWS has none either

// These write their answer, if it has any, or throw Refusal.
void add_tags_to_stream(const Call& call, Writer& out);
void create_stream(const Call& call, Writer& out);
void decrease_stream_retention_period(const Call& call, Writer& out);
void delete_stream(const Call& call, Writer& out);
void describe_limits(const Call& call, Writer& out);
void describe_stream(const Call& call, Writer& out);
void describe_stream_summary(const Call& call, Writer& out);
void get_records(const Call& call, Writer& out);
void get_shard_iterator(const Call& call, Writer& out);
void increase_stream_retention_period(const Call& call, Writer& out);
void list_shards(const Call& call, Writer& out);
void list_stream_consumers(const Call& call, Writer& out);
void list_streams(const Call& call, Writer& out);
void list_tags_for_resource(const Call& call, Writer& out);
void list_tags_for_stream(const Call& call, Writer& out);
void remove_tags_from_stream(const Call& call, Writer& out);
void tag_resource(const Call& call, Writer& out);
void untag_resource(const Call& call, Writer& out);
void update_max_record_size(const Call& call, Writer& out);
void update_stream_mode(const Call& call, Writer& out);
// These answer when what they wrote is durable.
void put_record(const Call& call, const std::shared_ptr<Reply>& reply);
void put_records(const Call& call, const std::shared_ptr<Reply>& reply);

}  // namespace millrace::kinesis
