// SPDX-License-Identifier: Apache-2.0
// Reads tests/transcripts (its place comes from CMake).
#include "tests/transcript/library.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace m531x::transcript {

namespace {

File read_file(const std::filesystem::path& path, const std::filesystem::path& folder) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string file = std::filesystem::relative(path, folder).generic_string();
  std::string name = file.substr(0, file.size() - path.extension().string().size());
  std::ranges::replace_if(
      name, [](char c) { return c == '/' || c == '-'; }, '_');
  return {name, parse_markdown(text, "tests/transcripts/" + file)};
}

std::vector<File> read_all() {
  const std::filesystem::path folder = M531X_TRANSCRIPTS;
  std::vector<File> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".md") files.push_back(read_file(entry.path(), folder));
  }
  std::ranges::sort(files, {}, &File::name);
  return files;
}

}  // namespace

const std::vector<File>& library() {
  static const std::vector<File> files = read_all();
  return files;
}

}  // namespace m531x::transcript
