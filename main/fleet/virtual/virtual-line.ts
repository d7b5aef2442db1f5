/** The line a virtual board sits on: a usual fast UART behind a USB adapter. */
export const virtualLine = { baudRate: 921_600, delayMs: 1 } as const;
