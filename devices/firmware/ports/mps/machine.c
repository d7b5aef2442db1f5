#include "machine.h"

#include "../../hal/hal.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define TIMER_CONTROL    REGISTER(MACHINE_TIMER)
#define TIMER_VALUE      REGISTER(MACHINE_TIMER_VALUE)
#define TIMER_RELOAD     REGISTER(MACHINE_TIMER + 8u)
#define UART_DATA        REGISTER(MACHINE_UART)
#define UART_STATE       REGISTER(MACHINE_UART + 4u)
#define UART_CONTROL     REGISTER(MACHINE_UART + 8u)
#define UART_CLEAR       REGISTER(MACHINE_UART + 0xcu)
#define UART_DIVIDER     REGISTER(MACHINE_UART + 0x10u)
#define WATCHDOG_LOAD    REGISTER(MACHINE_WATCHDOG)
#define WATCHDOG_CONTROL REGISTER(MACHINE_WATCHDOG + 8u)
#define SYSTICK          REGISTER(0xe000e010u)
#define SYSTICK_LOAD     REGISTER(0xe000e014u)
#define NVIC_ENABLE      REGISTER(0xe000e100u + 4u * (MACHINE_UART_INTERRUPT / 32))
#define AIRCR            REGISTER(0xe000ed0cu)
#define CPACR            REGISTER(0xe000ed88u)

enum {
    UART_TX_FULL = 1,
    UART_RX_FULL = 2,
    UART_TX_ENABLE = 1,
    UART_RX_ENABLE = 2,
    UART_RX_INTERRUPT = 8,
    UART_RX_CLEAR = 2,
    WATCHDOG_INTERRUPT = 1,
    WATCHDOG_RESET = 2,
    WATCHDOG_SECONDS = 10,
    NS_PER_INSTRUCTION = 64,
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
#ifdef __ARM_FP
    CPACR |= 0xfu << 20; /* FPU and Helium, before their first instruction */
    __asm volatile("dsb\n\tisb");
#endif
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
    machine_reset(CUR_CAUSE_FAULT);
}

static void fault_handler(void) {
    machine_reset(CUR_CAUSE_FAULT);
}

static void watchdog_handler(void) {
    machine_reset(CUR_CAUSE_WATCHDOG);
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

__attribute__((section(".vectors"), used)) static const vector vectors[] = {
    (vector)(uintptr_t)machine_stack_top,
    machine_entry,
    watchdog_handler, /* not maskable; nothing else is wired to it */
    fault_handler,    /* hard fault */
    fault_handler,    /* memory management */
    fault_handler,    /* bus */
    fault_handler,    /* usage */
    fault_handler,    /* secure, on Cortex-M55 */
    [15] = tick_handler,
    [16 + MACHINE_UART_INTERRUPT] = uart_handler,
};

void machine_start(void) {
    if (MACHINE_TIMER_DOWN) {
        /* From its reset value, 0, it would not start; after the first round it starts again by itself. */
        TIMER_RELOAD = 0xffffffff;
        TIMER_VALUE = 0xffffffff;
    }
    TIMER_CONTROL = 1;
    last_value = TIMER_VALUE;
    SYSTICK_LOAD = 0xffffff;
    SYSTICK = 7;
    UART_DIVIDER = 16;
    UART_CONTROL = UART_TX_ENABLE | UART_RX_ENABLE | UART_RX_INTERRUPT;
    NVIC_ENABLE = 1u << MACHINE_UART_INTERRUPT % 32;
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

uint64_t machine_ns(void) {
    uint32_t value = TIMER_VALUE;
    ticks += MACHINE_TIMER_DOWN ? last_value - value : value - last_value;
    last_value = value;
    return ticks * (8000 / MACHINE_TICKS_PER_US) / 8; /* 8000: whole numbers, and a shift for a division */
}

uint64_t machine_instructions(void) {
    return machine_ns() / NS_PER_INSTRUCTION;
}

uint32_t machine_stack_high_water(void) {
    const uint32_t *p = machine_stack_limit;
    while (p < machine_stack_top && *p == paint)
        p++;
    return (uint32_t)((const uint8_t *)machine_stack_top - (const uint8_t *)p);
}

void machine_watchdog_feed(void) {
    WATCHDOG_LOAD = WATCHDOG_SECONDS * MACHINE_WATCHDOG_HZ;
    WATCHDOG_CONTROL = WATCHDOG_INTERRUPT | WATCHDOG_RESET;
}

_Noreturn void machine_reset(uint8_t cause) {
    MACHINE_RETAINED->cause = cause;
    while (UART_STATE & UART_TX_FULL) {
    }
    AIRCR = 0x05fa0004;
    for (;;) {
    }
}
