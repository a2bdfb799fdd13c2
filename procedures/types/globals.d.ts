/** What every procedure can use beside the language. */

/**
 * Copies the members of `source` to `target`, whatever shape of map the source has; null copies nothing.
 * @returns the target
 */
declare function appendObjectTo<T extends object>(source: object | null | undefined, target: T): T;

/** Whole seconds from now until a time: seconds since 1970 as number or text, or a `Date`. Null for null. */
declare function secondsUntil(time: number | string | Date): number;
declare function secondsUntil(time: unknown): number | null;

/** Whole seconds from a time until now. Null for null. */
declare function secondsSince(time: number | string | Date): number;
declare function secondsSince(time: unknown): number | null;

/** SHA-256 of text as UTF-8, in hexadecimal unless `base64url` is asked for. */
declare function sha256(text: string, options?: { encoding?: 'hex' | 'base64url' } | 'hex' | 'base64url'): string;

/** A random UUID of the system's generator. */
declare function randomUuid(): string;

/** The log of this execution. Each `{}` of the format takes the next argument. */
interface ProcedureLogger {
  trace(format: unknown, ...args: unknown[]): void;
  debug(format: unknown, ...args: unknown[]): void;
  info(format: unknown, ...args: unknown[]): void;
  warn(format: unknown, ...args: unknown[]): void;
  error(format: unknown, ...args: unknown[]): void;
  isTraceEnabled(): boolean;
  isDebugEnabled(): boolean;
  isInfoEnabled(): boolean;
  isWarnEnabled(): boolean;
  isErrorEnabled(): boolean;
}

declare const logger: ProcedureLogger;

/** The same log. */
declare const console: Pick<ProcedureLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error'> & {
  log(format: unknown, ...args: unknown[]): void;
};

/**
 * Makes errors to throw in order to refuse a request. One argument is the description; of two texts, the first is the OAuth
 * error code, sent to the client exactly as given. An error or another object in second place is a cause, which is never shown.
 */
interface RefusalFactory {
  (description?: string | null): Error;
  /** `exact`, which scripts for other servers ask for, is always so. */
  (code: string, description: string | null, exact?: boolean): Error;
  (description: string | null, cause: object): Error;
}

interface ExceptionFactory {
  /** 400, `invalid_request` unless a code is given. */
  readonly badRequestException: RefusalFactory;
  /** 401 */
  readonly unauthorizedException: RefusalFactory;
  /** 403, `access_denied` unless a code is given. */
  readonly forbiddenException: RefusalFactory;
  /** 404 */
  readonly notFoundException: RefusalFactory;
  /** 500 */
  readonly internalServerException: RefusalFactory;
}

declare const exceptionFactory: ExceptionFactory;

/** Base64url without padding, RFC 4648 section 5. */
declare const base64url: {
  /** Text is taken as UTF-8. */
  encode(textOrBytes: string | readonly number[]): string;
  /** The text whose UTF-8 it is; throws for anything malformed. */
  decode(text: string): string;
};

declare const jwt: {
  /** What a JWT says, unverified. */
  decode(token: string): { header: JavaMap; payload: JavaMap };
  /**
   * The payload, once the signature, the times and everything asked for hold; else throws an `Error` that says why not.
   * One of `jwksUri`, `issuer` and `keySet` must say which keys.
   */
  verify(token: string, options: JwtVerification): JavaMap;
};

/** What `jwt.verify` checks. An option without a value is an error: leave it out. */
interface JwtVerification {
  /** Where the keys are; fetched by an HTTP client of the profile that may reach it, and kept for a while. */
  jwksUri?: string;
  /** What `iss` must be. Without `jwksUri` and `keySet` the keys come from its metadata. */
  issuer?: string;
  /** A JWK set as an object or as JSON, a list of keys, or a key. */
  keySet?: object | string;
  /** `aud` must have one of these. */
  audience?: Collection;
  /** Accepted signature algorithms; without, all that are safe with the keys. */
  algorithms?: Collection;
  /** Seconds, 0 to 600. */
  clockTolerance?: number;
  /** What the header `typ` must be. */
  typ?: string;
}

/** What a procedure keeps for later runs of its own, on this node. It may be gone at any time. */
declare const cache: {
  /** A copy of what was kept; null when nothing is, or no longer. */
  get(key: string): any;
  /** Keeps a copy for some seconds, 300 unless told. The key has 1 to 512 characters. */
  set(key: string, value: unknown, seconds?: number): void;
};

/** Secrets of the profile that were given to this version of the procedure. */
declare const secrets: {
  /** Throws for one that it may not read. In a dry run it answers a label. */
  get(name: string): string;
};

/** A stand-in for the few Java classes that scripts written for a Java host use. */
declare const Java: {
  /** A number in place of a source is a capacity, which means nothing here. */
  type(name: 'java.util.HashMap' | 'java.util.LinkedHashMap'): new (source?: object | number) => JavaMap;
  type(name: 'java.util.ArrayList'): new (source?: Collection | number) => JavaList<any>;
  type(name: 'java.util.HashSet'): new (source?: Collection | number) => JavaSet<any>;
  type(name: 'java.util.Base64'): {
    getEncoder(): JavaBase64Encoder;
    getUrlEncoder(): JavaBase64Encoder;
    getDecoder(): JavaBase64Decoder;
    getUrlDecoder(): JavaBase64Decoder;
  };
  type(name: 'java.lang.String'): {
    new (value?: unknown, charset?: string): string;
    valueOf(value: unknown): string;
    join(separator: string, ...parts: unknown[]): string;
  };
  type(name: 'java.security.MessageDigest'): {
    /** SHA-256 and SHA-512. */
    getInstance(algorithm: string): JavaMessageDigest;
    isEqual(a: SomeBytes, b: SomeBytes): boolean;
  };
  /** A name that is not written out. */
  type<Name extends string>(name: string extends Name ? Name : never): any;
  /** A plain array of any collection. */
  from(collection: Collection): any[];
  /** A Java list of any collection, whatever type is named. */
  to(collection: Collection, type?: unknown): JavaList<any>;
};

/** Signed bytes. */
type JavaBytes = JavaList<number>;

/** What may be handed over as bytes; text is taken as UTF-8. */
type SomeBytes = readonly number[] | string;

interface JavaBase64Encoder {
  encodeToString(bytes: SomeBytes): string;
  encode(bytes: SomeBytes): JavaBytes;
  withoutPadding(): JavaBase64Encoder;
}

interface JavaBase64Decoder {
  decode(text: SomeBytes): JavaBytes;
}

interface JavaMessageDigest {
  update(bytes: SomeBytes | number): void;
  digest(bytes?: SomeBytes): JavaBytes;
  reset(): void;
}

/** Methods of Java's strings, on every text. */
interface String {
  getBytes(charset?: string): JavaBytes;
  equals(other: unknown): boolean;
  equalsIgnoreCase(other: unknown): boolean;
  contains(other: string): boolean;
  isEmpty(): boolean;
}

/** Of Java's exceptions, on every error. */
interface Error {
  getMessage(): string;
}
