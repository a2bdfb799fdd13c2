import { entityKey } from '../configuration/entities.ts';
import { allowedDeviceGrant, storedDeviceRequest } from '../device/device-grant.ts';
import { LONGEST_TYPED, type UserCode, type UserCodes } from '../device/user-code.ts';
import type { ConsentStore } from '../people-stores.ts';
import type { PolledAuthorization, PolledAuthorizationStore } from '../polled-authorization-store.ts';
import type { AuditStore } from '../stores.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { parameter } from '../transport/form.ts';
import { named } from './account-people.ts';
import type { FormTokens } from './form-tokens.ts';
import { askedScopes, boundToBoth, decisionOf, rememberConsent } from './given-consent.ts';
import type { Consent, Interaction, Interactions } from './interaction.ts';
import type { LoginSessions, OwnSession } from './login-sessions.ts';
import { codeView, deviceEndView, deviceView, type CodeProblem, type DeviceEnd } from './pages/device-view.ts';
import { pageAnswer, seeOther } from './pages/page.ts';
import type { UserCodeGuesses } from './user-code-guesses.ts';
import { PageError, type AskedFor, type Visit } from './visit.ts';

const STATUS: Readonly<Record<CodeProblem, number>> = { unknown: 400, malformed: 400, tooMany: 429 };

/** What the page is made of. */
export interface DevicePageParts {
  readonly sessions: LoginSessions;
  readonly polled: PolledAuthorizationStore;
  readonly consents: ConsentStore;
  readonly audit: AuditStore;
  readonly interactions: Interactions;
  readonly tokens: FormTokens;
  readonly userCodes: UserCodes;
  readonly guesses: UserCodeGuesses;
  readonly clock: () => number;
}

/**
 * Where somebody who is signed in enters the code that a device shows, sees who asks and for what, and allows or denies it. A code that
 * came along in the address has to be confirmed as one that was typed: it may be somebody else's. RFC 8628 sections 3.3 and 5.4.
 */
export class DevicePage {
  constructor(private readonly parts: DevicePageParts) {}

  /** The form for the code. */
  async show(visit: Visit): Promise<OAuthResponse> {
    const typed = (parameter(visit.form, 'user_code') ?? visit.asked?.interaction.parameters['user_code'] ?? '').slice(0, LONGEST_TYPED);
    const session = await this.parts.sessions.find(visit.request, visit.route.profile);
    if (session === null) return this.#signIn(visit, typed);
    return this.#form(visit, session, this.parts.userCodes.typed(visit.route.profile.id, typed)?.text ?? typed, null);
  }

  /** The code was entered. */
  async enter(visit: Visit): Promise<OAuthResponse> {
    const { userCodes, guesses, polled, tokens, interactions } = this.parts;
    const { request, route, form, look } = visit;
    const typed = parameter(form, 'user_code') ?? '';
    const session = await this.parts.sessions.find(request, route.profile);
    if (session === null) return this.#signIn(visit, typed.slice(0, LONGEST_TYPED));
    if (!tokens.isRight(parameter(form, 'token') ?? '', route.profile.id, 'device', [session.cookie])) throw new PageError(403, 'foreign');
    const code = userCodes.typed(route.profile.id, typed);
    if (code === null) return this.#form(visit, session, typed.slice(0, LONGEST_TYPED), 'malformed');
    if (!guesses.mayTry(route.profile.id, session.subject, request.clientIpAddress))
      return this.#form(visit, session, code.text, 'tooMany');
    const found = await polled.findByUserCode(route.profile.id, code.hash);
    if (found === null || (await route.profile.findClient(found.clientId))?.may('device-authorization') !== true) {
      await guesses.wrong(route.profile.id, request.clientIpAddress);
      return this.#form(visit, session, code.text, 'unknown');
    }
    const sealed = interactions.seal(this.#interaction(visit, found, code, session));
    return seeOther(`${look.base}/device/confirm?interaction=${encodeURIComponent(sealed)}`);
  }

  /** Who asks, and for what; or how it ended. */
  async ask(visit: Visit): Promise<OAuthResponse> {
    const { look, route } = visit;
    const { sealed, client, interaction, device } = required(visit);
    const session = await this.#sessionOf(visit);
    if (!('cookie' in session)) return session;
    const found = await this.parts.polled.find(route.profile.id, Buffer.from(device.hash, 'base64url'));
    if (found?.status === 'approved' || found?.status === 'denied') return this.#end(visit, found.status, client);
    if (found === null || found.expiresAt <= this.parts.clock()) return this.#end(visit, 'late', client);
    const asked = { sealed, client, interaction };
    const view = deviceView(look, {
      ...{ client, interaction: sealed, username: session.username, code: device.userCode },
      token: this.parts.tokens.make(route.profile.id, 'device-decision', boundToBoth(session, asked)),
      logoutToken: this.parts.tokens.make(route.profile.id, 'logout', [session.cookie]),
      scopes: askedScopes(look, route.profile, asked),
    });
    return pageAnswer(200, look, view);
  }

  /** The person has decided. What they allow is remembered first: nothing can be redeemed without it. */
  async decide(visit: Visit): Promise<OAuthResponse> {
    const { polled, tokens, consents, clock } = this.parts;
    const { route, form, look } = visit;
    const asked = required(visit);
    const session = await this.#sessionOf(visit);
    if (!('cookie' in session)) return session;
    if (!tokens.isRight(parameter(form, 'token') ?? '', route.profile.id, 'device-decision', boundToBoth(session, asked)))
      throw new PageError(403, 'foreign');
    const consent = decisionOf(visit, asked, session);
    const hash = Buffer.from(asked.device.hash, 'base64url');
    const found = await polled.find(route.profile.id, hash);
    if (found === null) return this.#end(visit, 'late', asked.client);
    if (consent.allowed) await rememberConsent(consents, visit, asked, session, consent.scopes, clock());
    const isFirst = await polled.decide(
      route.profile.id,
      hash,
      consent.allowed ? { approved: true, data: grantOf(found, session, consent.scopes) } : { approved: false },
    );
    if (!isFirst) return this.#end(visit, 'late', asked.client);
    await this.#note(visit, session, found.clientId, consent);
    return seeOther(`${look.base}/device/confirm?interaction=${encodeURIComponent(asked.sealed)}`);
  }

  /** Who is talked into allowing a device of somebody else can be told by it afterwards. */
  async #note({ request, route }: Visit, { subject }: OwnSession, client: string, consent: Consent): Promise<void> {
    const after = { client, address: request.clientIpAddress, ...(consent.allowed ? { scopes: consent.scopes } : {}) };
    const event = { at: this.parts.clock(), actor: 'person', kind: 'account', key: entityKey(route.profile.id, subject), before: null };
    await this.parts.audit.append([{ ...event, action: consent.allowed ? 'device.allow' : 'device.deny', after }]);
  }

  /** Whoever has not typed the code themselves is to confirm it first. */
  async #sessionOf(visit: Visit): Promise<OwnSession | OAuthResponse> {
    const { sealed, device } = required(visit);
    const { base } = visit.look;
    const session = await this.parts.sessions.find(visit.request, visit.route.profile);
    if (session === null) return seeOther(`${base}/login?interaction=${encodeURIComponent(sealed)}`);
    return session.id === device.session ? session : seeOther(`${base}/device?user_code=${encodeURIComponent(device.userCode)}`);
  }

  #interaction({ look, route }: Visit, found: PolledAuthorization, code: UserCode, session: OwnSession): Interaction {
    return {
      ...{ profile: route.profile.id, path: `${look.base}/device/confirm`, clientId: found.clientId, parameters: {} },
      ...{ scopes: storedDeviceRequest(found).request.scopes, claims: [], at: this.parts.clock(), loginSince: null, consent: null },
      device: { hash: Buffer.from(found.hash).toString('base64url'), userCode: code.text, session: session.id },
    };
  }

  #signIn(visit: Visit, typed: string): OAuthResponse {
    return seeOther(`${visit.look.base}/login?interaction=${encodeURIComponent(this.#backWith(visit, typed))}`);
  }

  /** By it the person comes back from signing in, with what was typed. */
  #backWith({ look, route }: Visit, typed: string): string {
    return this.parts.interactions.seal({
      ...{ profile: route.profile.id, path: `${look.base}/device`, clientId: '', parameters: typed === '' ? {} : { user_code: typed } },
      ...{ scopes: [], claims: [], at: this.parts.clock(), loginSince: null, consent: null },
    });
  }

  #form(visit: Visit, session: OwnSession, code: string, problem: CodeProblem | null): OAuthResponse {
    const { look, route } = visit;
    const view = codeView(look, {
      token: this.parts.tokens.make(route.profile.id, 'device', [session.cookie]),
      logoutToken: this.parts.tokens.make(route.profile.id, 'logout', [session.cookie]),
      ...{ interaction: this.#backWith(visit, code), username: session.username, code, problem },
    });
    const headers = problem === 'tooMany' ? ['Retry-After', String(this.parts.guesses.retryAfter)] : [];
    return pageAnswer(problem === null ? 200 : STATUS[problem], look, view, headers);
  }

  #end({ look }: Visit, end: DeviceEnd, client: string): OAuthResponse {
    return pageAnswer(end === 'late' ? 409 : 200, look, deviceEndView(look, end, client));
  }
}

type AskedForDevice = AskedFor & { readonly client: string; readonly device: NonNullable<Interaction['device']> };

function required({ asked }: Visit): AskedForDevice {
  const device = asked?.interaction.device;
  if (asked?.client == null || device === undefined) throw new PageError(400, 'expired');
  return { ...asked, client: asked.client, device };
}

function grantOf(found: PolledAuthorization, session: OwnSession, scopes: readonly string[]): string {
  const stored = storedDeviceRequest(found);
  const { subject, id, profile, username, attributes, acr, amr, authenticatedAt } = session;
  return allowedDeviceGrant(stored, {
    ...{ subject, scopes, resources: stored.request.resources, nonce: null, session: id, authenticatedAt },
    // What was allowed may be taken back until it is redeemed.
    person: { profile, subject, session: id, consentTo: found.clientId },
    subjectAttributes: { ...named(username, attributes), subject },
    contextAttributes: { acr, amr, auth_time: authenticatedAt },
  });
}
