// UpdateStreamMode: whether the stream's shards are limited. It keeps the shards that it has.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html

#include "kinesis/stream_description.h"

namespace millrace::kinesis {

void update_stream_mode(const Call& call, Writer&) {
  const auto mode = stream_mode(call.in);
  call.in.refuse("WarmThroughputMiBps");
  const auto stream = call.service.find(call.caller, broker::Operation::alter_configs, call.in);
  if (!mode) {
    throw Refusal(
        Fault::validation,
        "1 validation error detected: Value null at 'streamModeDetails' failed to satisfy "
        "constraint: Member must not be null");
  }
  StreamNotes notes = call.service.notes_of(*stream);
  notes.mode = *mode;
  call.service.replace_notes(*stream, std::move(notes));
}

}  // namespace millrace::kinesis
