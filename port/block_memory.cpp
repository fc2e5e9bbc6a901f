// SPDX-License-Identifier: Apache-2.0
#include "port/block_memory.h"

#include <sys/mman.h>

#include <cerrno>

#include "port/user_error.h"

namespace m531x::port {

BlockMemory::BlockMemory(std::size_t byte_count, std::size_t line_bytes) {
  const std::size_t count = byte_count / sizeof(Block);
  const std::size_t size = count * sizeof(Block) + line_bytes;
  void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    throw UserError("pool.bytes: cannot reserve " + std::to_string(byte_count) +
                    " bytes: " + words_of(errno));
  }
  // What a host typed may be a password: it does not belong in a core file.
  ::madvise(memory, size, MADV_DONTDUMP);
  blocks_ = {static_cast<Block*>(memory), count};
  scratch_ = {static_cast<char*>(memory) + blocks_.size_bytes(), line_bytes};
}

BlockMemory::~BlockMemory() {
  ::munmap(blocks_.data(), blocks_.size_bytes() + scratch_.size_bytes());
}

}  // namespace m531x::port
