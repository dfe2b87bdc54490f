import { svelte } from '@sveltejs/vite-plugin-svelte';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

// The server serves `dist` as it is: hashed files below /assets, everything else from the root.
/** Text files get a compressed neighbour, which the server hands out to browsers that ask for it. */
function precompressed(): Plugin {
  let out = '';
  return {
    name: 'precompressed',
    apply: 'build',
    configResolved: (config) => void (out = resolve(config.root, config.build.outDir)),
    closeBundle() {
      for (const file of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
        if (/\.(js|css|html|svg)$/.test(file)) writeFileSync(join(out, `${file}.gz`), gzipSync(readFileSync(join(out, file)), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), precompressed()],
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true, sourcemap: false, chunkSizeWarningLimit: 800, modulePreload: { polyfill: false } },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/api': { target: process.env['SIGNALBOX_URL'] ?? 'http://127.0.0.1:7420' },
      '/ws': { target: process.env['SIGNALBOX_URL'] ?? 'http://127.0.0.1:7420', ws: true },
    },
  },
});
