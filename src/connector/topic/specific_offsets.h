#pragma once

// 'partition:0,offset:42;partition:1,offset:300': the value of 'scan.startup.specific-offsets' and
// of 'scan.bounded.specific-offsets'.

#include <cstdint>
#include <map>
#include <string>

namespace millrace::catalog {
struct Table;
}

namespace millrace::connector {

using SpecificOffsets = std::map<int32_t, int64_t>;  // by partition

// Throws Error at the option's position where it is something else, and where it is missing though
// the option `mode` asks for it.
SpecificOffsets specific_offsets(const catalog::Table& table, const std::string& key,
                                 const std::string& mode);

}  // namespace millrace::connector
