/** For tests: Chromium on the built lab, and every complaint it makes about the page. */
import { chromium, type Browser, type Page } from 'playwright-core';

const program = '/usr/bin/chromium';
const options = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** The last guard against a hang; a busy machine may take long. */
const patienceMs = 300_000;

export interface Visit {
  page: Page;
  /** Console errors, uncaught errors, failed loads, refusals of the content security policy. */
  complaints: string[];
  browser: Browser;
}

/** @param trusts certificates of the lab's own, as a person who has compared the fingerprint does */
export async function visit(
  link: string,
  colorScheme: 'light' | 'dark' = 'dark',
  trusts = false,
): Promise<Visit> {
  const browser = await chromium.launch({ executablePath: program, args: options, timeout: patienceMs });
  const page = await browser.newPage({
    viewport: { width: 1360, height: 860 },
    colorScheme,
    acceptDownloads: true,
    ignoreHTTPSErrors: trusts,
  });
  page.setDefaultTimeout(patienceMs);
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    // A page that is left or loaded anew gives up what it was loading.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`${request.url()} failed`);
  });
  await page.goto(link);
  return { page, complaints, browser };
}
