import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

/** Milliseconds. Tests wait for what happens; this only ends a hang, and is far off on a busy machine too. */
const patience = { testTimeout: 600_000, hookTimeout: 600_000, expect: { poll: { timeout: 300_000 } } };

export default defineConfig({
  plugins: [vue()],
  test: {
    // One less by default: of two cores one would idle.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          setupFiles: ['renderer/test/browser-parts.ts'],
          include: ['{main,preload,renderer,devices,models}/**/*.test.ts', 'test/unit/**/*.test.ts'],
          ...patience,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/{conformance,e2e}/**/*.test.ts'],
          ...patience,
        },
      },
    ],
  },
});
