import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { FlowId } from '../procedures/flows.ts';
import type { ContextSection, RegistrationView } from '../procedures/host-calls.ts';
import type { Execution } from '../procedures/procedure-executor.ts';
import { requestView } from '../procedures/request-view.ts';
import type { Program } from '../procedures/sandbox.ts';
import type { ProfileServices } from '../procedures/service-calls.ts';
import { presentedAccessToken } from '../resource/presented-access-token.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import { NO_FORM } from '../transport/form.ts';

/** Before a registration is judged, and once it is known what is registered. */
export const BEFORE = 'oauth-dynamic-client-registration-pre-processing' satisfies FlowId;
export const AFTER = 'oauth-dynamic-client-registration-post-processing' satisfies FlowId;

/** One run of a procedure of client registration. It issues nothing, and sees no secret of the client. */
export class RegistrationExecution implements Execution {
  readonly program: Program;
  readonly profile: string;
  readonly core: string;
  readonly minted = {};
  readonly likely = [];
  readonly services: ProfileServices;

  constructor(
    private readonly flow: typeof BEFORE | typeof AFTER,
    readonly route: Route,
    readonly request: OAuthRequest,
    view: RegistrationView,
    private readonly client: RegisteredClient | null,
    readonly measure = false,
  ) {
    const program = route.programs.get(flow);
    if (program === undefined) throw new Error(`endpoint ${route.endpoint.id} has no flow ${flow}`);
    this.program = program;
    this.profile = route.profile.id;
    this.services = route.profile;
    this.core = `"registration":${JSON.stringify(view)}`;
  }

  get clientId(): string | null {
    return this.client?.id ?? null;
  }

  section(name: ContextSection): string {
    switch (name) {
      case 'issuers':
        return '{"access":null,"jwt":null}';
      case 'client':
        return this.client?.viewText ?? 'null';
      case 'request':
        return requestView({ ...this.request, body: withoutSecret(this.request.body) }, NO_FORM);
      case 'profile':
        return JSON.stringify({ id: this.route.profile.id, issuer: this.route.profile.issuer });
      case 'delegation':
        return 'null';
      case 'defaults':
      case 'subjectAttributes':
      case 'contextAttributes':
        return '{}';
      case 'scopeNames':
        return '[]';
    }
  }

  issue(): string {
    throw new CeilingError(`no token can be issued in flow ${this.flow}`);
  }

  mint(): string {
    throw new CeilingError(`no token can be issued in flow ${this.flow}`);
  }

  secrets(): readonly string[] {
    const presented = presentedAccessToken(this.request);
    return presented === null || presented === 'malformed' ? [] : [presented.token];
  }
}

/** An update may come with the client's secret, to show that it is known. RFC 7592 section 2.2. */
function withoutSecret(body: string): string {
  if (!body.includes('client_secret')) return body;
  const { client_secret: _, ...rest } = JSON.parse(body) as Record<string, unknown>;
  return JSON.stringify(rest);
}
