import type { TokenIssuer } from '../../api/shapes.ts';
import { wholeNumberOf } from '../../components/draft.ts';

export type IssuerKind = TokenIssuer['kind'];
export type Algorithm = NonNullable<TokenIssuer['algorithm']>;

/** What each kind mints; the compiler sees to it that none is missing. */
export const KINDS = {
  opaque: 'opaque: a random reference, which only introspection explains',
  jwt: 'jwt: signed, with its claims inside',
  'wrapped-opaque': 'wrapped-opaque: a reference inside a signed JWT',
} as const satisfies Readonly<Record<IssuerKind, string>>;

export const ALGORITHMS = {
  ES256: 'ES256 – ECDSA on P-256',
  RS256: 'RS256 – RSA',
  EdDSA: 'EdDSA – Ed25519',
} as const satisfies Readonly<Record<Algorithm, string>>;

/** What signs where none is named. */
export const USUAL_ALGORITHM: Algorithm = 'ES256';

export interface IssuerDraft {
  readonly id: string;
  readonly kind: IssuerKind;
  readonly isDefault: 'yes' | 'no' | 'unless-another';
  readonly enabled: boolean;
  readonly algorithm: Algorithm | '';
  readonly lifetime: string;
  readonly allowSubjectChange: boolean;
}

/** The member of the address that names it, as faults of the service have it. */
export const NAME = '/issuer';
export const FIELDS = [NAME, '/kind', '/isDefault', '/enabled', '/algorithm', '/lifetime', '/allowSubjectChange'];

export const EMPTY: IssuerDraft = {
  id: '',
  kind: 'opaque',
  isDefault: 'unless-another',
  enabled: true,
  algorithm: '',
  lifetime: '',
  allowSubjectChange: false,
};

export function draftOf({ id, kind, isDefault, enabled, algorithm, lifetime, allowSubjectChange }: TokenIssuer): IssuerDraft {
  return {
    id,
    kind,
    isDefault: isDefault ? 'yes' : 'no',
    enabled,
    algorithm: algorithm ?? '',
    lifetime: lifetime === null ? '' : String(lifetime),
    allowSubjectChange,
  };
}

/** The body of a request. @throws ApiError when the lifetime is no number */
export function bodyOf({ kind, isDefault, enabled, algorithm, lifetime, allowSubjectChange }: IssuerDraft): object {
  return {
    kind,
    ...(isDefault === 'unless-another' ? {} : { isDefault: isDefault === 'yes' }),
    enabled,
    algorithm: algorithm === '' || kind === 'opaque' ? null : algorithm,
    lifetime: wholeNumberOf(lifetime, '/lifetime'),
    allowSubjectChange,
  };
}

/** What a token issuer signs with; null for one that does not sign. */
export function algorithmOf({ kind, algorithm }: TokenIssuer): Algorithm | null {
  return kind === 'opaque' ? null : (algorithm ?? USUAL_ALGORITHM);
}
