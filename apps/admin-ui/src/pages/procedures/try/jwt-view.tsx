import { CodeBlock, JsonBlock } from '../../../components/code-block.tsx';
import { KeyValues } from '../../../components/key-values.tsx';
import { Time } from '../../../components/time.tsx';
import type { SeenJwt } from './jwts.ts';

/** Claims that are moments, in seconds since 1970. RFC 7519 section 4.1, OpenID Connect Core section 2. */
const MOMENTS = ['iat', 'nbf', 'exp', 'auth_time', 'updated_at'] as const;

/** A JWT as people read it: its claims, its times in words, who signed it. */
export function JwtView({ jwt: { where, header, claims, text } }: { readonly jwt: SeenJwt }) {
  const { alg, kid, typ } = header;
  const times = MOMENTS.flatMap((name) => {
    const at = claims[name];
    return typeof at === 'number' && isShown(at) ? [[name, <Time key={name} at={at} />] as const] : [];
  });
  return (
    <div className="stack try-jwt">
      <h4>
        <code>{where}</code>
      </h4>
      <JsonBlock value={claims} label={`Claims of ${where}`} />
      <KeyValues
        items={[
          ...times,
          ['Type', typeof typ === 'string' ? typ : null],
          [
            'Signature',
            <span key="signature">
              {typeof alg === 'string' ? alg : 'none'}
              {typeof kid === 'string' && (
                <>
                  {' '}
                  by the key <code>{kid}</code>
                </>
              )}
              {kid === 'dry-run' && ', which is never published: nobody takes it'}
            </span>,
          ],
        ]}
      />
      <details>
        <summary>Header{text !== null && ' and the token as it was sent'}</summary>
        <div className="stack">
          <JsonBlock value={header} label={`Header of ${where}`} />
          {text !== null && <CodeBlock text={text} label={`${where}, as it was sent`} />}
        </div>
      </details>
    </div>
  );
}

/** What a date can be made of. ECMA-262, time values. */
function isShown(seconds: number): boolean {
  return Math.abs(seconds) <= 8.64e12;
}
