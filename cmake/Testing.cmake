# SPDX-License-Identifier: Apache-2.0
# m531x_add_test(<name> <source>... [LINK <target>...]): one GoogleTest executable, build/tests/<name>,
# each of whose tests is known to ctest, or with sanitizers all of them as one. Does nothing where there is no GoogleTest, unless
# M531X_TESTS says that there has to be.
option(M531X_TESTS "Refuse to configure without GoogleTest" OFF)

enable_testing()
if(NOT CMAKE_CROSSCOMPILING)
  if(M531X_TESTS)
    find_package(GTest REQUIRED)
  else()
    find_package(GTest QUIET)
  endif()
  include(GoogleTest)
endif()

function(m531x_add_test name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  if(CMAKE_CROSSCOMPILING OR NOT GTest_FOUND)
    return()
  endif()
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${arg_LINK} m531x::flags m531x::separate GTest::gmock
                                        GTest::gtest_main)
  # Most of a test's time is its build's.
  target_compile_options(${name} PRIVATE -O0)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  # With sanitizers a process takes longer to start than most tests to run.
  if(M531X_SANITIZE)
    add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  else()
    gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
  endif()
endfunction()
