# resnetc-config.cmake - find_package(resnetc) and
#
#	resnetc_add_model(TARGET MODEL model.lua WEIGHTS w.safetensors
#	                  [NAME name] [TARGETS avx2 avx512 ...] [OPTIONS --exact ...] [EMBED])
#
# A static library TARGET with the network in it, compiled again when the model, the weights or resnetc change. NAME (by default
# TARGET) is the prefix of its header, functions and files. TARGETS: one, or several that are chosen by the processor at run time;
# native by default. EMBED links the weights in (NAME_weights); otherwise they are the file $<TARGET_PROPERTY:TARGET,RESNETC_WEIGHTS>.
# It brings threads (rc_threads.h), mapping of files (rc_file.h) and pictures as inputs (rc_image.h).

get_filename_component(_resnetc_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
find_program(RESNETC resnetc HINTS "${_resnetc_prefix}/bin" NO_DEFAULT_PATH)
find_program(RESNETC resnetc)
include(CMakeFindDependencyMacro)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_dependency(Threads)
if(NOT RESNETC)
	set(resnetc_FOUND FALSE)
	set(resnetc_NOT_FOUND_MESSAGE "want the program resnetc in ${_resnetc_prefix}/bin or on PATH, got none")
	return()
endif()

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
	get_filename_component(model "${arg_MODEL}" ABSOLUTE)
	get_filename_component(weights "${arg_WEIGHTS}" ABSOLUTE)
	set(dir "${CMAKE_CURRENT_BINARY_DIR}/${target}.resnetc")
	string(REPLACE ";" "," targets "${arg_TARGETS}")
	set(sources "${dir}/${arg_NAME}.c" "${dir}/rc.c" "${dir}/rc_file.c" "${dir}/rc_image.c" "${dir}/rc_threads.c")
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
		DEPENDS "${model}" "${weights}" "${RESNETC}"
		DEPFILE "${dir}.d"
		COMMENT "resnetc ${arg_MODEL}"
		VERBATIM)
	add_library(${target} STATIC ${sources} "${dir}/${arg_NAME}.h")
	target_include_directories(${target} PUBLIC "${dir}")
	target_link_libraries(${target} PUBLIC Threads::Threads)
	if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
		target_compile_options(${target} PRIVATE -O2)    # kernels that are not optimised would be useless, in a debug build too
	endif()
	if(arg_EMBED)
		string(TOUPPER ${arg_NAME} upper)
		set_source_files_properties("${dir}/${arg_NAME}_weights.c" PROPERTIES
			COMPILE_DEFINITIONS "${upper}_WEIGHTS_FILE=\"${dir}/${arg_NAME}.weights\""
			OBJECT_DEPENDS "${dir}/${arg_NAME}.weights")
	endif()
	set_target_properties(${target} PROPERTIES RESNETC_WEIGHTS "${dir}/${arg_NAME}.weights")
endfunction()
