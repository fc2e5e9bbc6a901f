// SPDX-License-Identifier: Apache-2.0
#include "port/wiping_heap.h"

#include <malloc.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

namespace {

void release(void* memory) {
  if (memory == nullptr) return;
  ::explicit_bzero(memory, ::malloc_usable_size(memory));
  std::free(memory);
}

void* take(std::size_t size, const char*, int) { return size == 0 ? nullptr : std::malloc(size); }

void* resize(void* memory, std::size_t size, const char*, int) {
  const std::size_t held = memory == nullptr ? 0 : ::malloc_usable_size(memory);
  if (size > 0 && size <= held) return memory;
  void* const other = size == 0 ? nullptr : std::malloc(size);
  if (size > 0 && other == nullptr) return nullptr;
  if (held > 0 && size > 0) std::memcpy(other, memory, held);
  release(memory);
  return other;
}

void give(void* memory, const char*, int) { release(memory); }

}  // namespace

// All others of the standard library's, but those for a greater alignment, end in these; a
// sanitizer's do not, so each that is freed by one of them is here, too.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  void* const memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }

namespace m531x::port {

void wipe_what_is_freed() {
  if (CRYPTO_set_mem_functions(take, resize, give) != 1) {
    throw std::logic_error("OpenSSL has memory already");
  }
}

}  // namespace m531x::port
