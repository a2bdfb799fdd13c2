import type { Configuration, ConfigurationProblem, EntityKind } from '#libs/oauth';
import { describe } from '../change-in-words.ts';
import type { PlanProblem } from '../plan.ts';
import type { Path } from './configuration-text.ts';
import { placeKey } from './desired.ts';
import { isMapping } from './mapping.ts';
import type { Reading } from './reading.ts';

/** Reports what stands in the way of a plan, unless it may be due to something that is reported already. */
export function reportConflict(reading: Reading, { kind, key, path, message, library }: PlanProblem): void {
  const place = reading.places.get(placeKey(kind, key));
  const isWhole = path === place;
  if (library !== undefined && isUnsure(reading, library)) return;
  // Whether the whole differs from what was made in the service cannot be said, nor which text has which number.
  if (reading.isImpaired(kind, key) && (isWhole || (path?.includes('versions') === true && reading.doubts(kind, key, 'versions')))) return;
  reading.report(path ?? [], message, isWhole);
}

/** Reports a reference that leads nowhere, unless it may be due to something that is reported already. */
export function reportReference(reading: Reading, current: Configuration, problem: ConfigurationProblem): void {
  if (isExplained(reading, problem)) return;
  const { kind, key, pointer, message } = problem;
  const place = reading.places.get(placeKey(kind, key));
  if (place === undefined) {
    const origin = current.get(kind, key)?.origin;
    reading.report(
      [],
      `${describe(kind, key)}${origin === 'api' ? ', made in the service,' : ''} would not be valid any more: ${pointer === '' ? '' : `${pointer}: `}${message}`,
    );
    return;
  }
  const at = reading.text.existing([...place, ...written(reading, problem, place)]);
  reading.report(at, message, at.length === place.length && kind !== 'binding');
}

/** Whether a problem may come from what is malformed in the entity, or in the one it refers to. */
function isExplained(reading: Reading, { kind, key, pointer }: ConfigurationProblem): boolean {
  const ids = key.split('/');
  const [, member = ''] = pointer.split('/');
  if (reading.doubts(kind, key, MEMBERS[member] ?? member)) return true;
  const isMalformed = (target: EntityKind, ...parts: readonly (string | undefined)[]) =>
    reading.malformed.has(placeKey(target, parts.join('/')));
  switch (`${kind} ${member}`) {
    case 'client scopes':
      return reading.doubts('profile', ids[0] ?? '', 'scopes');
    case 'binding endpoint':
      return isMalformed('endpoint', ids[0], ids[1]);
    case 'binding procedure':
    case 'binding version': {
      const procedure = encodeURIComponent(procedureOf(reading, key));
      // Which secrets there are cannot be said.
      if (member === 'procedure' && reading.doubts('profile', ids[0] ?? '', 'secrets')) return true;
      return isMalformed('procedure', procedure) || (member === 'version' && reading.isImpaired('procedure', procedure));
    }
    case 'http-client tls':
    case 'procedure activeVersion':
    case 'library activeVersion':
      return reading.isImpaired(kind, key);
    default:
      return member === 'profile' && isMalformed('profile', ids[0]);
  }
}

/** Whether a library stands in the text, but which versions it has cannot be said. */
function isUnsure(reading: Reading, library: string): boolean {
  const key = encodeURIComponent(library);
  return reading.malformed.has(placeKey('library', key)) || reading.isImpaired('library', key);
}

/** Members that a file calls by another name. */
const MEMBERS: Readonly<Record<string, string>> = { secrets: 'secret' };

function procedureOf(reading: Reading, binding: string): string {
  const entity = reading.entities.find((candidate) => candidate.kind === 'binding' && candidate.key === binding);
  return entity?.kind === 'binding' ? entity.value.procedure : '';
}

/** Where the text has what a pointer leads to. Elements stand elsewhere when bad ones before them were left out. */
function written(reading: Reading, { kind, key, pointer }: ConfigurationProblem, place: Path): Path {
  const [, member, ...further] = pointer.split('/');
  if (member === undefined) return [];
  const [index] = further;
  if (index !== undefined && reading.isImpaired(kind, key)) {
    const elements = memberAt(reading.entities.find((entity) => entity.kind === kind && entity.key === key)?.value, [member, index]);
    const list = memberAt(reading.text.root, [...place, member]);
    if (Array.isArray(list) && list.includes(elements)) return [member, list.indexOf(elements)];
  }
  return [MEMBERS[member] ?? member, ...further];
}

function memberAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, part) => (Array.isArray(at) ? at[Number(part)] : isMapping(at) ? at[part] : undefined), value);
}
