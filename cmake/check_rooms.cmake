# SPDX-License-Identifier: Apache-2.0
# cmake -D SOURCE_DIR=<project> -P check_rooms.cmake: fails where a file includes what its room may
# not know. A room knows itself, the public headers and the rooms named here.
cmake_minimum_required(VERSION 3.25)

set(may_know_mem "")
set(may_know_at mem)
set(may_know_http mem)
set(may_know_lwm2m "")
set(may_know_modem mem at http lwm2m)
set(rooms mem at http lwm2m modem)
set(not_in_core
    "<(sys|arpa|netinet|net|linux|boost)/"
    "<(unistd|termios|fcntl|poll|pthread|signal|errno|stdio|stdlib)\\.h>"
    "<(cstdio|iostream|fstream|sstream|filesystem|format|locale|regex|random)>"
    "<(thread|mutex|condition_variable|future|exception|stdexcept|typeinfo|any|functional)>"
    "<(memory_resource|string|vector|deque|list|map|set|unordered_map|unordered_set)>")
list(JOIN not_in_core "|" not_in_core)

set(faults "")
function(fault file line why)
  file(RELATIVE_PATH file ${SOURCE_DIR} ${file})
  string(APPEND faults "${file}: ${line}: ${why}\n")
  set(faults "${faults}" PARENT_SCOPE)
endfunction()

foreach(room IN LISTS rooms)
  file(GLOB files ${SOURCE_DIR}/src/${room}/*.h ${SOURCE_DIR}/src/${room}/*.cpp)
  foreach(file IN LISTS files)
    file(STRINGS ${file} lines REGEX "^#include")
    foreach(line IN LISTS lines)
      if(NOT line MATCHES "\"m531x/" AND line MATCHES "\"([a-z0-9]+)/")
        set(other ${CMAKE_MATCH_1})
        if(NOT other STREQUAL room AND NOT other IN_LIST may_know_${room})
          fault(${file} "${line}" "${room} may not know ${other}")
        endif()
      elseif(NOT file MATCHES "(_test\\.cpp|/test_[a-z_]+\\.h)$" AND line MATCHES "${not_in_core}")
        fault(${file} "${line}" "the core uses no OS, no heap and no stream")
      endif()
    endforeach()
  endforeach()
endforeach()

# What is around a module, its faults, its settings, the stand, the library, the transcripts' notation,
# the fleet and the platform know no program.
set(around sim settings scenario stand lib transcript fleet onenet)
set(may_know_sim "")
set(may_know_settings sim)
set(may_know_scenario sim settings)
set(may_know_stand sim)
set(may_know_lib http sim scenario settings stand)
set(may_know_transcript sim scenario settings)
set(may_know_fleet sim scenario settings transcript port)
set(may_know_onenet lwm2m port)
foreach(room IN LISTS around)
  file(GLOB files ${SOURCE_DIR}/${room}/*.h ${SOURCE_DIR}/${room}/*.cpp)
  list(FILTER files EXCLUDE REGEX "(_test\\.cpp|/test_[a-z_]+\\.h)$")
  foreach(file IN LISTS files)
    file(STRINGS ${file} lines REGEX "^#include \"")
    foreach(line IN LISTS lines)
      if(NOT line MATCHES "\"m531x/" AND line MATCHES "\"([a-z0-9]+)/" AND
         NOT CMAKE_MATCH_1 IN_LIST may_know_${room} AND NOT CMAKE_MATCH_1 STREQUAL room)
        fault(${file} "${line}" "${room} may not know ${CMAKE_MATCH_1}")
      endif()
    endforeach()
  endforeach()
endforeach()

if(faults)
  message(FATAL_ERROR "${faults}")
endif()
