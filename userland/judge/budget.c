// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The account of a judging: see budget.h. Nothing here can fail otherwise
 * than by saying that something is used up.
 */
#include "budget.h"
#include "verdict.h"

void mpy_budget_init(struct mpy_budget *budget)
{
	budget->steps = MPY_STEPS_MAX;
	budget->decoded = MPY_DECODED_MAX;
	budget->alive = MPY_ALIVE_MAX;
	budget->layers = MPY_LAYERS_MAX;
	budget->bounds = 0;
}

bool mpy_budget_step(struct mpy_budget *budget, uint64_t n)
{
	if (n > budget->steps) {
		budget->steps = 0;
		budget->bounds |= MPY_BOUND_STEPS;
		return false;
	}
	budget->steps -= n;
	return true;
}

bool mpy_budget_decode(struct mpy_budget *budget, size_t size)
{
	if (size > budget->decoded) {
		budget->bounds |= MPY_BOUND_DECODED;
		return false;
	}
	budget->decoded -= size;
	return true;
}

bool mpy_budget_keep(struct mpy_budget *budget, size_t size)
{
	if (size > budget->alive) {
		budget->bounds |= MPY_BOUND_DECODED;
		return false;
	}
	budget->alive -= size;
	return true;
}

void mpy_budget_drop(struct mpy_budget *budget, size_t size)
{
	budget->alive += size;
}
