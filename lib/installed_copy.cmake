# SPDX-License-Identifier: Apache-2.0
# cmake -D BUILD_DIR= -D EXAMPLE= -D WORK= -D BY=cmake|pkg-config -P installed_copy.cmake
# Installs the library under WORK, and builds and runs a copy of the example with nothing but that.
# SANITIZE: the sanitizers that the library has been built with.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(COPY ${EXAMPLE}/ DESTINATION ${WORK}/host)
unset(ENV{DESTDIR})
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --component library --prefix ${WORK}/prefix)

if(SANITIZE)
  set(ENV{CFLAGS} "-g -fsanitize=${SANITIZE} -fno-sanitize-recover=all")
  set(ENV{LDFLAGS} "-fsanitize=${SANITIZE}")
endif()
if(BY STREQUAL cmake)
  run(${CMAKE_COMMAND} -S ${WORK}/host -B ${WORK}/host/build -D CMAKE_PREFIX_PATH=${WORK}/prefix)
  run(${CMAKE_COMMAND} --build ${WORK}/host/build)
  run(${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/host/build --no-tests=error --verbose)
elseif(BY STREQUAL pkg-config)
  file(GLOB package ${WORK}/prefix/*/pkgconfig ${WORK}/prefix/*/*/pkgconfig)
  set(ENV{PKG_CONFIG_PATH} "${package}")
  foreach(link static shared)
    run(make -C ${WORK}/host clean check LINK=${link})
  endforeach()
else()
  message(FATAL_ERROR "BY is cmake or pkg-config, not ${BY}")
endif()
