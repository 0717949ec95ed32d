// ListStreams: the streams that who asks may see, in the order of their names.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html

#include "kinesis/stream_description.h"
#include "kinesis/tokens.h"

namespace millrace::kinesis {

namespace {

const TextRule kTokenRule{.least = 1, .most = 1'048'576};

std::string token_content(const Call& call, const std::string& text) {
  const auto token = parse_stream_list_token(text);
  if (!token) {
    throw Refusal(Fault::invalid_argument, "The NextToken is invalid.");
  }
  if (call.service.now() - token->made > kTokenLife) {
    throw Refusal(Fault::expired_next_token, "The NextToken is older than 300 seconds.");
  }
  return token->behind;
}

std::vector<std::shared_ptr<const topic::Topic>> streams_behind(const Call& call,
                                                                const std::string& name) {
  auto all = call.service.topics().list();
  std::erase_if(all, [&](const auto& stream) {
    return stream->name <= name || !is_stream(stream->name) ||
           !call.caller.access.may(broker::Operation::describe, broker::ResourceType::topic,
                                   stream->name);
  });
  return all;
}

void write_summary(const Call& call, const topic::Topic& stream, Writer& out) {
  const StreamNotes& notes = call.service.notes_of(stream);
  out.begin_object();
  out.text("StreamName", stream.name);
  out.text("StreamARN", arn_of(call.caller, stream.name));
  out.text("StreamStatus", "ACTIVE");
  write_mode(notes.mode, out);
  out.time("StreamCreationTimestamp", notes.made);
  out.end_object();
}

}  // namespace

void list_streams(const Call& call, Writer& out) {
  const auto limit = static_cast<size_t>(call.in.number("Limit", 1, 10'000).value_or(100));
  const auto behind = call.in.text("ExclusiveStartStreamName", kNameRule);
  const auto token = call.in.text("NextToken", kTokenRule);
  call.in.check();
  auto streams = streams_behind(call, token ? token_content(call, *token) : behind.value_or(""));
  const bool has_more = streams.size() > limit;
  streams.resize(std::min(streams.size(), limit));

  out.begin_object();
  out.name("StreamNames");
  out.begin_list();
  for (const auto& stream : streams) {
    out.text(stream->name);
  }
  out.end_list();
  out.flag("HasMoreStreams", has_more);
  if (has_more) {
    out.text("NextToken", to_text(StreamListToken{streams.back()->name, call.service.now()}));
  }
  out.name("StreamSummaries");
  out.begin_list();
  for (const auto& stream : streams) {
    write_summary(call, *stream, out);
  }
  out.end_list();
  out.end_object();
}

}  // namespace millrace::kinesis
