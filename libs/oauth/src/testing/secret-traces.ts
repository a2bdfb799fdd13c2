/** A compact JWS in a text. */
const JWS = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;
/** Levels of JSON text within JSON text that are looked into. */
const DEEPEST = 2;

/**
 * In which of the forms that the contract names a text holds a secret: plain, base64 (of either alphabet, at any place of what
 * was encoded) and hexadecimal, itself or as it stands in JSON text. It decodes what it finds, member by member where the text is JSON or a JWT: it knows
 * nothing of how the service looks for secrets.
 */
export function tracesOf(secret: string, text: string): readonly string[] {
  const found = new Set<string>();
  const escaped = JSON.stringify(secret).slice(1, -1);
  const isIn = (bytes: Buffer) => bytes.includes(secret) || bytes.includes(escaped);
  for (const part of partsOf(text)) {
    if (part.includes(secret) || part.includes(escaped)) found.add('plain');
    for (const [run] of part.matchAll(/[\w+/-]{6,}/g))
      for (let offset = 0; offset < 4; offset++) if (isIn(Buffer.from(run.slice(offset), 'base64'))) found.add('base64');
    for (const [run] of part.matchAll(/[0-9a-f]{8,}/gi))
      for (let offset = 0; offset < 2; offset++) if (isIn(Buffer.from(run.slice(offset), 'hex'))) found.add('hexadecimal');
  }
  return [...found];
}

/** The text itself, the texts and names in it where it is JSON, in those that are JSON themselves, and the same of the JWTs in all of these. */
function partsOf(text: string): readonly string[] {
  const parts = [text, ...membersOf(text)];
  const jwts = new Set(parts.flatMap((part) => part.match(JWS) ?? []));
  for (const jwt of jwts) parts.push(...jwt.split('.').flatMap((part) => membersOf(Buffer.from(part, 'base64url').toString())));
  return parts;
}

function membersOf(text: string, depth = 0): string[] {
  const parts: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === 'string') parts.push(value, ...(depth < DEEPEST ? membersOf(value, depth + 1) : []));
    else if (typeof value === 'number') parts.push(String(value));
    else if (typeof value === 'object' && value !== null)
      for (const [name, member] of Object.entries(value)) {
        visit(name);
        visit(member);
      }
  };
  try {
    visit(JSON.parse(text));
  } catch {
    return [];
  }
  return parts;
}
