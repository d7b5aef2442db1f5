#!/usr/bin/env node
/** `npx curlew`: sets up what is missing, then runs the built command line. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild, ensurePackages, root } from '../setup.mjs';

ensurePackages();
ensureBuild();
await import(pathToFileURL(join(root, 'out', 'main', 'cli.js')).href);
