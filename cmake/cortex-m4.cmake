# SPDX-License-Identifier: Apache-2.0
# Toolchain of the size check: a Cortex-M4 without an operating system, GCC and newlib-nano.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m4)

set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_BUILD_TYPE MinSizeRel CACHE STRING "Build type")

# Nobody here asks for the address of a constant.
set(machine "-mcpu=cortex-m4 -mthumb -ffunction-sections -fdata-sections -fmerge-all-constants")
set(CMAKE_C_FLAGS_INIT "${machine}")
set(CMAKE_CXX_FLAGS_INIT "${machine} -fno-exceptions -fno-rtti -fno-threadsafe-statics")
