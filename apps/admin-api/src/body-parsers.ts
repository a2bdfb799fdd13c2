import type { FastifyInstance } from 'fastify';
import { DEFAULT_LIMITS } from '#libs/oauth';
import { Problem } from './problem.ts';

/** Bytes that a JSON body may have. */
export const BODY_LIMIT = 1_048_576;

/** Bytes that a configuration may have: an export has every version of every procedure. */
const CONFIGURATION_LIMIT = 8_388_608;

/** Bytes that many lines of JSON may have. */
const LINES_LIMIT = 8_388_608;

/** JSON nested deeper is refused: nothing here needs it, and recursive readers would run out of stack. */
const MAXIMUM_DEPTH = 32;

export const JSON_TYPE = 'application/json';
export const TYPESCRIPT_TYPES = ['text/typescript', 'application/typescript'] as const;
export const SOURCE_TYPES = ['text/javascript', 'application/javascript', ...TYPESCRIPT_TYPES] as const;
export const JSON_LINES_TYPES = ['application/jsonl', 'application/x-ndjson'] as const;
export const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'] as const;

/** Replaces the framework's parsers: bodies must be UTF-8, and no error quotes them, since they may hold secrets. */
export function addBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const add = (types: readonly string[], bodyLimit: number, read: (text: string) => unknown) => {
    fastify.addContentTypeParser([...types], { parseAs: 'buffer', bodyLimit }, (_request, body, done) => {
      try {
        done(null, read(decode(body as Buffer)));
      } catch (error) {
        done(error as Error, undefined);
      }
    });
  };
  add([JSON_TYPE], BODY_LIMIT, parseJson);
  add(SOURCE_TYPES, DEFAULT_LIMITS.sourceBytes, (text) => text);
  add(YAML_TYPES, CONFIGURATION_LIMIT, (text) => text);
  add(JSON_LINES_TYPES, LINES_LIMIT, (text) => text);
}

function decode(body: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new Problem('invalid-request', 'The body is not UTF-8.');
  }
  refuseText(text);
  return text;
}

/** Refuses characters that not every database can keep. */
function refuseText(text: string): void {
  if (text.includes('\0')) throw new Problem('invalid-request', 'The body has a NUL character.');
  if (!text.isWellFormed()) throw new Problem('invalid-request', 'The body has half a surrogate pair.');
}

/** @throws Problem `invalid-request` */
export function parseJson(text: string): unknown {
  // An empty body is as good as none, for resources that need none.
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const place = /\(line (\d+) column (\d+)\)/.exec((error as Error).message);
    const message = 'is not valid JSON';
    throw new Problem(
      'invalid-request',
      place === null ? `The body ${message}.` : `The body ${message}, at line ${place[1]}, column ${place[2]}.`,
      {
        errors: [{ pointer: '', message, ...(place === null ? {} : { line: Number(place[1]), column: Number(place[2]) }) }],
      },
    );
  }
  refuseTraps(value);
  return value;
}

/** Refuses nesting that recursive readers do not survive, members that would change prototypes, and escaped bad text. Not recursive itself. */
function refuseTraps(root: unknown): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAXIMUM_DEPTH) throw new Problem('invalid-request', `The body is nested deeper than ${MAXIMUM_DEPTH} levels.`);
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string') refuseText(value);
      if (typeof value !== 'object' || value === null) continue;
      if (Object.hasOwn(value, '__proto__')) throw new Problem('invalid-request', 'The body has a member named "__proto__".');
      if (!Array.isArray(value)) for (const name of Object.keys(value)) refuseText(name);
      for (const member of Object.values(value)) below.push(member);
    }
    level = below;
  }
}
