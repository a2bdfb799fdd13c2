import { HostServiceError } from '#libs/oauth';

/** What a failure is told with; nothing of the request but where it went. */
export interface Attempt {
  readonly client: string;
  readonly host: string;
  readonly milliseconds: number;
  /** Whether the clock of the call had run out. */
  readonly isLate: boolean;
}

/**
 * The words for a request that failed. Errors of the network and of TLS are told by their codes alone: their messages and
 * properties may hold addresses, header values and certificates.
 */
export function explained(error: unknown, { client, host, milliseconds, isLate }: Attempt): HostServiceError {
  if (error instanceof HostServiceError) return error;
  if (isLate) return new HostServiceError('timeout', `${host} gave no complete answer within ${milliseconds} ms (HTTP client "${client}")`);
  const code = codeOf(error);
  switch (code) {
    case 'UND_ERR_MAX_ORIGINS_REACHED':
      return new HostServiceError('busy', `the HTTP client "${client}" is connected to too many hosts at once`);
    case 'UND_ERR_HEADERS_OVERFLOW':
    case 'HPE_HEADER_OVERFLOW':
      return new HostServiceError('too-large', `the headers of the answer of ${host} are too large`);
    case 'ETIMEDOUT':
      return new HostServiceError('timeout', `${host} could not be reached in time (HTTP client "${client}")`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new HostServiceError('unreachable', `the name ${host} could not be resolved (${code})`);
    default:
      if (code.startsWith('HPE_')) return new HostServiceError('broken', `the answer of ${host} is not HTTP (${code})`);
      return new HostServiceError('unreachable', `the request to ${host} failed: ${code} (HTTP client "${client}")`);
  }
}

function codeOf(error: unknown): string {
  const { code, cause, errors } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  if (typeof code === 'string' && /^[A-Z0-9_]{2,60}$/.test(code)) return code;
  if (cause !== undefined) return codeOf(cause);
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : 'unknown failure';
}
