# SPDX-License-Identifier: Apache-2.0
# m531x_add_room(<room> [LINK <target>...]): the folder's library m531x_<room>, made of its *.cpp,
# and <room>_tests, made of the *_test.cpp beside them.
function(m531x_add_room room)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cpp)
  list(REMOVE_ITEM sources ${tests} "")

  m531x_add_room_library(m531x_${room} ${sources} LINK ${arg_LINK})
  if(tests)
    m531x_add_test(${room}_tests ${tests} LINK m531x_${room})
  endif()
endfunction()

# m531x_add_room_library(<target> <source>... [LINK <target>...]): a room of the core is compiled as
# for a microcontroller: no exceptions, no RTTI.
function(m531x_add_room_library target)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_library(${target} STATIC ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/include
                                              ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)
  target_link_libraries(${target} PUBLIC ${arg_LINK} PRIVATE m531x::flags m531x::whole_parts)
endfunction()
