#include "machine.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define TIMER_CONTROL REGISTER(0x40000000)
#define TIMER_VALUE   REGISTER(0x40000004)
#define TIMER_RELOAD  REGISTER(0x40000008)
#define UART_DATA     REGISTER(0x40004000)
#define UART_STATE    REGISTER(0x40004004)
#define UART_CONTROL  REGISTER(0x40004008)
#define UART_CLEAR    REGISTER(0x4000400c)
#define UART_DIVIDER  REGISTER(0x40004010)
#define SYSTICK       REGISTER(0xe000e010)
#define SYSTICK_LOAD  REGISTER(0xe000e014)
#define NVIC_ENABLE   REGISTER(0xe000e100)
#define AIRCR         REGISTER(0xe000ed0c)
#define CPACR         REGISTER(0xe000ed88)

enum {
    UART_TX_FULL = 1,
    UART_RX_FULL = 2,
    UART_TX_ENABLE = 1,
    UART_RX_ENABLE = 2,
    UART_RX_INTERRUPT = 8,
    UART_RX_CLEAR = 2,
    RING = 32768,
};

static const uint32_t paint = 0x5aa55aa5;

extern uint32_t machine_data_from[], machine_data[], machine_data_end[];
extern uint32_t machine_bss[], machine_bss_end[];
extern uint32_t machine_stack_limit[], machine_stack_top[];

int main(void);

static uint8_t ring[RING];
static volatile uint32_t ring_in, ring_out;
static uint32_t last_value;
static uint64_t ticks;

/* Where the processor starts: the vector table's second word, and the ELF file's entry. */
void machine_entry(void);

void machine_entry(void) {
    CPACR |= 0xfu << 20; /* the FPU, before the first float instruction */
    __asm volatile("dsb\n\tisb");
    uint32_t *from = machine_data_from;
    for (uint32_t *to = machine_data; to < machine_data_end;)
        *to++ = *from++;
    for (uint32_t *to = machine_bss; to < machine_bss_end;)
        *to++ = 0;
    /* 64 words are left for what runs now. */
    uint32_t *here = (uint32_t *)__builtin_frame_address(0) - 64;
    for (uint32_t *to = machine_stack_limit; to < here;)
        *to++ = paint;
    main();
    machine_reset();
}

static void fault_handler(void) {
    machine_reset();
}

static void tick_handler(void) {
    /* Nothing: it wakes the main loop in time to read the timer before it wraps. */
}

static void uart_handler(void) {
    /* First: a byte that comes after the last look below must interrupt again. */
    UART_CLEAR = UART_RX_CLEAR;
    while (UART_STATE & UART_RX_FULL) {
        uint8_t byte = (uint8_t)UART_DATA;
        uint32_t next = (ring_in + 1) % RING;
        if (next == ring_out) continue; /* full: lost, as on any UART without flow control */
        ring[ring_in] = byte;
        ring_in = next;
    }
}

typedef void (*vector)(void);

__attribute__((section(".vectors"), used)) static const vector vectors[17] = {
    (vector)(uintptr_t)machine_stack_top,
    machine_entry,
    fault_handler, /* NMI */
    fault_handler, /* hard fault */
    fault_handler, /* memory management */
    fault_handler, /* bus */
    fault_handler, /* usage */
    [15] = tick_handler,
    [16] = uart_handler, /* interrupt 0: UART 0 receive */
};

void machine_start(void) {
    TIMER_RELOAD = 0xffffffff;
    TIMER_VALUE = 0xffffffff;
    TIMER_CONTROL = 1;
    last_value = TIMER_VALUE;
    SYSTICK_LOAD = 0xffffff;
    SYSTICK = 7;
    UART_DIVIDER = 16;
    UART_CONTROL = UART_TX_ENABLE | UART_RX_ENABLE | UART_RX_INTERRUPT;
    NVIC_ENABLE = 1;
}

size_t machine_uart_read(uint8_t *bytes, size_t n) {
    size_t taken = 0;
    while (taken < n && ring_out != ring_in) {
        bytes[taken++] = ring[ring_out];
        ring_out = (ring_out + 1) % RING;
    }
    return taken;
}

void machine_uart_write(const uint8_t *bytes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        while (UART_STATE & UART_TX_FULL) {
        }
        UART_DATA = bytes[i];
    }
}

void machine_sleep(void) {
    /* With interrupts masked one that is pending still ends the sleep, so none can slip in between. */
    __asm volatile("cpsid i" ::: "memory");
    if (ring_in == ring_out) __asm volatile("wfi");
    __asm volatile("cpsie i" ::: "memory");
}

uint64_t machine_ticks(void) {
    uint32_t value = TIMER_VALUE; /* counts down */
    ticks += (uint32_t)(last_value - value);
    last_value = value;
    return ticks;
}

uint64_t machine_instructions(void) {
    return machine_ticks() * 5 / 8;
}

uint32_t machine_stack_high_water(void) {
    const uint32_t *p = machine_stack_limit;
    while (p < machine_stack_top && *p == paint)
        p++;
    return (uint32_t)((const uint8_t *)machine_stack_top - (const uint8_t *)p);
}

_Noreturn void machine_reset(void) {
    while (UART_STATE & UART_TX_FULL) {
    }
    AIRCR = 0x05fa0004;
    for (;;) {
    }
}
