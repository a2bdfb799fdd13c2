import type { OpenedHttpClient } from '../configuration/opened-secrets.ts';
import type { HostServices, JwtVerification, OutgoingRequest, OutgoingResponse } from '../procedures/host-services.ts';

/** For specs: services that reach nothing, and note what they were asked for. */
export class RecordedServices implements HostServices {
  readonly requests: { readonly client: OpenedHttpClient; readonly request: OutgoingRequest }[] = [];
  readonly verifications: JwtVerification[] = [];
  readonly kept = new Map<string, string>();
  /** Answers requests. */
  respond: (request: OutgoingRequest) => Promise<OutgoingResponse> = async () => ({ statusCode: 200, headers: {}, body: 'hello' });
  /** Answers verifications with the payload's text. */
  payload: () => Promise<string> = async () => '{"sub":"alice"}';

  readonly cache = {
    get: (owner: string, key: string): string | null => this.kept.get(`${owner}\n${key}`) ?? null,
    set: (owner: string, key: string, value: string): void => {
      this.kept.set(`${owner}\n${key}`, value);
    },
  };

  request(client: OpenedHttpClient, request: OutgoingRequest): Promise<OutgoingResponse> {
    this.requests.push({ client, request });
    return this.respond(request);
  }

  verify(verification: JwtVerification): Promise<string> {
    this.verifications.push(verification);
    return this.payload();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
