import type { Family } from './attack.ts';
import { BIGINT_AND_NUMBERS } from './bigint-and-numbers.ts';
import { BOMBS } from './bombs.ts';
import { CONSTRUCTORS } from './constructors.ts';
import { ERRORS_AND_STACKS } from './errors-and-stacks.ts';
import { EXHAUSTION } from './exhaustion.ts';
import { GENERATORS } from './generators.ts';
import { GETTERS } from './getters.ts';
import { GLOBALS } from './globals.ts';
import { HOST_FUNCTIONS } from './host-functions.ts';
import { JAVA_SHIM } from './java-shim.ts';
import { JSON_AND_TOJSON } from './json-and-tojson.ts';
import { LIBRARIES_AGAINST_PROCEDURES, LIBRARIES_THAT_SHADOW, PROCEDURES_AGAINST_LIBRARIES } from './libraries.ts';
import { MICROTASKS } from './microtasks.ts';
import { PROTOTYPES } from './prototypes.ts';
import { PROXIES_AND_REFLECTION } from './proxies-and-reflection.ts';
import { PUBLISHED_ESCAPES } from './published-escapes.ts';
import { REGULAR_EXPRESSIONS } from './regular-expressions.ts';
import { JOURNAL, SECRETS } from './secrets-and-journal.ts';
import { SERVICE_ANSWERS, SERVICE_EXHAUSTION } from './service-answers.ts';
import { SERVICE_HANDLES } from './service-handles.ts';
import { SERVICE_OPTIONS } from './service-options.ts';
import { SYMBOLS } from './symbols.ts';
import { UPLOAD_ANALYSIS } from './upload-analysis.ts';
import { WEBASSEMBLY_AND_SHARED_MEMORY } from './webassembly-and-shared-memory.ts';

/** The whole corpus. */
export const FAMILIES: readonly Family[] = [
  ...[CONSTRUCTORS, PROTOTYPES, GETTERS, SYMBOLS, ERRORS_AND_STACKS, GENERATORS, HOST_FUNCTIONS, PUBLISHED_ESCAPES],
  ...[REGULAR_EXPRESSIONS, BIGINT_AND_NUMBERS, BOMBS, MICROTASKS, EXHAUSTION, GLOBALS, PROXIES_AND_REFLECTION],
  ...[WEBASSEMBLY_AND_SHARED_MEMORY, JAVA_SHIM, JSON_AND_TOJSON, UPLOAD_ANALYSIS],
  ...[LIBRARIES_AGAINST_PROCEDURES, LIBRARIES_THAT_SHADOW, PROCEDURES_AGAINST_LIBRARIES],
  ...[SERVICE_HANDLES, SERVICE_OPTIONS, SERVICE_ANSWERS, SERVICE_EXHAUSTION, SECRETS, JOURNAL],
];
