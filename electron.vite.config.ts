import vue from '@vitejs/plugin-vue';
import { resolve } from 'node:path';
import { defineConfig } from 'electron-vite';

const at = (path: string) => resolve(import.meta.dirname, path);

/**
 * One build for every shell: `electron` is Electron's main process; `cli` runs under plain Node and serves the browser shell;
 * the workers lie flat beside them (see main/threads/worker-url.ts).
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          electron: at('main/shells/electron/index.ts'),
          cli: at('main/shells/cli/index.ts'),
          'background-worker': at('main/background/background-worker.ts'),
          'board-worker': at('main/fleet/virtual/board-worker.ts'),
          'capture-worker': at('main/instruments/capture-worker.ts'),
          'classify-worker': at('main/jobs/classify/classify-worker.ts'),
          'compare-worker': at('main/jobs/compare/compare-worker.ts'),
          'job-worker': at('main/jobs/study/job-worker.ts'),
          'own-model-worker': at('main/own-models/own-model-worker.ts'),
          'study-worker': at('main/jobs/study/study-worker.ts'),
          'train-worker': at('main/jobs/train/train-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { index: at('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [vue()],
    worker: { format: 'es' },
    build: {
      outDir: at('out/renderer'),
      target: 'es2023',
      assetsInlineLimit: 0,
      rollupOptions: { input: at('renderer/index.html') },
    },
  },
});
