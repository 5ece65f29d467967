// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opcodes of Python 2.7 and 3.6 to 3.14: number and what it does here. Those
 * that move nothing of interest (NOP, CACHE, RESUME, jumps) are left out.
 */
#include "decompile.h"

#include <string.h>

#define A(act) MPY_ACT_##act

struct op {
	uint8_t code;
	uint8_t act;
};

static const struct op ops_27[] = {
	{ 1, A(POP) }, { 2, A(ROT2) }, { 3, A(ROT3) }, { 4, A(DUP) },
	{ 5, A(ROT4) }, { 11, A(NEGATIVE) }, { 12, A(NOT) },
	{ 13, A(CONVERT) }, { 15, A(INVERT) }, { 19, A(OPERATOR0) },
	{ 20, A(OPERATOR1) }, { 21, A(OPERATOR5) }, { 22, A(OPERATOR2) },
	{ 23, A(OPERATOR3) }, { 24, A(OPERATOR4) }, { 25, A(SUBSCR) },
	{ 26, A(OPERATOR6) }, { 27, A(OPERATOR5) }, { 28, A(OPERATOR6) },
	{ 29, A(OPERATOR5) }, { 30, A(SLICE0) }, { 31, A(SLICE1) },
	{ 32, A(SLICE2) }, { 33, A(SLICE3) }, { 54, A(DROP2) },
	{ 55, A(OPERATOR3) }, { 56, A(OPERATOR4) }, { 57, A(OPERATOR1) },
	{ 58, A(OPERATOR5) }, { 59, A(OPERATOR2) }, { 60, A(STORE_SUBSCR) },
	{ 61, A(DROP2) }, { 62, A(OPERATOR7) }, { 63, A(OPERATOR8) },
	{ 64, A(OPERATOR9) }, { 65, A(OPERATOR10) }, { 66, A(OPERATOR11) },
	{ 67, A(OPERATOR0) }, { 70, A(POP) }, { 71, A(PRINT) },
	{ 73, A(DROP2) }, { 74, A(DROP) }, { 75, A(OPERATOR7) },
	{ 76, A(OPERATOR8) }, { 77, A(OPERATOR9) }, { 78, A(OPERATOR10) },
	{ 79, A(OPERATOR11) }, { 82, A(PUSH) }, { 83, A(RETURN) },
	{ 84, A(IMPORT_STAR) }, { 85, A(EXEC) }, { 86, A(YIELD) },
	{ 89, A(BUILD_CLASS27) }, { 90, A(STORE_NAME) }, { 92, A(UNPACK) },
	{ 93, A(FOR) }, { 94, A(APPEND) }, { 95, A(STORE_ATTR) },
	{ 96, A(DROP) }, { 97, A(STORE_NAME) }, { 99, A(DUPX) },
	{ 100, A(CONST) }, { 101, A(NAME) }, { 102, A(TUPLE) },
	{ 103, A(LIST) }, { 104, A(LIST) }, { 105, A(MAP) }, { 106, A(ATTR) },
	{ 107, A(COMPARE) }, { 108, A(IMPORT) }, { 109, A(IMPORT_FROM) },
	{ 111, A(POP) }, { 112, A(POP) }, { 114, A(IF) }, { 115, A(UNLESS) },
	{ 116, A(GLOBAL) }, { 124, A(FAST) }, { 125, A(STORE_FAST) },
	{ 130, A(RAISE) }, { 131, A(CALL_OLD) }, { 132, A(FUNCTION) },
	{ 133, A(BUILD_SLICE) }, { 134, A(FUNCTION) }, { 135, A(PUSH) },
	{ 136, A(DEREF) }, { 137, A(STORE_DEREF) }, { 140, A(CALL_VAR) },
	{ 141, A(CALL_KW_OLD) }, { 142, A(CALL_VAR) }, { 143, A(WITH) },
	{ 145, A(EXTENDED) }, { 146, A(APPEND) }, { 147, A(MAP_ADD) },
};

/* Those of 3.6 and 3.7 that 3.8 lacks are about blocks alone. */
static const struct op ops_38[] = {
	{ 1, A(POP) }, { 2, A(ROT2) }, { 3, A(ROT3) }, { 4, A(DUP) },
	{ 5, A(DUP2) }, { 6, A(ROT4) }, { 11, A(NEGATIVE) }, { 12, A(NOT) },
	{ 15, A(INVERT) }, { 16, A(OPERATOR1) }, { 17, A(OPERATOR1) },
	{ 19, A(OPERATOR0) }, { 20, A(OPERATOR1) }, { 22, A(OPERATOR2) },
	{ 23, A(OPERATOR3) }, { 24, A(OPERATOR4) }, { 25, A(SUBSCR) },
	{ 26, A(OPERATOR6) }, { 27, A(OPERATOR5) }, { 28, A(OPERATOR6) },
	{ 29, A(OPERATOR5) }, { 52, A(WITH) }, { 55, A(OPERATOR3) },
	{ 56, A(OPERATOR4) }, { 57, A(OPERATOR1) }, { 59, A(OPERATOR2) },
	{ 60, A(STORE_SUBSCR) }, { 61, A(DROP2) }, { 62, A(OPERATOR7) },
	{ 63, A(OPERATOR8) }, { 64, A(OPERATOR9) }, { 65, A(OPERATOR10) },
	{ 66, A(OPERATOR11) }, { 67, A(OPERATOR0) }, { 70, A(POP) },
	{ 71, A(BUILD_CLASS) }, { 75, A(OPERATOR7) }, { 76, A(OPERATOR8) },
	{ 77, A(OPERATOR9) }, { 78, A(OPERATOR10) }, { 79, A(OPERATOR11) },
	{ 83, A(RETURN) }, { 84, A(IMPORT_STAR) }, { 86, A(YIELD) },
	{ 90, A(STORE_NAME) }, { 92, A(UNPACK) }, { 93, A(FOR) },
	{ 94, A(UNPACK_EX) }, { 95, A(STORE_ATTR) }, { 96, A(DROP) },
	{ 97, A(STORE_NAME) }, { 100, A(CONST) }, { 101, A(NAME) },
	{ 102, A(TUPLE) }, { 103, A(LIST) }, { 104, A(LIST) }, { 105, A(MAP) },
	{ 106, A(ATTR) }, { 107, A(COMPARE) }, { 108, A(IMPORT) },
	{ 109, A(IMPORT_FROM) }, { 111, A(POP) }, { 112, A(POP) },
	{ 114, A(IF) }, { 115, A(UNLESS) }, { 116, A(GLOBAL) },
	{ 124, A(FAST) }, { 125, A(STORE_FAST) }, { 130, A(RAISE) },
	{ 131, A(CALL_OLD) }, { 132, A(FUNCTION) }, { 133, A(BUILD_SLICE) },
	{ 135, A(PUSH) }, { 136, A(DEREF) }, { 137, A(STORE_DEREF) },
	{ 141, A(CALL_KW_OLD) }, { 142, A(CALL_EX) }, { 143, A(WITH) },
	{ 144, A(EXTENDED) }, { 145, A(APPEND) }, { 146, A(APPEND) },
	{ 147, A(MAP_ADD) }, { 148, A(DEREF) }, { 155, A(FORMAT) },
	{ 156, A(CONST_MAP) }, { 157, A(STRING) }, { 160, A(METHOD) },
	{ 161, A(CALL_OLD) },
};

static const struct op ops_39[] = {
	{ 1, A(POP) }, { 2, A(ROT2) }, { 3, A(ROT3) }, { 4, A(DUP) },
	{ 5, A(DUP2) }, { 6, A(ROT4) }, { 11, A(NEGATIVE) }, { 12, A(NOT) },
	{ 15, A(INVERT) }, { 16, A(OPERATOR1) }, { 17, A(OPERATOR1) },
	{ 19, A(OPERATOR0) }, { 20, A(OPERATOR1) }, { 22, A(OPERATOR2) },
	{ 23, A(OPERATOR3) }, { 24, A(OPERATOR4) }, { 25, A(SUBSCR) },
	{ 26, A(OPERATOR6) }, { 27, A(OPERATOR5) }, { 28, A(OPERATOR6) },
	{ 29, A(OPERATOR5) }, { 52, A(WITH) }, { 55, A(OPERATOR3) },
	{ 56, A(OPERATOR4) }, { 57, A(OPERATOR1) }, { 59, A(OPERATOR2) },
	{ 60, A(STORE_SUBSCR) }, { 61, A(DROP2) }, { 62, A(OPERATOR7) },
	{ 63, A(OPERATOR8) }, { 64, A(OPERATOR9) }, { 65, A(OPERATOR10) },
	{ 66, A(OPERATOR11) }, { 67, A(OPERATOR0) }, { 70, A(POP) },
	{ 71, A(BUILD_CLASS) }, { 74, A(PUSH) }, { 75, A(OPERATOR7) },
	{ 76, A(OPERATOR8) }, { 77, A(OPERATOR9) }, { 78, A(OPERATOR10) },
	{ 79, A(OPERATOR11) }, { 83, A(RETURN) }, { 84, A(IMPORT_STAR) },
	{ 86, A(YIELD) }, { 90, A(STORE_NAME) }, { 92, A(UNPACK) },
	{ 93, A(FOR) }, { 94, A(UNPACK_EX) }, { 95, A(STORE_ATTR) },
	{ 96, A(DROP) }, { 97, A(STORE_NAME) }, { 100, A(CONST) },
	{ 101, A(NAME) }, { 102, A(TUPLE) }, { 103, A(LIST) },
	{ 104, A(LIST) }, { 105, A(MAP) }, { 106, A(ATTR) },
	{ 107, A(COMPARE) }, { 108, A(IMPORT) }, { 109, A(IMPORT_FROM) },
	{ 111, A(POP) }, { 112, A(POP) }, { 114, A(IF) }, { 115, A(UNLESS) },
	{ 116, A(GLOBAL) }, { 117, A(IS) }, { 118, A(CONTAINS) },
	{ 124, A(FAST) }, { 125, A(STORE_FAST) }, { 130, A(RAISE) },
	{ 131, A(CALL_OLD) }, { 132, A(FUNCTION) }, { 133, A(BUILD_SLICE) },
	{ 135, A(PUSH) }, { 136, A(DEREF) }, { 137, A(STORE_DEREF) },
	{ 141, A(CALL_KW_OLD) }, { 142, A(CALL_EX) }, { 143, A(WITH) },
	{ 144, A(EXTENDED) }, { 145, A(APPEND) }, { 146, A(APPEND) },
	{ 147, A(MAP_ADD) }, { 148, A(DEREF) }, { 155, A(FORMAT) },
	{ 156, A(CONST_MAP) }, { 157, A(STRING) }, { 160, A(METHOD) },
	{ 161, A(CALL_OLD) }, { 162, A(EXTEND) }, { 163, A(EXTEND) },
	{ 164, A(EXTEND) }, { 165, A(EXTEND) },
};

static const struct op ops_310[] = {
	{ 1, A(POP) }, { 2, A(ROT2) }, { 3, A(ROT3) }, { 4, A(DUP) },
	{ 5, A(DUP2) }, { 6, A(ROT4) }, { 11, A(NEGATIVE) }, { 12, A(NOT) },
	{ 15, A(INVERT) }, { 16, A(OPERATOR1) }, { 17, A(OPERATOR1) },
	{ 19, A(OPERATOR0) }, { 20, A(OPERATOR1) }, { 22, A(OPERATOR2) },
	{ 23, A(OPERATOR3) }, { 24, A(OPERATOR4) }, { 25, A(SUBSCR) },
	{ 26, A(OPERATOR6) }, { 27, A(OPERATOR5) }, { 28, A(OPERATOR6) },
	{ 29, A(OPERATOR5) }, { 30, A(PUSH) }, { 52, A(WITH) },
	{ 55, A(OPERATOR3) }, { 56, A(OPERATOR4) }, { 57, A(OPERATOR1) },
	{ 59, A(OPERATOR2) }, { 60, A(STORE_SUBSCR) }, { 61, A(DROP2) },
	{ 62, A(OPERATOR7) }, { 63, A(OPERATOR8) }, { 64, A(OPERATOR9) },
	{ 65, A(OPERATOR10) }, { 66, A(OPERATOR11) }, { 67, A(OPERATOR0) },
	{ 70, A(POP) }, { 71, A(BUILD_CLASS) }, { 74, A(PUSH) },
	{ 75, A(OPERATOR7) }, { 76, A(OPERATOR8) }, { 77, A(OPERATOR9) },
	{ 78, A(OPERATOR10) }, { 79, A(OPERATOR11) }, { 83, A(RETURN) },
	{ 84, A(IMPORT_STAR) }, { 86, A(YIELD) }, { 90, A(STORE_NAME) },
	{ 92, A(UNPACK) }, { 93, A(FOR) }, { 94, A(UNPACK_EX) },
	{ 95, A(STORE_ATTR) }, { 96, A(DROP) }, { 97, A(STORE_NAME) },
	{ 100, A(CONST) }, { 101, A(NAME) }, { 102, A(TUPLE) },
	{ 103, A(LIST) }, { 104, A(LIST) }, { 105, A(MAP) }, { 106, A(ATTR) },
	{ 107, A(COMPARE) }, { 108, A(IMPORT) }, { 109, A(IMPORT_FROM) },
	{ 111, A(POP) }, { 112, A(POP) }, { 114, A(IF) }, { 115, A(UNLESS) },
	{ 116, A(GLOBAL) }, { 117, A(IS) }, { 118, A(CONTAINS) },
	{ 124, A(FAST) }, { 125, A(STORE_FAST) }, { 130, A(RAISE) },
	{ 131, A(CALL_OLD) }, { 132, A(FUNCTION) }, { 133, A(BUILD_SLICE) },
	{ 135, A(PUSH) }, { 136, A(DEREF) }, { 137, A(STORE_DEREF) },
	{ 141, A(CALL_KW_OLD) }, { 142, A(CALL_EX) }, { 143, A(WITH) },
	{ 144, A(EXTENDED) }, { 145, A(APPEND) }, { 146, A(APPEND) },
	{ 147, A(MAP_ADD) }, { 148, A(DEREF) }, { 155, A(FORMAT) },
	{ 156, A(CONST_MAP) }, { 157, A(STRING) }, { 160, A(METHOD) },
	{ 161, A(CALL_OLD) }, { 162, A(EXTEND) }, { 163, A(EXTEND) },
	{ 164, A(EXTEND) }, { 165, A(EXTEND) },
};

static const struct op ops_311[] = {
	{ 1, A(POP) }, { 2, A(NULL) }, { 11, A(NEGATIVE) }, { 12, A(NOT) },
	{ 15, A(INVERT) }, { 25, A(SUBSCR) }, { 30, A(PUSH) }, { 35, A(PUSH) },
	{ 52, A(WITH) }, { 53, A(WITH) }, { 60, A(STORE_SUBSCR) },
	{ 61, A(DROP2) }, { 70, A(POP) }, { 71, A(BUILD_CLASS) },
	{ 74, A(PUSH) }, { 83, A(RETURN) }, { 84, A(IMPORT_STAR) },
	{ 86, A(YIELD) }, { 90, A(STORE_NAME) }, { 92, A(UNPACK) },
	{ 93, A(FOR) }, { 94, A(UNPACK_EX) }, { 95, A(STORE_ATTR) },
	{ 96, A(DROP) }, { 97, A(STORE_NAME) }, { 99, A(SWAP) },
	{ 100, A(CONST) }, { 101, A(NAME) }, { 102, A(TUPLE) },
	{ 103, A(LIST) }, { 104, A(LIST) }, { 105, A(MAP) }, { 106, A(ATTR) },
	{ 107, A(COMPARE) }, { 108, A(IMPORT) }, { 109, A(IMPORT_FROM) },
	{ 111, A(POP) }, { 112, A(POP) }, { 114, A(IF) }, { 115, A(UNLESS) },
	{ 116, A(GLOBAL) }, { 117, A(IS) }, { 118, A(CONTAINS) },
	{ 120, A(COPY) }, { 122, A(BINARY_OP) }, { 124, A(FAST) },
	{ 125, A(STORE_FAST) }, { 128, A(IF) }, { 129, A(IF) },
	{ 130, A(RAISE) }, { 132, A(FUNCTION) }, { 133, A(BUILD_SLICE) },
	{ 136, A(PUSH) }, { 137, A(DEREF) }, { 138, A(STORE_DEREF) },
	{ 142, A(CALL_EX) }, { 144, A(EXTENDED) }, { 145, A(APPEND) },
	{ 146, A(APPEND) }, { 147, A(MAP_ADD) }, { 148, A(DEREF) },
	{ 155, A(FORMAT) }, { 156, A(CONST_MAP) }, { 157, A(STRING) },
	{ 160, A(METHOD) }, { 162, A(EXTEND) }, { 163, A(EXTEND) },
	{ 164, A(EXTEND) }, { 165, A(EXTEND) }, { 171, A(CALL) },
	{ 172, A(KW_NAMES) }, { 173, A(POP) }, { 174, A(POP) },
	{ 175, A(POP) }, { 176, A(POP) },
};

static const struct op ops_312[] = {
	{ 1, A(POP) }, { 2, A(NULL) }, { 5, A(DROP) }, { 11, A(NEGATIVE) },
	{ 12, A(NOT) }, { 15, A(INVERT) }, { 25, A(SUBSCR) }, { 26, A(SLICE) },
	{ 27, A(STORE_SLICE) }, { 30, A(PUSH) }, { 35, A(PUSH) },
	{ 52, A(WITH) }, { 53, A(WITH) }, { 60, A(STORE_SUBSCR) },
	{ 61, A(DROP2) }, { 71, A(BUILD_CLASS) }, { 74, A(PUSH) },
	{ 83, A(RETURN) }, { 87, A(PUSH) }, { 90, A(STORE_NAME) },
	{ 92, A(UNPACK) }, { 93, A(FOR) }, { 94, A(UNPACK_EX) },
	{ 95, A(STORE_ATTR) }, { 96, A(DROP) }, { 97, A(STORE_NAME) },
	{ 99, A(SWAP) }, { 100, A(CONST) }, { 101, A(NAME) },
	{ 102, A(TUPLE) }, { 103, A(LIST) }, { 104, A(LIST) }, { 105, A(MAP) },
	{ 106, A(ATTR) }, { 107, A(COMPARE) }, { 108, A(IMPORT) },
	{ 109, A(IMPORT_FROM) }, { 114, A(IF) }, { 115, A(UNLESS) },
	{ 116, A(GLOBAL) }, { 117, A(IS) }, { 118, A(CONTAINS) },
	{ 120, A(COPY) }, { 121, A(RETURN_CONST) }, { 122, A(BINARY_OP) },
	{ 124, A(FAST) }, { 125, A(STORE_FAST) }, { 127, A(FAST) },
	{ 128, A(IF) }, { 129, A(IF) }, { 130, A(RAISE) },
	{ 132, A(FUNCTION) }, { 133, A(BUILD_SLICE) }, { 136, A(PUSH) },
	{ 137, A(DEREF) }, { 138, A(STORE_DEREF) }, { 141, A(SUPER) },
	{ 142, A(CALL_EX) }, { 143, A(PUSH) }, { 144, A(EXTENDED) },
	{ 145, A(APPEND) }, { 146, A(APPEND) }, { 147, A(MAP_ADD) },
	{ 150, A(YIELD) }, { 155, A(FORMAT) }, { 156, A(CONST_MAP) },
	{ 157, A(STRING) }, { 162, A(EXTEND) }, { 163, A(EXTEND) },
	{ 164, A(EXTEND) }, { 165, A(EXTEND) }, { 171, A(CALL) },
	{ 172, A(KW_NAMES) }, { 175, A(NAME_POP) }, { 176, A(DEREF_POP) },
};

static const struct op ops_313[] = {
	{ 1, A(WITH) }, { 2, A(WITH) }, { 4, A(SLICE) }, { 5, A(SUBSCR) },
	{ 9, A(DROP2) }, { 11, A(PUSH) }, { 12, A(DROP) }, { 15, A(DROP) },
	{ 20, A(PUSH) }, { 23, A(PUSH) }, { 24, A(BUILD_CLASS) },
	{ 25, A(PUSH) }, { 26, A(FUNCTION) }, { 32, A(POP) }, { 33, A(PUSH) },
	{ 34, A(NULL) }, { 36, A(RETURN) }, { 38, A(STORE_SLICE) },
	{ 39, A(STORE_SUBSCR) }, { 41, A(INVERT) }, { 42, A(NEGATIVE) },
	{ 43, A(NOT) }, { 45, A(BINARY_OP) }, { 46, A(CONST_MAP) },
	{ 47, A(LIST) }, { 48, A(MAP) }, { 49, A(LIST) },
	{ 50, A(BUILD_SLICE) }, { 51, A(STRING) }, { 52, A(TUPLE) },
	{ 53, A(CALL) }, { 54, A(CALL_EX) }, { 57, A(CALL_KW) },
	{ 58, A(COMPARE) }, { 59, A(CONTAINS) }, { 61, A(COPY) },
	{ 63, A(DROP) }, { 68, A(EXTEND) }, { 69, A(EXTEND) },
	{ 71, A(EXTENDED) }, { 72, A(FOR) }, { 74, A(IMPORT_FROM) },
	{ 75, A(IMPORT) }, { 76, A(IS) }, { 80, A(APPEND) }, { 81, A(EXTEND) },
	{ 82, A(ATTR) }, { 83, A(CONST) }, { 84, A(DEREF) }, { 85, A(FAST) },
	{ 86, A(PUSH) }, { 87, A(FAST) }, { 88, A(FAST2) },
	{ 89, A(DEREF_POP) }, { 90, A(NAME_POP) }, { 91, A(GLOBAL) },
	{ 92, A(NAME) }, { 93, A(SUPER) }, { 95, A(MAP_ADD) }, { 97, A(IF) },
	{ 98, A(IF) }, { 99, A(IF) }, { 100, A(UNLESS) }, { 101, A(RAISE) },
	{ 103, A(RETURN_CONST) }, { 105, A(APPEND) }, { 106, A(FN_ATTR) },
	{ 107, A(EXTEND) }, { 108, A(STORE_ATTR) }, { 109, A(STORE_DEREF) },
	{ 110, A(STORE_FAST) }, { 111, A(STORE_LOAD) }, { 112, A(STORE2) },
	{ 113, A(STORE_NAME) }, { 114, A(STORE_NAME) }, { 115, A(SWAP) },
	{ 116, A(UNPACK_EX) }, { 117, A(UNPACK) }, { 118, A(YIELD) },
};

static const struct op ops_314[] = {
	{ 1, A(SLICE) }, { 2, A(DROP) }, { 4, A(CALL_EX) }, { 8, A(DROP2) },
	{ 10, A(DROP) }, { 13, A(DROP) }, { 18, A(PUSH) },
	{ 21, A(BUILD_CLASS) }, { 22, A(PUSH) }, { 23, A(FUNCTION) },
	{ 31, A(POP) }, { 32, A(PUSH) }, { 33, A(NULL) }, { 35, A(RETURN) },
	{ 37, A(STORE_SLICE) }, { 38, A(STORE_SUBSCR) }, { 40, A(INVERT) },
	{ 41, A(NEGATIVE) }, { 42, A(NOT) }, { 44, A(BINARY_OP) },
	{ 45, A(INTERPOLATION) }, { 46, A(LIST) }, { 47, A(MAP) },
	{ 48, A(LIST) }, { 49, A(BUILD_SLICE) }, { 50, A(STRING) },
	{ 51, A(TUPLE) }, { 52, A(CALL) }, { 55, A(CALL_KW) },
	{ 56, A(COMPARE) }, { 57, A(CONTAINS) }, { 59, A(COPY) },
	{ 61, A(DROP) }, { 66, A(EXTEND) }, { 67, A(EXTEND) },
	{ 69, A(EXTENDED) }, { 70, A(FOR) }, { 72, A(IMPORT_FROM) },
	{ 73, A(IMPORT) }, { 74, A(IS) }, { 78, A(APPEND) }, { 79, A(EXTEND) },
	{ 80, A(ATTR) }, { 81, A(PUSH) }, { 82, A(CONST) }, { 83, A(DEREF) },
	{ 84, A(FAST) }, { 85, A(PUSH) }, { 86, A(FAST) }, { 87, A(FAST2) },
	{ 88, A(FAST) }, { 89, A(FAST2) }, { 90, A(DEREF_POP) },
	{ 91, A(NAME_POP) }, { 92, A(GLOBAL) }, { 93, A(NAME) },
	{ 94, A(SMALL) }, { 95, A(SPECIAL) }, { 96, A(SUPER) },
	{ 98, A(MAP_ADD) }, { 100, A(IF) }, { 101, A(IF) }, { 102, A(IF) },
	{ 103, A(UNLESS) }, { 104, A(RAISE) }, { 107, A(APPEND) },
	{ 108, A(FN_ATTR) }, { 109, A(EXTEND) }, { 110, A(STORE_ATTR) },
	{ 111, A(STORE_DEREF) }, { 112, A(STORE_FAST) },
	{ 113, A(STORE_LOAD) }, { 114, A(STORE2) }, { 115, A(STORE_NAME) },
	{ 116, A(STORE_NAME) }, { 117, A(SWAP) }, { 118, A(UNPACK_EX) },
	{ 119, A(UNPACK) }, { 120, A(YIELD) },
};

struct table {
	unsigned int version;
	const struct op *ops;
	size_t n;
};

#define TABLE(version, ops) { version, ops, sizeof(ops) / sizeof((ops)[0]) }

static const struct table tables[] = {
	TABLE(0x0207, ops_27),	TABLE(0x0306, ops_38),	TABLE(0x0309, ops_39),
	TABLE(0x030a, ops_310), TABLE(0x030b, ops_311), TABLE(0x030c, ops_312),
	TABLE(0x030d, ops_313), TABLE(0x030e, ops_314),
};

void mpy_decompile_table(unsigned int version, uint8_t *table)
{
	const struct table *t = &tables[0];

	/* an unknown version: the nearest one below */
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (tables[i].version <= version)
			t = &tables[i];
	memset(table, MPY_ACT_NONE, 256);
	for (size_t i = 0; i < t->n; i++)
		table[t->ops[i].code] = t->ops[i].act;
}
