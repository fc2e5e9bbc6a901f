// SPDX-License-Identifier: Apache-2.0
// One object that lives in a pool block: how a modem owns its instances and connections.
#pragma once

#include <memory>
#include <new>
#include <utility>

#include "m531x/pool.h"

namespace m531x::mem {

// Owns at most one T. Move-only; the block is wiped and given back with the object.
template <typename T>
class Box {
 public:
  Box() = default;
  Box(Box&& other) noexcept
      : pool_(other.pool_),
        block_(std::exchange(other.block_, nullptr)),
        object_(std::exchange(other.object_, nullptr)) {}
  Box& operator=(Box&& other) noexcept {
    if (this != &other) {
      reset();
      pool_ = other.pool_;
      block_ = std::exchange(other.block_, nullptr);
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
    static_assert(sizeof(T) + alignof(T) <= Block::kCapacity, "an object has to fit in one block");
    block->end = Block::kCapacity;
    void* place = block->data;
    std::size_t space = Block::kCapacity;
    std::align(alignof(T), sizeof(T), place, space);
    object_ = new (place) T(std::forward<Args>(args)...);
    pool_ = &pool;
    block_ = block;
    return true;
  }
  void reset() {
    if (object_ == nullptr) return;
    std::exchange(object_, nullptr)->~T();
    pool_->give(std::exchange(block_, nullptr));
  }

  explicit operator bool() const { return object_ != nullptr; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  [[nodiscard]] T* get() const { return object_; }

 private:
  BlockPool* pool_ = nullptr;
  Block* block_ = nullptr;
  T* object_ = nullptr;
};

}  // namespace m531x::mem
