// UpdateMaxRecordSize: how large a record may be.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html

#include "kinesis/stream_description.h"

namespace millrace::kinesis {

void update_max_record_size(const Call& call, Writer&) {
  const int64_t kib = call.in.required_number("MaxRecordSizeInKiB", 1024, 10'240);
  const auto stream = call.service.find(call.caller, broker::Operation::alter_configs, call.in);
  change_setting(call, *stream, "max.message.bytes", batch_bytes_setting(kib));
  StreamNotes notes = call.service.notes_of(*stream);
  notes.most_record_kib = kib;
  call.service.replace_notes(*stream, std::move(notes));
}

}  // namespace millrace::kinesis
