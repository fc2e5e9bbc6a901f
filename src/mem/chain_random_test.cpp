// SPDX-License-Identifier: Apache-2.0
// Two chains on a small pool against two strings, through thousands of random steps.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "mem/chain.h"
#include "mem/test_memory.h"

namespace m531x::mem {
namespace {

constexpr std::size_t kBlockCount = 12;

class Walk {
 public:
  explicit Walk(unsigned seed) : random_(seed) {}

  void step() {
    const std::size_t i = below(2);
    Chain& chain = chains_[i];
    std::string& model = models_[i];
    switch (below(12)) {
      case 0:
      case 1:
        append(chain, model, below(3 * Block::kCapacity));
        break;
      case 2:
      case 3:
      case 4:
        append(chain, model, below(40));
        break;
      case 5:
        append_view(chain, model, chains_[1 - i], models_[1 - i]);
        break;
      case 6:
        chain.splice(std::move(chains_[1 - i]));
        model += std::exchange(models_[1 - i], {});
        break;
      case 7:
      case 8:
        consume(chain, model);
        break;
      case 9:
        truncate(chain, model);
        break;
      case 10:
        std::swap(chains_[0], chains_[1]);
        std::swap(models_[0], models_[1]);
        break;
      default:
        if (below(4) > 0) break;
        chain.rewind();
        model.clear();
        break;
    }
    // Otherwise nothing that walks along the chain would come to an end.
    for (std::size_t k = 0; k < 2; ++k) {
      ASSERT_EQ(chains_[k].view().front().empty(), models_[k].empty());
    }
  }

  void check() {
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string& model = models_[i];
      ASSERT_EQ(chains_[i].size(), model.size());
      ASSERT_EQ(text_of(chains_[i].view()), model);
      const std::size_t offset = below(model.size() + 1);
      std::array<Bytes, kBlockCount> views;
      const std::size_t count =
          chains_[i].gather(static_cast<std::uint32_t>(offset), std::span(views));
      std::string gathered;
      for (const Bytes view : std::span(views).first(count)) gathered.append(view);
      ASSERT_EQ(gathered, model.substr(offset));
      Reader reader(chains_[i].view().skip(static_cast<std::uint32_t>(offset)));
      for (std::size_t at = offset; at < model.size(); ++at) {
        ASSERT_EQ(reader.get(), static_cast<unsigned char>(model[at]));
      }
      ASSERT_TRUE(reader.at_end());
    }
  }

  void clear() {
    for (Chain& chain : chains_) chain.clear();
  }

  TestPool pool{kBlockCount};
  int refused_count = 0;

 private:
  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }

  std::string letters(std::size_t size) {
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>(below(256));
    return text;
  }

  void append(Chain& chain, std::string& model, std::size_t size) {
    const std::string text = letters(size);
    const bool must_fit = size <= pool.free_count(Use::storage) * Block::kCapacity;
    const bool ok = chain.append(text);
    ASSERT_TRUE(ok || !must_fit);
    if (ok) model += text;
    refused_count += ok ? 0 : 1;
  }

  void append_view(Chain& chain, std::string& model, const Chain& other, const std::string& text) {
    const std::size_t from = below(text.size() + 1);
    const std::size_t size = below(text.size() - from + 1);
    const ChainView view =
        other.view().skip(static_cast<std::uint32_t>(from)).first(static_cast<std::uint32_t>(size));
    if (chain.append(view)) {
      model += text.substr(from, size);
    } else {
      ++refused_count;
    }
  }

  void consume(Chain& chain, std::string& model) {
    const std::size_t n = below(3) == 0 ? below(model.size() + 1) : model.size() / 9;
    chain.consume(static_cast<std::uint32_t>(n));
    model.erase(0, n);
  }

  void truncate(Chain& chain, std::string& model) {
    const std::size_t n = below(4) == 0 ? below(model.size() + 1) : model.size() * 7 / 8;
    chain.truncate(static_cast<std::uint32_t>(n));
    model.resize(n);
  }

  std::mt19937 random_;
  std::array<Chain, 2> chains_ = {Chain(pool), Chain(pool)};
  std::array<std::string, 2> models_;
};

TEST(Chain, BehavesAsAStringDoes) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    Walk walk(seed);
    for (int i = 0; i < 2000 && !testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE(i);
      walk.step();
      if (i % 4 == 0) walk.check();
    }
    EXPECT_GT(walk.refused_count, 0);
    EXPECT_EQ(walk.pool.peak_count(), kBlockCount);
    walk.clear();
    EXPECT_EQ(walk.pool.used_count(), 0U);
  }
}

}  // namespace
}  // namespace m531x::mem
