#ifndef CUR_INA226_MODEL_H
#define CUR_INA226_MODEL_H

#include "../../drivers/i2c.h"

/*
 * An INA226 as its registers behave (SBOS547), for boards without one: simulated. What flows through its
 * shunt is told to it; it converts, averages and rounds that as the chip does.
 */

enum { CUR_INA226_MODEL_ADDRESS = 0x40 };

struct cur_ina226_model {
    uint32_t shunt_uohm;
    uint32_t bus_mv; /* of the supply */
    uint16_t registers[8];
    uint64_t from_ns;    /* when the conversion under way began */
    uint64_t told_ns;    /* up to when the charge is known */
    double charge_ua_ns; /* of the conversion under way: microamperes times nanoseconds */
    double current_ua;   /* flows since told_ns */
};

void cur_ina226_model_init(struct cur_ina226_model *model, uint32_t shunt_uohm, uint32_t bus_mv,
                           uint64_t now_ns);

/* From now on so much flows. Times never go back. */
void cur_ina226_model_draws(struct cur_ina226_model *model, double current_ua, uint64_t now_ns);

/* As cur_i2c.transfer, at a moment. */
int cur_ina226_model_transfer(struct cur_ina226_model *model, uint8_t address, const uint8_t *out,
                              uint32_t out_n, uint8_t *in, uint32_t in_n, uint64_t now_ns);

#endif
