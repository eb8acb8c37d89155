/* Shared by population's two files only. */
#ifndef SONDE_POPULATION_INTERNAL_H
#define SONDE_POPULATION_INTERNAL_H

#include "population.h"

/* In population_check.c: whether a description holds together; ERR_INVALID with a sentence where it does not. That networks do
 * not overlap is seen when they are sorted. */
int population_check(const struct population_description *description, struct error *why);

#endif
