# SPDX-License-Identifier: Apache-2.0
# cmake -D BUILD_DIR= -D SOURCE_DIR= -D WORK= -D BY=cmake|pkg-config|guide -P installed_copy.cmake
# Installs the library under WORK-BY, and builds and runs there, with nothing but that, a copy of
# examples/host-in-c, or the programs of docs/library.md as that page says.
# SANITIZE: the sanitizers that the library has been built with.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# The archive has no intermediate code, the shared object the functions of m531x.h and nothing else.
function(check_names)
  file(GLOB_RECURSE archive ${folder}/prefix/libm531x.a)
  file(GLOB_RECURSE shared ${folder}/prefix/libm531x.so)
  run(sh -ec "readelf -SW ${archive} > ${folder}/sections
    test \"$(grep -c -F .gnu.lto_ ${folder}/sections)\" = 0
    grep -o 'm531x_[a-z_]*(' ${folder}/prefix/include/m531x.h | tr -d '(' | sort -u > ${folder}/declared
    nm -D --defined-only ${shared} | sed -n 's/.* T //p' | cut -d@ -f1 | sort > ${folder}/functions
    nm -D --defined-only ${shared} | sed 's/.* //' | grep -v '^M531X_' | cut -d@ -f1 | sort > ${folder}/names
    diff ${folder}/names ${folder}/functions
    diff ${folder}/declared ${folder}/functions")
endfunction()

# The program in the guide whose first line names it.
function(write_program name fence comment)
  file(READ ${SOURCE_DIR}/docs/library.md guide)
  if(NOT guide MATCHES "```${fence}\n(${comment} ${name}[^`]*)```")
    message(FATAL_ERROR "docs/library.md has no ${name}")
  endif()
  file(WRITE ${folder}/${name} "${CMAKE_MATCH_1}")
endfunction()

set(folder ${WORK}-${BY})
file(REMOVE_RECURSE ${folder})
file(COPY ${SOURCE_DIR}/examples/host-in-c DESTINATION ${folder})
set(host ${folder}/host-in-c)
unset(ENV{DESTDIR})
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --component library --prefix ${folder}/prefix)
file(GLOB package ${folder}/prefix/*/pkgconfig ${folder}/prefix/*/*/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "${package}")

if(SANITIZE)
  set(ENV{CFLAGS} "-g -fsanitize=${SANITIZE} -fno-sanitize-recover=all")
  set(ENV{LDFLAGS} "-fsanitize=${SANITIZE}")
endif()
if(BY STREQUAL "cmake")
  run(${CMAKE_COMMAND} -S ${host} -B ${host}/build -D CMAKE_PREFIX_PATH=${folder}/prefix)
  run(${CMAKE_COMMAND} --build ${host}/build)
  run(${CMAKE_CTEST_COMMAND} --test-dir ${host}/build --no-tests=error --verbose)
elseif(BY STREQUAL "pkg-config")
  check_names()
  foreach(link static shared)
    run(make -C ${host} clean check LINK=${link})
  endforeach()
elseif(BY STREQUAL "guide")
  write_program(first_test.c c "/\\*")
  write_program(first_test.cpp cpp "//")
  write_program(engine.cpp cpp "//")
  set(libraries "$(pkg-config --static --libs m531x | sed 's/-lm531x/-l:libm531x.a/')")
  set(options "$CFLAGS $(pkg-config --cflags m531x)")
  run(sh -ec "cd ${folder}
    cc -Wall -Wextra -Werror -o first_test_c first_test.c ${options} ${libraries}
    ./first_test_c | grep -Fx 'GET api.example:80/state after 88 ms'
    c++ -std=c++20 -Wall -Wextra -Werror -o first_test_cpp first_test.cpp ${options} ${libraries}
    ./first_test_cpp | grep -Fx 21.5
    c++ -std=c++20 -Wall -Wextra -Werror -o engine engine.cpp ${options} ${libraries}
    ./engine | grep M5312")
else()
  message(FATAL_ERROR "BY is cmake, pkg-config or guide, not ${BY}")
endif()
