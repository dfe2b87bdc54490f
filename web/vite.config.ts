import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The server serves `dist` as it is: hashed files below /assets, everything else from the root.
export default defineConfig({
  plugins: [svelte()],
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true, sourcemap: false, modulePreload: { polyfill: false } },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/api': { target: process.env['SIGNALBOX_URL'] ?? 'http://127.0.0.1:7420' },
      '/ws': { target: process.env['SIGNALBOX_URL'] ?? 'http://127.0.0.1:7420', ws: true },
    },
  },
});
