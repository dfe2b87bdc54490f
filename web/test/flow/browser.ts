import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const CHROMIUM = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));

/** False where no browser is installed: then the browser tests are skipped, and say so. */
export const hasBrowser = CHROMIUM !== undefined;

let browser: Browser | null = null;
let home = '';

export async function launch(): Promise<Browser> {
  home = mkdtempSync(join(tmpdir(), 'signalbox-browser-'));
  browser = await chromium.launch({
    executablePath: CHROMIUM ?? '',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
    env: { ...process.env, HOME: home } as Record<string, string>,
  });
  return browser;
}

export async function shut(): Promise<void> {
  await browser?.close();
  browser = null;
  if (home) rmSync(home, { recursive: true, force: true });
}

export interface Look {
  width?: number;
  height?: number;
  touch?: boolean;
  theme?: 'dark' | 'light';
  lang?: string;
  scale?: number;
  reducedMotion?: boolean;
}

export interface Opened {
  context: BrowserContext;
  page: Page;
  /** Errors of the page, violations of its security policy among them. */
  errors: string[];
}

/** A fresh browser profile with one page. */
export async function open(look: Look = {}): Promise<Opened> {
  const context = await browser!.newContext({
    viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
    deviceScaleFactor: look.scale ?? 1,
    hasTouch: look.touch ?? false,
    isMobile: look.touch ?? false,
    colorScheme: look.theme ?? 'dark',
    locale: look.lang ?? 'en',
    reducedMotion: look.reducedMotion ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security|Trusted|Refused to|TypeError|ReferenceError|svelte/i.test(message.text())) errors.push(message.text());
  });
  return { context, page, errors };
}

/** Polls until the page says yes; the browser tests never sleep. */
export async function until(what: () => Promise<boolean> | boolean, why: string, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    if (await what()) return;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${why}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
