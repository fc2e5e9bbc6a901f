# SPDX-License-Identifier: Apache-2.0
# How our own sources are compiled: target m531x::flags. Third-party sources do not link to it.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
# CMake's own RelWithDebInfo leaves assert() out; here it stays in.
set(M531X_DEBUG_INFO 2 CACHE STRING "How much of it: 1 is enough for a backtrace with lines, and a quarter of the time less")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g${M531X_DEBUG_INFO}")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g${M531X_DEBUG_INFO}")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

if(M531X_SANITIZE)
  add_compile_options(-fsanitize=${M531X_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer $<$<NOT:$<BOOL:${M531X_FUZZ}>>:-O1>)
  add_link_options(-fsanitize=${M531X_SANITIZE})
endif()

add_library(m531x_flags INTERFACE)
add_library(m531x::flags ALIAS m531x_flags)
target_compile_options(m531x_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(M531X_WERROR)
  target_compile_options(m531x_flags INTERFACE -Werror)
endif()

# The core is small functions that call one another across files: the program and what is measured
# are optimized as a whole (m531x::whole at their link). The archives also hold ordinary code, for
# everything else that links to them.
add_library(m531x_whole_parts INTERFACE)
add_library(m531x_whole INTERFACE)
add_library(m531x_separate INTERFACE)
add_library(m531x::whole_parts ALIAS m531x_whole_parts)
add_library(m531x::whole ALIAS m531x_whole)
add_library(m531x::separate ALIAS m531x_separate)
if(NOT M531X_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # GCC's linker takes the intermediate code wherever there is some, unless it is told not to.
  target_link_options(m531x_separate INTERFACE -fno-lto)
  target_compile_options(m531x_whole_parts INTERFACE -flto=auto -ffat-lto-objects -fno-plt)
  target_compile_options(m531x_whole INTERFACE -flto=auto -fno-plt)
  target_link_options(m531x_whole INTERFACE -flto=auto)
  # A microcontroller's core is built for size.
  if(NOT CMAKE_CROSSCOMPILING)
    target_compile_options(m531x_whole_parts INTERFACE -O3)
    target_link_options(m531x_whole INTERFACE -O3)
  endif()
endif()
