#pragma once

#include "connector/datagen/generator.h"

namespace millrace::connector {

// Rows, whose fields have options by their names; and arrays of 'length' values, whose options are
// those of "element".
std::unique_ptr<Generator> make_nested(const Type& type, const FieldOptions& options);

}  // namespace millrace::connector
