#pragma once

// Batches made of rows of a batch, for operators that send a row several times or not at all.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "column/batch.h"
#include "exec/operator.h"

namespace millrace::exec {

// The rows in this order, some perhaps several times, each as it is: kinds and origins follow,
// marks do not.
Batch chosen_rows(const Batch& batch, std::span<const uint32_t> rows);

// The marks of a batch among rows that were made of its rows: row i of `made_of` (ascending) is the
// row that row i of the new batch was made of. A mark stands before all that came after it.
std::vector<Mark> moved_marks(std::span<const Mark> marks, std::span<const uint32_t> made_of);

// For a batch that became longer: sends what `make` gives for rows [from, from + size) of
// `made_of`, at most a batch's rows at a time, with the batch's marks among them.
void send_in_batches(const Batch& batch, std::span<const uint32_t> made_of,
                     const std::function<Batch(size_t from, size_t size)>& make, Output& out);

}  // namespace millrace::exec
