/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command.h - programs that a text starts, and how. */
#ifndef MPY_JUDGE_COMMAND_H
#define MPY_JUDGE_COMMAND_H

#include "eval.h"

/*
 * Of calls that start programs: marks of what is run, not of the arguments that
 * a program is merely given; of the words of a list or of several arguments as
 * one command line, mpy_marks_harm(); marks of what curl sends (M_SHELL_GET
 * among them) or what dig looks up (M_RESOLVE); marks of the streams that it is
 * connected to; T_ENV if the process has the environment as its own and nothing
 * else has it; whether a text begins as the command of a tool that does not run
 * what it is given (MPY_HOW_TOOL), and how a and b (or NULL) are put together;
 * whether the program is one that is named and runs nothing else; whether it
 * reads from its input what to do; whether nothing but tools of builders are
 * started, on what lies beside them; whether its window is hidden; whether a
 * list is a "pip install"; the code in a list of the kind [sys.executable,
 * '-c', code], if that is what the list is.
 */
uint64_t mpy_command_marks(struct mpy_fold *f, const struct args *args);
uint64_t mpy_command_line(struct mpy_fold *f, const struct args *args,
			  uint32_t at);
uint64_t mpy_command_sent(struct mpy_fold *f, const struct args *args);
uint64_t mpy_command_streams(const struct args *args);
uint64_t mpy_command_environment(const struct args *args);
bool mpy_command_tool(const struct mpy_fold *f, const struct args *args);
uint16_t mpy_command_how(const struct value *a, const struct value *b);
bool mpy_command_fixed(struct mpy_fold *f, const struct args *args);
bool mpy_command_told(struct mpy_fold *f, const struct args *args);
bool mpy_command_builds(struct mpy_fold *f, const struct args *args);
bool mpy_command_hidden(const struct args *args);
bool mpy_command_pip(struct mpy_fold *f, const struct value *list);
bool mpy_command_python(struct mpy_fold *f, const struct value *list,
			struct value *code);

#endif
