// Tags of streams: AddTagsToStream, RemoveTagsFromStream and ListTagsForStream, and the same by the
// name of a resource, TagResource, UntagResource and ListTagsForResource.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html

#include "kinesis/stream_description.h"

namespace millrace::kinesis {

namespace {

constexpr size_t kMostTags = 50;  // of a stream
const TextRule kTagKeyRule{.least = 1, .most = 128};

using Stream = std::shared_ptr<const topic::Topic>;

Stream stream_of(const Call& call, broker::Operation operation) {
  return call.service.find(call.caller, operation, call.in);
}

Stream resource_of(const Call& call, broker::Operation operation) {
  const std::string arn = call.in.required_text("ResourceARN", kStreamArnRule);
  call.in.check();
  return call.service.find(call.caller, operation, arn.substr(arn.find('/') + 1));
}

void add(const Call& call, Stream (*find)(const Call&, broker::Operation)) {
  const Tags added = call.in.required_tags("Tags");
  const Stream stream = find(call, broker::Operation::alter);
  StreamNotes notes = call.service.notes_of(*stream);
  for (const auto& [key, value] : added) {
    notes.tags[key] = value;
  }
  if (notes.tags.size() > kMostTags) {
    throw Refusal(Fault::limit_exceeded,
                  "Failed to add tags to stream " + stream->name + " under account " +
                      std::string(kAccount) +
                      " because a given stream cannot have more than 50 tags associated with it.");
  }
  call.service.replace_notes(*stream, std::move(notes));
}

void remove(const Call& call, Stream (*find)(const Call&, broker::Operation)) {
  const auto keys = call.in.required_texts("TagKeys", kMostTags, kTagKeyRule);
  const Stream stream = find(call, broker::Operation::alter);
  StreamNotes notes = call.service.notes_of(*stream);
  for (const std::string& key : keys) {
    notes.tags.erase(key);
  }
  call.service.replace_notes(*stream, std::move(notes));
}

}  // namespace

void add_tags_to_stream(const Call& call, Writer&) { add(call, stream_of); }
void tag_resource(const Call& call, Writer&) { add(call, resource_of); }
void remove_tags_from_stream(const Call& call, Writer&) { remove(call, stream_of); }
void untag_resource(const Call& call, Writer&) { remove(call, resource_of); }

void list_tags_for_stream(const Call& call, Writer& out) {
  const auto after = call.in.text("ExclusiveStartTagKey", kTagKeyRule);
  const auto limit = static_cast<size_t>(call.in.number("Limit", 1, 50).value_or(50));
  const Stream stream = stream_of(call, broker::Operation::describe);
  out.begin_object();
  const bool has_more = write_tags(call.service.notes_of(*stream).tags, after, limit, out);
  out.flag("HasMoreTags", has_more);
  out.end_object();
}

void list_tags_for_resource(const Call& call, Writer& out) {
  const Stream stream = resource_of(call, broker::Operation::describe);
  out.begin_object();
  write_tags(call.service.notes_of(*stream).tags, std::nullopt, SIZE_MAX, out);
  out.end_object();
}

}  // namespace millrace::kinesis
