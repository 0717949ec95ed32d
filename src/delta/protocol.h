#pragma once

// Which tables we may touch. A table says by its protocol what a reader or writer must understand;
// one that asks for more than we know is refused by the name of what it asks for.
// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#valid-feature-names-in-table-features

#include "column/type.h"
#include "delta/actions.h"

namespace millrace::delta {

// The least protocol that a new table of this schema needs.
Protocol protocol_for(const Schema& schema);

// Throw Error(unsupported).
void check_readable(const Protocol& protocol, const Metadata& metadata);
void check_writable(const Protocol& protocol, const Metadata& metadata);

}  // namespace millrace::delta
