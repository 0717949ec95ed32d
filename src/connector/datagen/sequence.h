#pragma once

#include "connector/datagen/generator.h"

namespace millrace::connector {

// From 'start' to 'end', once. Throws Error at the option that makes no sense.
std::unique_ptr<Generator> make_sequence(const Type& type, const FieldOptions& options);

}  // namespace millrace::connector
