# resnetc-config.cmake - find_package(resnetc) and
#
#	resnetc_add_model(TARGET MODEL model.lua WEIGHTS w.safetensors
#	                  [NAME name] [TARGETS avx2 avx512 ...] [OPTIONS --exact ...] [EMBED])
#
# A static library TARGET with the network in it, compiled again when the model, the weights or resnetc change. NAME (by default
# TARGET) is the prefix of its header, functions and files. TARGETS: one, or several that are chosen by the processor at run time;
# native by default, which is the build's target: the best instruction set of this machine, or what CMAKE_SYSTEM_PROCESSOR has when
# cross compiling. WEIGHTS is a file, or random[:SEED]. EMBED links the weights in (NAME_weights); otherwise they are the file $<TARGET_PROPERTY:TARGET,RESNETC_WEIGHTS>.
# It brings pictures as inputs (rc_image.h) and, but for microcontrollers and WebAssembly, threads (rc_threads.h) and mapping of
# files (rc_file.h).

get_filename_component(_resnetc_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
find_program(RESNETC resnetc HINTS "${_resnetc_prefix}/bin" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
find_program(RESNETC resnetc NO_CMAKE_FIND_ROOT_PATH)    # it runs here, whatever is compiled for
get_property(_resnetc_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
if(NOT "C" IN_LIST _resnetc_languages)
	enable_language(C)
endif()
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads QUIET)                              # microcontrollers have none
if(NOT RESNETC)
	set(resnetc_FOUND FALSE)
	set(resnetc_NOT_FOUND_MESSAGE "want the program resnetc in ${_resnetc_prefix}/bin or on PATH, got none")
	return()
endif()

# _resnetc_native - what "native" means for this build: resnetc's own word on the machine it runs on, else the processor's least
function(_resnetc_native to)
	string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" processor)
	if(NOT CMAKE_CROSSCOMPILING)
		set(native native)
	elseif(processor MATCHES "^(aarch64|arm64)")
		set(native neon)
	elseif(processor MATCHES "^(x86_64|amd64|x64)$")
		set(native avx2 scalar)                          # chosen at run time
	elseif(processor MATCHES "^cortex-m(4|7|33|55)$")
		set(native ${processor})
	else()
		set(native scalar)
	endif()
	set(${to} ${native} PARENT_SCOPE)
endfunction()

function(resnetc_add_model target)
	cmake_parse_arguments(PARSE_ARGV 1 arg "EMBED" "MODEL;WEIGHTS;NAME" "TARGETS;OPTIONS")
	if(arg_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR "resnetc_add_model(${target}): want MODEL, WEIGHTS, NAME, TARGETS, OPTIONS or EMBED, got ${arg_UNPARSED_ARGUMENTS}")
	endif()
	if(NOT arg_MODEL OR NOT arg_WEIGHTS)
		message(FATAL_ERROR "resnetc_add_model(${target}): want MODEL and WEIGHTS, got none")
	endif()
	if(NOT arg_NAME)
		set(arg_NAME ${target})
	endif()
	if(NOT arg_NAME MATCHES "^[A-Za-z][A-Za-z0-9_]*$")
		message(FATAL_ERROR "resnetc_add_model(${target}): want NAME as a C identifier, got ${arg_NAME}")
	endif()
	if(NOT arg_TARGETS)
		set(arg_TARGETS native)
	endif()
	if("native" IN_LIST arg_TARGETS)
		_resnetc_native(native)
		list(TRANSFORM arg_TARGETS REPLACE "^native$" "${native}")
		list(REMOVE_DUPLICATES arg_TARGETS)
	endif()
	get_filename_component(model "${arg_MODEL}" ABSOLUTE)
	set(weights "${arg_WEIGHTS}")
	set(read_weights "")
	if(NOT weights MATCHES "^random(:[0-9]+)?$")
		get_filename_component(weights "${arg_WEIGHTS}" ABSOLUTE)
		set(read_weights "${weights}")
	endif()
	set(dir "${CMAKE_CURRENT_BINARY_DIR}/${target}.resnetc")
	string(REPLACE ";" "," targets "${arg_TARGETS}")
	set(sources "${dir}/${arg_NAME}.c" "${dir}/rc.c" "${dir}/rc_image.c")
	set(systems ${arg_TARGETS})                          # those that may have a system, with files and threads
	list(FILTER systems EXCLUDE REGEX "^(cortex-|wasm)")
	if(systems)
		list(APPEND sources "${dir}/rc_file.c" "${dir}/rc_threads.c")
		if(NOT TARGET Threads::Threads)              # found in another folder of the project
			find_package(Threads REQUIRED)
		endif()
	endif()
	list(LENGTH arg_TARGETS count)
	if(count GREATER 1)
		foreach(t IN LISTS arg_TARGETS)
			list(APPEND sources "${dir}/${arg_NAME}_${t}.c")
		endforeach()
	endif()
	set(options ${arg_OPTIONS})
	if(arg_EMBED)
		list(APPEND options --embed)
		list(APPEND sources "${dir}/${arg_NAME}_weights.c")
	endif()
	add_custom_command(
		OUTPUT ${sources} "${dir}/${arg_NAME}.h" "${dir}/${arg_NAME}.weights"
		COMMAND "${RESNETC}" compile "${model}" -w "${weights}" --name ${arg_NAME} --target ${targets} ${options} -q
			-o "${dir}" --depfile "${dir}.d"
		DEPENDS "${model}" ${read_weights} "${RESNETC}"
		DEPFILE "${dir}.d"
		COMMENT "resnetc ${arg_MODEL}"
		VERBATIM)
	add_library(${target} STATIC ${sources} "${dir}/${arg_NAME}.h")
	# C11 whatever the project's own standard is, and each file by itself: they turn on instruction sets of their own
	set_target_properties(${target} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON UNITY_BUILD OFF LINKER_LANGUAGE C)
	target_include_directories(${target} PUBLIC "${dir}")
	if(systems)
		target_link_libraries(${target} PUBLIC Threads::Threads)
	endif()
	if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
		target_compile_options(${target} PRIVATE -O2)    # kernels that are not optimised would be useless, in a debug build too
	endif()
	if(arg_EMBED)
		string(TOUPPER ${arg_NAME} upper)
		set_source_files_properties("${dir}/${arg_NAME}_weights.c" PROPERTIES
			COMPILE_DEFINITIONS "${upper}_WEIGHTS_FILE=\"${dir}/${arg_NAME}.weights\""
			OBJECT_DEPENDS "${dir}/${arg_NAME}.weights")
		if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")      # the assembler's names are not among an archive's otherwise
			set_source_files_properties("${dir}/${arg_NAME}_weights.c" PROPERTIES COMPILE_OPTIONS -fno-lto)
		endif()
	endif()
	set_target_properties(${target} PROPERTIES RESNETC_WEIGHTS "${dir}/${arg_NAME}.weights")
endfunction()
