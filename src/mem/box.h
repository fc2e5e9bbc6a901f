// SPDX-License-Identifier: Apache-2.0
// One object that lives in a pool block: how a modem owns its instances and connections.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

#include "m531x/pool.h"

namespace m531x::mem {

// Owns at most one T. Move-only; the block is wiped and given back with the object. The pool is
// noted in the block, so that an empty box is a pointer.
template <typename T>
class Box {
  struct Owner {
    BlockPool& pool;
  };
  static constexpr std::size_t kPlace =
      (offsetof(Block, data) + alignof(T) - 1) / alignof(T) * alignof(T);
  static constexpr std::size_t kPoolPlace = sizeof(Block) - sizeof(Owner);

 public:
  Box() = default;
  Box(Box&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Box& operator=(Box&& other) noexcept {
    if (this != &other) {
      reset();
      object_ = std::exchange(other.object_, nullptr);
    }
    return *this;
  }
  ~Box() { reset(); }

  // Makes the object in place; false when the pool has no block for it.
  template <typename... Args>
  [[nodiscard]] bool emplace(BlockPool& pool, Args&&... args) {
    reset();
    Block* block = pool.take(Use::storage);
    if (block == nullptr) return false;
    static_assert(alignof(T) <= alignof(Block));
    static_assert(kPlace + sizeof(T) <= kPoolPlace, "an object has to fit in one block");
    block->end = Block::kCapacity;
    char* const bytes = reinterpret_cast<char*>(block);
    new (bytes + kPoolPlace) Owner{pool};
    object_ = new (bytes + kPlace) T(std::forward<Args>(args)...);
    return true;
  }
  void reset() {
    if (object_ == nullptr) return;
    Block* const home = block();
    std::exchange(object_, nullptr)->~T();
    BlockPool& pool =
        std::launder(reinterpret_cast<Owner*>(reinterpret_cast<char*>(home) + kPoolPlace))->pool;
    pool.give(home);
  }

  explicit operator bool() const { return object_ != nullptr; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  [[nodiscard]] T* get() const { return object_; }
  // The block that the object is in; there must be one. A view of bytes of the object is one of
  // that block.
  [[nodiscard]] Block* block() const {
    return reinterpret_cast<Block*>(reinterpret_cast<char*>(object_) - kPlace);
  }

 private:
  T* object_ = nullptr;
};

}  // namespace m531x::mem
