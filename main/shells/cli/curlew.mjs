#!/usr/bin/env node
/** `curlew`: runs the built command line; in a clone it sets up what is missing first. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild, ensurePackages, root } from '../setup.mjs';

// A package that was installed is built, and npm has brought what it needs.
if (existsSync(join(root, 'package-lock.json'))) {
  ensurePackages();
  ensureBuild();
}
await import(pathToFileURL(join(root, 'out', 'main', 'cli.js')).href);
