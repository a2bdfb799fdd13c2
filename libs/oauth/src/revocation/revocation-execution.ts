import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { ContextSection, RevocationView } from '../procedures/host-calls.ts';
import type { Execution } from '../procedures/procedure-executor.ts';
import { requestView } from '../procedures/request-view.ts';
import type { Program } from '../procedures/sandbox.ts';
import type { ProfileServices } from '../procedures/service-calls.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import { parameter, type Form } from '../transport/form.ts';

/** What was revoked, as the procedure sees it; null when there was nothing to revoke. */
export interface Revoked {
  readonly clientId: string;
  readonly purpose: string;
  readonly subject: string | null;
  readonly delegationId: string;
}

/** One run of a revocation procedure: it observes what is already durable. */
export class RevocationExecution implements Execution {
  readonly program: Program;
  readonly profile: string;
  readonly core: string;
  readonly minted = {};
  readonly likely = [];
  readonly services: ProfileServices;

  constructor(
    readonly route: Route,
    private readonly caller: RegisteredClient,
    readonly request: OAuthRequest,
    private readonly form: Form,
    revoked: Revoked | null,
    readonly measure = false,
  ) {
    const program = route.programs.get('oauth-revoke');
    if (program === undefined) throw new Error(`endpoint ${route.endpoint.id} has no flow oauth-revoke`);
    this.program = program;
    this.profile = route.profile.id;
    this.services = route.profile;
    const view: RevocationView = {
      tokenTypeHint: parameter(form, 'token_type_hint') ?? null,
      clientId: revoked?.clientId ?? null,
      purpose: revoked?.purpose ?? null,
      subject: revoked?.subject ?? null,
      delegationId: revoked?.delegationId ?? null,
    };
    this.core = `"revocation":${JSON.stringify(view)}`;
  }

  get clientId(): string {
    return this.caller.id;
  }

  section(name: ContextSection): string {
    switch (name) {
      case 'issuers':
        return '{"access":null,"jwt":null}';
      case 'client':
        return this.caller.viewText;
      case 'request':
        return requestView(this.request, this.form);
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
    throw new CeilingError('no token can be issued in flow oauth-revoke');
  }

  mint(): string {
    throw new CeilingError('no token can be issued in flow oauth-revoke');
  }

  secrets(): readonly string[] {
    const token = parameter(this.form, 'token');
    return token === undefined ? [] : [token];
  }
}
