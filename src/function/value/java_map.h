#pragma once

// The order in which a java.util.HashMap gives its entries, by which Flink shows those of a map
// that it made of text. (Where nine keys and more share a place, Java may have another one.)

#include <cstdint>
#include <string_view>
#include <vector>

namespace millrace::function {

// Of a String of Java's, and of the bytes of a string as Flink keeps it.
int32_t hash_of_java_string(std::string_view text);
int32_t hash_of_flink_string(std::string_view text);

// The places of different keys, from these hashes, in a map that was made for so many entries.
std::vector<uint32_t> order_in_java_map(const std::vector<int32_t>& hashes, size_t capacity = 16);

}  // namespace millrace::function
