# SPDX-License-Identifier: Apache-2.0
# m531x_add_room(<room> [LINK <target>...]): the folder's library m531x_<room>, made of its *.cpp,
# and <room>_tests, made of the *_test.cpp beside them. A room of the core is compiled as for a
# microcontroller: no exceptions, no RTTI.
function(m531x_add_room room)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cpp)
  list(REMOVE_ITEM sources ${tests} "")

  add_library(m531x_${room} STATIC ${sources})
  target_include_directories(m531x_${room} PUBLIC ${PROJECT_SOURCE_DIR}/include
                                                  ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(m531x_${room} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)
  target_link_libraries(m531x_${room} PUBLIC ${arg_LINK} PRIVATE m531x::flags m531x::whole_parts)

  if(tests)
    m531x_add_test(${room}_tests ${tests} LINK m531x_${room})
  endif()
endfunction()
