#!/usr/bin/env node
/** Checks that what the documents name is there: files, headings, routes, npm scripts, settings. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documents, surroundings } from './docs/repository.js';
import { problemsOf } from './docs/problems.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const about = surroundings(root);
const found = documents(root).flatMap((document) => problemsOf(document, about));
for (const problem of found) console.log(problem);
if (found.length > 0) process.exitCode = 1;
